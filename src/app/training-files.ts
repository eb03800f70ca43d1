import { existsSync, readdirSync } from "node:fs";
import { readResult } from "../artifacts/find-run.js";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, loopFiles, runFiles, trainingFiles } from "../artifacts/layout.js";
import { WHOLE_LINE_BYTES } from "../artifacts/log-lines.js";
import { createLogReader } from "../artifacts/log-reader.js";
import { isLocked } from "../artifacts/run-lock.js";
import { LoopEvent, LoopPlan } from "../domain/loop.js";
import type { TrainingRef, TrainingState, TrainingUpdate } from "../domain/training-activity.js";
import { TrainerEvent, TrainingJob } from "../domain/training-job.js";
import { type LoopState, stageNow } from "../store/loop-state.js";
import { emptyActivity, reduceActivity, type TrainingActivity } from "../store/training-activity.js";
import { loopIds } from "./loop-record.js";

/** What is written of a loop or a training, by whatever process, as it grows. */
export interface TrainingReader {
	readonly activity: TrainingActivity;
	/** What is new since the last call; nothing most of the time. */
	advance(): TrainingUpdate[];
	close(): void;
}

const LINES_AT_ONCE = 4096;

/** Loops and trainings of the workspace, in no order. */
export function trainingRefs(workspace: string): TrainingRef[] {
	const root = artifactsRoot(workspace);
	const { folder } = trainingFiles(root, "");
	const trainings = existsSync(folder)
		? readdirSync(folder).filter((name) => existsSync(trainingFiles(root, name).job))
		: [];
	return [
		...loopIds(workspace).map((id): TrainingRef => ({ kind: "loop", id })),
		...trainings.map((id): TrainingRef => ({ kind: "training", id })),
	];
}

export function readTraining(workspace: string, ref: TrainingRef): TrainingReader {
	let activity = emptyActivity(ref.kind);
	const parts = ref.kind === "loop" ? loopParts(workspace, ref.id) : trainingParts(workspace, ref.id);
	return {
		get activity() {
			return activity;
		},
		advance() {
			const all: TrainingUpdate[] = [];
			for (const part of parts.read) {
				for (const update of part(activity)) {
					activity = reduceActivity(activity, update);
					all.push(update);
				}
			}
			return all;
		},
		close: parts.close,
	};
}

interface Parts {
	/** Each gives what is new of one file. */
	read: ((activity: TrainingActivity) => Iterable<TrainingUpdate>)[];
	close(): void;
}

function trainingParts(workspace: string, id: string): Parts {
	const files = trainingFiles(artifactsRoot(workspace), id);
	const metrics = growingLines(files.metrics, (line) => TrainerEvent.safeParse(line));
	let isTold = false;
	return {
		read: [
			function* () {
				if (!isTold) yield { kind: "training", job: readJsonFile(TrainingJob, files.job) };
				isTold = true;
			},
			function* () {
				for (const { isRestarted, items } of metrics.take()) {
					if (isRestarted) yield { kind: "restarted" };
					if (items.length > 0) yield { kind: "measured", events: items };
				}
			},
			stateOf(files.lock, (activity) => activity.kind === "training" && activity.training.isFinished),
		],
		close: metrics.close,
	};
}

function loopParts(workspace: string, id: string): Parts {
	const root = artifactsRoot(workspace);
	const files = loopFiles(root, id);
	const log = growingLines(files.log, (line) => LoopEvent.safeParse(line));
	const stage = stageProgress(workspace);
	let isTold = false;
	return {
		read: [
			function* () {
				if (!isTold) yield { kind: "loop", plan: readJsonFile(LoopPlan, files.plan) };
				isTold = true;
			},
			function* () {
				for (const { isRestarted, items } of log.take()) {
					if (isRestarted) yield { kind: "restarted" };
					for (const event of items) {
						yield { kind: "happened", event };
						if (event.type !== "checkpoint.recorded") continue;
						const { iteration, runId } = event.score;
						const tasks = readResult(runFiles(root, runId))?.tasks ?? [];
						yield {
							kind: "tasks",
							iteration,
							tasks: tasks.map(({ taskId, n, accepted }) => ({ taskId, n, accepted })),
						};
					}
				}
			},
			stateOf(files.lock, (activity) => activity.kind === "loop" && activity.loop.reason !== null),
			function* (activity) {
				if (activity.kind === "loop") yield* stage.take(activity.loop);
			},
		],
		close() {
			log.close();
			stage.close();
		},
	};
}

/** Tells only changes. */
function stateOf(lock: string, isFinished: (activity: TrainingActivity) => boolean): Parts["read"][number] {
	let told: TrainingState | null = null;
	return function* (activity) {
		const state = isFinished(activity) ? "finished" : isLocked(lock) ? "running" : "interrupted";
		if (state !== told) yield { kind: "state", state };
		told = state;
	};
}

/** How far the stage is that goes on or was interrupted: candidates of its run, or steps of its training. */
function stageProgress(workspace: string): { take(loop: LoopState): Iterable<TrainingUpdate>; close(): void } {
	const root = artifactsRoot(workspace);
	let of = "";
	let told = -1;
	let rollouts: ReturnType<typeof createLogReader> | null = null;
	let training: TrainingReader | null = null;
	const close = () => {
		rollouts?.close();
		training?.close();
		rollouts = null;
		training = null;
	};
	return {
		*take(loop) {
			const now = stageNow(loop);
			if (now === null || loop.plan === null) return;
			const { iteration, stage, runId } = now;
			const { loopId, n, evaluationN, trainIds, heldOutIds } = loop.plan;
			if (of !== `${iteration} ${stage} ${runId}`) {
				of = `${iteration} ${stage} ${runId}`;
				told = -1;
				close();
			}
			let counts: { done: number; total: number } | null = null;
			if (stage === "train") {
				const name = `${loopId}-${iteration}`;
				if (training === null && existsSync(trainingFiles(root, name).job)) {
					training = readTraining(workspace, { kind: "training", id: name });
				}
				training?.advance();
				const activity = training?.activity;
				if (activity?.kind === "training" && activity.training.total !== null) {
					counts = { done: activity.training.step, total: activity.training.total };
				}
			} else if (runId !== null) {
				rollouts ??= createLogReader(runFiles(root, runId).rollouts);
				while (rollouts.advance());
				const total = stage === "generate" ? trainIds.length * n : heldOutIds.length * evaluationN;
				counts = { done: rollouts.status.ended, total };
			}
			if (counts === null || counts.done === told) return;
			told = counts.done;
			yield { kind: "progress", iteration, stage, ...counts, atMs: Date.now() };
		},
		close,
	};
}

/** Whole lines of a file as they come. A line that cannot be read is passed over: a kill may have cut it. */
function growingLines<T>(path: string, parse: (line: unknown) => { success: boolean; data?: T }) {
	const reader = createLogReader(path);
	let taken = 0;
	let generation = 0;
	return {
		*take(): Generator<{ isRestarted: boolean; items: T[] }> {
			while (reader.advance());
			const isRestarted = reader.status.generation !== generation;
			generation = reader.status.generation;
			if (isRestarted) taken = 0;
			if (isRestarted) yield { isRestarted, items: [] };
			while (taken < reader.status.ended) {
				const count = Math.min(LINES_AT_ONCE, reader.status.ended - taken);
				const lines = reader.rows(taken, count, { headBytes: WHOLE_LINE_BYTES });
				taken += count;
				yield {
					isRestarted: false,
					items: lines.flatMap(({ text }) => {
						const { success, data } = parse(jsonOf(text));
						return success && data !== undefined ? [data] : [];
					}),
				};
			}
		},
		close: () => reader.close(),
	};
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
