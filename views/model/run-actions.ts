import type { StartRunOptions } from "../../src/app/workbench.js";
import type { RunEvent } from "../../src/domain/events.js";
import type { RunRow } from "../../src/domain/run-row.js";
import { createReplay } from "../../src/store/replay.js";
import type { RunState } from "../../src/store/run-state.js";
import { createRunStore } from "../../src/store/run-store.js";
import { selectIsActive } from "../../src/store/select-run.js";
import { formatCount, plural } from "../text/format.js";
import { evalCommand, resumeCommand } from "./commands.js";
import type { PickItem } from "./dialog.js";
import { logCommand, type Model, tell, tellError } from "./model.js";
import type { OpenRun } from "./state.js";
import { selectedTask } from "./task-actions.js";

/** Events that may be reduced before a long recording lets keys and frames in between. */
const READ_SLICE = 2000;

export async function loadRuns(model: Model): Promise<void> {
	try {
		showRows(model, await model.workbench.listRuns());
	} catch (error) {
		tellError(model, "runs", error);
	}
}

export function showRows(model: Model, runRows: readonly RunRow[]): void {
	model.runs.show(runRows);
	const ids = new Set(runRows.map(({ runId }) => runId));
	model.ui.setState((was) => ({ runRows, runsRead: true, markedRuns: was.markedRuns.filter((id) => ids.has(id)) }));
}

export async function loadModels(model: Model): Promise<void> {
	try {
		const { workbench, ui } = model;
		const [models, templates] = await Promise.all([workbench.models(), workbench.templates()]);
		ui.setState({ models, templates });
	} catch (error) {
		tellError(model, "models", error);
	}
}

export function showRun(model: Model, run: OpenRun): void {
	model.ui.getState().run?.replay?.pause();
	for (const pane of ["board", "candidates", "candidate"]) model.scroll.reset(pane);
	model.ui.setState({
		screen: 2,
		run,
		boardTask: 0,
		sample: 0,
		follows: isGoingOn(run),
		tab: "code",
		markedCandidate: null,
		dialog: null,
		runPane: (run.options?.taskIds.length ?? run.store.getState().run.tasks.length) === 1 ? "candidates" : "board",
	});
}

/** The run that was asked for last: of two that are being read only that one is shown. */
const wanted = new WeakMap<Model, RunRow>();

export interface Place {
	taskId: string;
	sampleIndex: number;
}

/** Reads a recorded run to its end and shows it there, ready to be replayed. */
export async function openRecordedRun(model: Model, row: RunRow, place: Place | null = null): Promise<void> {
	wanted.set(model, row);
	const live = model.ui.getState().liveRuns.find((run) => run.runId === row.runId && !run.ended);
	if (live) return showRun(model, live);
	tell(model, "note", `reading ${row.runId}`);
	const store = createRunStore();
	const replay = createReplay({ events: [], timers: model.timers, show: store.replace });
	let unread: RunEvent[] = [];
	try {
		for await (const event of model.workbench.readEvents(row.runId, model.signal)) {
			unread.push(event);
			if (unread.length < READ_SLICE) continue;
			replay.append(unread);
			unread = [];
			await new Promise<void>((next) => model.timers.soon(next));
			if (wanted.get(model) !== row) return;
		}
		replay.append(unread);
	} catch (error) {
		tellError(model, `run ${row.runId}`, error);
		return;
	}
	const bookmarks = await model.workbench.bookmarks(row.runId).catch((error: unknown) => {
		tellError(model, "bookmarks", error);
		return [];
	});
	if (wanted.get(model) !== row) return;
	store.subscribe(model.changed);
	model.ui.getState().run?.replay?.close();
	const options = repeatable(store.getState().run);
	const base = { runId: row.runId, store, handle: null, ended: true, cancelling: false };
	const run: OpenRun = { ...base, replay, bookmarks, options };
	showRun(model, run);
	const at = place ? store.getState().run.taskIndex.get(place.taskId) : undefined;
	if (place && at !== undefined) model.ui.setState({ boardTask: at, sample: place.sampleIndex, runPane: "candidates" });
	logCommand(model, evalCommand(model, row.runId));
	const { message } = store.getState().run;
	if (message) tell(model, "note", message);
	if (!message?.includes("--resume")) logCommand(model, resumeCommand(model, run));
	tell(model, "note", "p plays it, . and , step, # goes to a time, b sets a bookmark");
}

/** Plays a run that was watched live from its start. */
export async function replayEndedRun(model: Model): Promise<void> {
	const { run } = model.ui.getState();
	await loadRuns(model);
	const row = model.ui.getState().runRows.find((known) => known.runId === run?.runId);
	if (!row || model.ui.getState().run !== run) return;
	await openRecordedRun(model, row);
	const opened = model.ui.getState().run;
	if (opened?.runId === row.runId) opened.replay?.play();
}

/** Opens a run by its id, at a candidate. */
export function openRunAt(model: Model, runId: string, place: Place | null): void {
	const live = model.ui.getState().liveRuns.find((run) => run.runId === runId && isGoingOn(run));
	if (live) {
		showRun(model, live);
		return;
	}
	const row = model.ui.getState().runRows.find((known) => known.runId === runId);
	if (row) void openRecordedRun(model, row, place);
}

/** The last run of the selected task, at its first candidate. */
export function openLastRun(model: Model): void {
	const row = selectedTask(model);
	const last = row ? model.taskResults.get(row.id) : undefined;
	if (row && last) openRunAt(model, last.runId, { taskId: row.id, sampleIndex: 0 });
}

export function repeatable({ command, config, tasks }: RunState): StartRunOptions | null {
	if (command === "verify" || config === null) return null;
	const taskIds = tasks.map(({ taskId }) => taskId);
	const { backend, samples, n, seed, generation, debug, stopOnAccepted, dedupe, select, widen } = config;
	const { experiment, gate, limits } = config;
	const made = { backend, samples, n: n ?? 1, seed, generation, debug, stopOnAccepted, dedupe, select, widen };
	return { taskIds, ...made, experiment, skipExisting: false, gate, limits };
}

export function isGoingOn(run: OpenRun | null): boolean {
	return run?.handle != null && !run.ended && !isOver(run);
}

function isOver(run: OpenRun): boolean {
	const { phase } = run.store.getState().run;
	return phase !== "empty" && !selectIsActive(run.store.getState().run);
}

export function hasLiveRun(model: Model): boolean {
	return model.ui.getState().liveRuns.some(isGoingOn);
}

/** What can be opened, live runs first. */
export function runItems(model: Model): (PickItem & { isLive: boolean })[] {
	const { liveRuns, runRows } = model.ui.getState();
	const live = liveRuns.filter((run) => isGoingOn(run) || run.runId === null);
	const liveIds = new Set(live.map((run) => run.runId));
	return [
		...live.map((run) => ({
			label: run.runId ?? "starting",
			isLive: true,
			detail: `live  ${run.options?.backend ?? ""}  ${formatCount(run.store.getState().run.judged)} judged`,
			onPick: () => showRun(model, run),
		})),
		...runRows
			.filter((row) => !liveIds.has(row.runId))
			.map((row) => ({
				isLive: false,
				label: row.runId,
				detail: describeRun(row),
				onPick: () => void openRecordedRun(model, row),
			})),
	];
}

export function pickRun(model: Model): void {
	model.scroll.reset("dialog");
	const items = runItems(model);
	const empty = "no runs yet: r on the Tasks screen starts one";
	model.ui.setState({ dialog: { kind: "pick", title: "Open a run", items, position: 0, empty } });
}

function describeRun(row: RunRow): string {
	const accepted = row.statusCounts.accepted ?? 0;
	const parts = [
		...(row.outcome === "completed" ? [] : [row.outcome]),
		row.backend === "mock" ? "mock (no model)" : row.backend,
		`${formatCount(accepted)} of ${formatCount(row.sampleCount)} accepted`,
		plural(row.taskCount, "task"),
		...(row.recorded ? ["ships with assay"] : []),
	];
	return parts.join("  ");
}
