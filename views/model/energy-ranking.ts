import type { RankedTask } from "../../src/domain/ranking.js";
import { AssayError } from "../../src/lib/errors.js";
import { plural } from "../text/format.js";
import { selectedCandidate } from "./candidate-actions.js";
import { rankCandidatesCommand } from "./commands.js";
import { goToRankedTask, rankedTaskMoved, rankerOf } from "./energy-actions.js";
import { askForRecorded, openRecorded } from "./energy-recorded.js";
import { changeEnergy, changeRanking, energyState, energyTables, type OpenRanking } from "./energy-state.js";
import { logCommand, type Model, messageOf, tell } from "./model.js";
import { goToScreen } from "./navigation.js";
import { isGoingOn } from "./run-actions.js";

/** Ranks the candidates of a run, and goes to where they are shown. */
export function rankRun(model: Model, runId: string, taskId: string | null): void {
	const { screen } = model.ui.getState();
	const { open, from } = energyState(model);
	goToScreen(model, 3);
	changeEnergy(model, { pane: taskId === null ? "overview" : "ranking", from: screen === 3 ? from : screen });
	if (open?.request.runId === runId && open.recorded === null && open.state.kind !== "failed") {
		if (taskId !== null) goToRankedTask(model, taskId);
		return;
	}
	energyTables(model).tasks.clear();
	energyTables(model).candidates.show(null);
	start(model, { runId, execute: false, allowSeen: false }, { taskId, isAgain: false });
}

/** Opened by its digit: the run that is open is ranked, where nothing is. */
export function energyOpened(model: Model): void {
	const { run } = model.ui.getState();
	if (energyState(model).open === null && run?.runId != null) rankRun(model, run.runId, null);
}

interface Start {
	taskId: string | null;
	/** Of a run that goes on: nobody asked for it this time. */
	isAgain: boolean;
}

function start(model: Model, request: OpenRanking["request"], { taskId, isAgain }: Start): void {
	const { open } = energyState(model);
	open?.stop();
	const stopped = new AbortController();
	const isSame = open?.request.runId === request.runId;
	changeEnergy(model, {
		open: {
			request,
			state: { kind: "ranking", done: 0, total: null },
			world: isSame ? open.world : null,
			fitted: isSame ? open.fitted : null,
			recorded: null,
			report: isSame ? open.report : null,
			isExecuted: isSame && open.isExecuted,
			stop: () => stopped.abort(),
		},
	});
	const judged = judgedBy(model, request.runId);
	const startedMs = model.timers.now();
	void follow(model, request, { stopped: stopped.signal, taskId, isAgain }).then(() =>
		followLiveRun(model, request, { judged, tookMs: model.timers.now() - startedMs }),
	);
}

/** Verdicts of a run that was started here; null: it was not. */
function judgedBy(model: Model, runId: string): number | null {
	const run = model.ui.getState().liveRuns.find((live) => live.runId === runId);
	return run === undefined ? null : run.store.getState().run.judged;
}

/** At most so often, and so many times as long as it took: a ranking has to leave the judge its time. */
const REST_MS = 1000;
const REST_SHARE = 5;

/** Ranks again what has been judged meanwhile, while the run goes on and the screen is looked at. */
function followLiveRun(
	model: Model,
	request: OpenRanking["request"],
	{ judged, tookMs }: { judged: number | null; tookMs: number },
): void {
	if (judged === null) return;
	model.timers.after(Math.max(REST_MS, REST_SHARE * tookMs), () => {
		const { open } = energyState(model);
		if (open?.request !== request || open.state.kind === "stopped" || model.signal.aborted) return;
		const now = judgedBy(model, request.runId);
		const run = model.ui.getState().liveRuns.find(({ runId }) => runId === request.runId) ?? null;
		if (now !== judged && model.ui.getState().screen === 3)
			start(model, { ...request }, { taskId: null, isAgain: true });
		else if (now !== judged || isGoingOn(run)) followLiveRun(model, request, { judged, tookMs });
	});
}

async function follow(
	model: Model,
	request: OpenRanking["request"],
	{ stopped, taskId, isAgain }: Start & { stopped: AbortSignal },
): Promise<void> {
	const isStill = () => energyState(model).open?.request === request && !model.signal.aborted;
	let wanted = taskId;
	try {
		const signal = AbortSignal.any([model.signal, stopped]);
		for await (const update of model.workbench.rankCandidates(request, signal)) {
			if (!isStill()) return;
			if (update.kind === "task") {
				takeTask(model, update.task);
				if (update.task.taskId === wanted) {
					goToRankedTask(model, wanted);
					wanted = null;
				}
			} else if (update.kind === "model") {
				changeRanking(model, { world: update });
			} else if (update.kind === "fitted") {
				changeRanking(model, { fitted: update });
			} else if (update.kind === "progress") {
				changeRanking(model, { state: { kind: "ranking", done: update.done, total: update.total } });
			} else {
				const { report } = update;
				changeRanking(model, { state: { kind: "measured" }, report, isExecuted: request.execute });
				energyTables(model).rankers.show(report.rankers.map(({ ranker }) => ranker));
				rankedTaskMoved(model);
				if (isAgain) continue;
				tell(model, "note", `${plural(report.tasks, "task")} ranked, by ${rankerOf(model)} until s says otherwise`);
				logCommand(model, rankCandidatesCommand(model, request, energyState(model).open));
				if (wanted !== null) tell(model, "note", `${wanted} has no candidate that was judged by calls`);
			}
		}
	} catch (error) {
		if (!isStill()) return;
		if (stopped.aborted) {
			changeRanking(model, { state: { kind: "stopped" } });
			return;
		}
		const hint = error instanceof AssayError ? error.hint : null;
		changeRanking(model, { state: { kind: "failed", message: messageOf(error), hint } });
	}
}

function takeTask(model: Model, task: RankedTask): void {
	const { tasks, candidates } = energyTables(model);
	tasks.put(task);
	if (tasks.selected()?.taskId === task.taskId || candidates.task() === null) rankedTaskMoved(model);
}

const ASKED: Start = { taskId: null, isAgain: false };

export function isRanking(model: Model): boolean {
	return energyState(model).open?.state.kind === "ranking";
}

/** Runs the candidates on what their tasks show, or stops that. */
export function executeOrStop(model: Model): void {
	const { open } = energyState(model);
	if (!open) return;
	if (isRanking(model)) open.stop();
	else start(model, { ...open.request, execute: true }, ASKED);
}

/** Energies of tasks that the world model was trained on are refused until this is pressed, and then marked. */
export function allowSeenTasks(model: Model): void {
	const { open } = energyState(model);
	if (open) start(model, { ...open.request, allowSeen: true }, ASKED);
}

export function rankAgain(model: Model): void {
	const { open } = energyState(model);
	if (open?.recorded) void openRecorded(model, open.recorded.path);
	else if (open) start(model, { ...open.request }, ASKED);
}

/** What is open in Best-of-N, from where the cursor is. */
export function rankOpenRun(model: Model): void {
	const { run } = model.ui.getState();
	if (run?.runId != null) rankRun(model, run.runId, selectedCandidate(model)?.taskId ?? null);
}

/** A menu of runs that judged something. */
export function pickRunToRank(model: Model): void {
	const { runRows, runsRead } = model.ui.getState();
	const items = runRows
		.filter(({ sampleCount }) => sampleCount > 0)
		.map(({ runId, backend, sampleCount, taskCount }) => ({
			label: runId,
			detail: `${backend}  ${sampleCount} judged  ${taskCount} tasks`,
			onPick: () => rankRun(model, runId, null),
		}));
	const recorded = {
		label: "a recorded ranking…",
		detail: "that assay rank --out wrote",
		onPick: () => askForRecorded(model),
	};
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: {
			kind: "pick",
			title: runsRead && items.length === 0 ? "No run has judged anything yet" : "Rank the candidates of",
			items: runsRead ? [...items, recorded] : [],
			position: 0,
			empty: "the runs are being read: Esc, then O again",
		},
	});
}
