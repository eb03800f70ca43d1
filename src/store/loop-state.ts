import type { LoopChange, LoopEvent, LoopPlan, LoopScore, LoopStage } from "../domain/loop.js";
import type { TaskRate, TrainingState, TrainingUpdate } from "../domain/training-activity.js";

/** One stage of one iteration. `done` and `total` count candidates or steps; null: the stage does not tell. */
export interface StageState {
	iteration: number;
	stage: LoopStage;
	state: "waiting" | "going on" | "interrupted" | "done";
	startedAtMs: number | null;
	wallTimeMs: number | null;
	note: string;
	runId: string | null;
	progress: { done: number; total: number; perSecond: number | null } | null;
	/** Where counting began, for the rate. */
	countedFrom: { done: number; atMs: number } | null;
}

export interface LoopState {
	plan: LoopPlan | null;
	state: TrainingState;
	/** All that are planned, in order. */
	stages: readonly StageState[];
	/** By iteration; the last record of each counts. */
	scores: readonly LoopScore[];
	changes: readonly LoopChange[];
	/** Held-out tasks by iteration. */
	heldOut: ReadonlyMap<number, readonly TaskRate[]>;
	/** Tasks to learn from, as the iteration found them: the checkpoint before it made the attempts. */
	learnt: ReadonlyMap<number, readonly TaskRate[]>;
	startedAtMs: number | null;
	changedAtMs: number | null;
	/** Why it ended; null: it has not. */
	reason: string | null;
}

/** Of every iteration, in order; before the first one the model is evaluated. */
export const ITERATION_STAGES: readonly LoopStage[] = ["generate", "export", "train", "evaluate", "compare"];

export function emptyLoop(): LoopState {
	return {
		plan: null,
		state: "interrupted",
		stages: [],
		scores: [],
		changes: [],
		heldOut: new Map(),
		learnt: new Map(),
		startedAtMs: null,
		changedAtMs: null,
		reason: null,
	};
}

/** The one way from what a loop tells to what is shown of it, whether it goes on, ended or was interrupted. */
export function reduceLoop(state: LoopState, update: TrainingUpdate): LoopState {
	switch (update.kind) {
		case "loop":
			return { ...state, plan: update.plan, stages: stagesOf(update.plan) };
		case "restarted":
			return state.plan === null ? emptyLoop() : { ...emptyLoop(), plan: state.plan, stages: stagesOf(state.plan) };
		case "state":
			return { ...state, state: update.state, stages: state.stages.map((stage) => asIn(stage, update.state)) };
		case "happened":
			return happened(state, update.event);
		case "progress":
			return changeStage({ ...state, changedAtMs: update.atMs }, update, (stage) => counted(stage, update));
		case "tasks":
			return { ...state, [update.of]: new Map(state[update.of]).set(update.iteration, update.tasks) };
		case "training":
		case "remote":
		case "gpus":
		case "said":
		case "link":
		case "transfer":
		case "disk":
		case "broken":
		case "logEnd":
		case "proved":
		case "measured":
		case "samples":
		case "unreadable":
			return state;
	}
}

function stagesOf({ iterations }: LoopPlan): StageState[] {
	const at = (iteration: number, stage: LoopStage): StageState => ({
		iteration,
		stage,
		state: "waiting",
		startedAtMs: null,
		wallTimeMs: null,
		note: "",
		runId: null,
		progress: null,
		countedFrom: null,
	});
	const later = Array.from({ length: iterations }, (_, i) => ITERATION_STAGES.map((stage) => at(i + 1, stage)));
	return [at(0, "evaluate"), ...later.flat()];
}

function happened(was: LoopState, event: LoopEvent): LoopState {
	const atMs = Date.parse(event.at);
	const state = { ...was, startedAtMs: was.startedAtMs ?? atMs, changedAtMs: atMs };
	switch (event.type) {
		case "loop.planned":
			return state;
		case "stage.started":
			return changeStage(state, event, (stage) => ({
				...stage,
				state: "going on",
				startedAtMs: atMs,
				countedFrom: null,
			}));
		case "stage.run":
			return changeStage(state, event, (stage) => ({ ...stage, runId: event.runId }));
		case "stage.finished": {
			const { wallTimeMs, note } = event;
			return changeStage(state, event, (stage) => ({ ...stage, state: "done", wallTimeMs, note }));
		}
		case "checkpoint.recorded": {
			const { score } = event;
			const others = state.scores.filter(({ iteration }) => iteration !== score.iteration);
			return { ...state, scores: [...others, score].toSorted((a, b) => a.iteration - b.iteration) };
		}
		case "comparison.recorded": {
			const { change } = event;
			const others = state.changes.filter(
				({ iteration, against }) => iteration !== change.iteration || against !== change.against,
			);
			return { ...state, changes: [...others, change] };
		}
		case "loop.finished":
			return { ...state, state: "finished", reason: event.reason };
	}
}

function changeStage(
	state: LoopState,
	{ iteration, stage }: { iteration: number; stage: LoopStage },
	change: (stage: StageState) => StageState,
): LoopState {
	const stages = state.stages.map((one) => (one.iteration === iteration && one.stage === stage ? change(one) : one));
	return { ...state, stages };
}

function asIn(stage: StageState, state: TrainingState): StageState {
	if (state === "running") return stage.state === "interrupted" ? { ...stage, state: "going on" } : stage;
	return stage.state === "going on" ? { ...stage, state: "interrupted" } : stage;
}

function counted(stage: StageState, { done, total, atMs }: { done: number; total: number; atMs: number }): StageState {
	const from = stage.countedFrom ?? { done, atMs };
	const seconds = (atMs - from.atMs) / 1000;
	const perSecond = seconds > 0 && done > from.done ? (done - from.done) / seconds : null;
	return { ...stage, countedFrom: from, progress: { done, total, perSecond } };
}

/** The stage that goes on, or was interrupted; null: none. */
export function stageNow({ stages }: LoopState): StageState | null {
	return stages.findLast(({ state }) => state === "going on" || state === "interrupted") ?? null;
}

export function stageEtaMs({ progress, state }: StageState): number | null {
	if (state !== "going on" || progress === null || progress.perSecond === null) return null;
	return ((progress.total - progress.done) / progress.perSecond) * 1000;
}

/** What is left, by how long each kind of stage took so far; null where one kind has not come to its end yet. */
export function loopEtaMs(loop: LoopState, nowMs: number): number | null {
	if (loop.state !== "running") return null;
	let left = 0;
	for (const stage of loop.stages) {
		if (stage.state === "done") continue;
		const own = stageEtaMs(stage);
		if (own !== null) {
			left += own;
			continue;
		}
		const took = loop.stages.flatMap((other) =>
			other.stage === stage.stage && other.wallTimeMs !== null ? [other.wallTimeMs] : [],
		);
		if (took.length === 0) return null;
		const usual = took.reduce((sum, ms) => sum + ms, 0) / took.length;
		const spent = stage.state === "going on" && stage.startedAtMs !== null ? nowMs - stage.startedAtMs : 0;
		left += Math.max(0, usual - spent);
	}
	return left;
}

/** The iteration whose checkpoint did best on the held-out tasks; null: none was measured. */
export function bestIteration({ scores }: LoopState): number | null {
	if (scores.length === 0) return null;
	return scores.reduce((a, b) => (b.passAt1.value > a.passAt1.value ? b : a)).iteration;
}

/** How many iterations are measured, the first model left out. */
export function iterationsDone({ scores }: LoopState): number {
	return Math.max(0, ...scores.map(({ iteration }) => iteration));
}
