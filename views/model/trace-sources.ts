import type { RunRow } from "../../src/domain/run-row.js";
import { addStep, createTraceBook, keyOfTrace } from "../../src/store/traces.js";
import { formatBytes, formatCount, plural } from "../text/format.js";
import type { PickItem } from "./dialog.js";
import { liveTrace } from "./live-trace.js";
import { type Model, messageOf, tellError } from "./model.js";
import { isGoingOn, loadRuns, type Place } from "./run-actions.js";
import type { OpenRun } from "./state.js";
import { stopPlaying } from "./trace-player.js";
import { changeTraces, type OpenTraces, selectedLive, shownTraces, tracesState } from "./traces-state.js";

/** Steps that may be taken in before a long file lets keys and frames in between. */
const READ_SLICE = 2000;

/** The screen came up: it shows the run that is open where that has traces, otherwise what it showed before. */
export function enterTraces(model: Model): void {
	const { run } = model.ui.getState();
	if (run && isDebugRun(run) && tracesState(model).open?.run !== run) openTracesOfRun(model, run);
	void loadSources(model);
}

export function isDebugRun(run: OpenRun): boolean {
	return run.options?.debug != null || run.store.getState().run.command === "debug";
}

async function loadSources(model: Model): Promise<void> {
	await loadRuns(model);
	try {
		changeTraces(model, { files: await model.workbench.traceFiles() });
	} catch (error) {
		tellError(model, "trace files", error);
	}
}

function openTracesOfRun(model: Model, run: OpenRun): void {
	show(model, {
		source: () => run.runId,
		get name() {
			return run.runId ?? "starting";
		},
		book: () => run.store.getState().run.traces,
		run,
		state: "read",
	});
}

/** A run that starts: each loop is followed until it ends, then the one that began last. */
export function showTracesOf(model: Model, run: OpenRun): void {
	model.ui.setState({ screen: 4, zoomed: false });
	openTracesOfRun(model, run);
	changeTraces(model, { step: null, follows: true });
	void loadSources(model);
}

/** The cursor goes on to the next loop when the one that it is on has ended, until it is moved by hand. */
export function followTraces(model: Model): void {
	const { open, follows } = tracesState(model);
	if (!follows || !open || selectedLive(model) !== null) return;
	const next = open.book().traces.findLastIndex((trace) => liveTrace(open.run, trace) !== null);
	if (next < 0) return;
	shownTraces(model).select(next);
	for (const pane of ["trace-steps", "trace-step"]) model.scroll.reset(pane);
	changeTraces(model, { step: null });
}

export function toggleFollowing(model: Model): void {
	const follows = !tracesState(model).follows;
	changeTraces(model, follows ? { follows, step: null } : { follows });
	followTraces(model);
}

/** Goes to the trace of a candidate of the open run. */
export function openTraceOf(model: Model, place: Place): void {
	const { run } = model.ui.getState();
	if (!run) return;
	model.ui.setState({ screen: 4, zoomed: false });
	if (tracesState(model).open?.run !== run) openTracesOfRun(model, run);
	const row = run.store.getState().run.traces.index.get(keyOfTrace(place));
	if (row !== undefined) shownTraces(model).select(row);
	changeTraces(model, { pane: "steps", step: 0 });
	void loadSources(model);
}

/** Reads the traces of a recorded run, or of a file, and shows them while they come. */
async function openTraceSource(model: Model, source: string, name: string): Promise<void> {
	const book = createTraceBook();
	const open: OpenTraces = { source: () => source, name, book: () => book, run: null, state: "reading" };
	const isShown = () => tracesState(model).open === open;
	show(model, open);
	let sinceTurn = 0;
	try {
		for await (const step of model.workbench.listSteps(source, model.signal)) {
			addStep(book, step);
			if (++sinceTurn < READ_SLICE) continue;
			sinceTurn = 0;
			model.changed();
			await new Promise<void>((next) => model.timers.soon(next));
			if (!isShown()) return;
		}
		open.state = "read";
	} catch (error) {
		if (model.signal.aborted) return;
		open.state = { error: messageOf(error) };
		tellError(model, name, error);
	}
	model.changed();
}

function show(model: Model, open: OpenTraces): void {
	stopPlaying(model);
	for (const pane of ["trace-steps", "trace-step"]) model.scroll.reset(pane);
	changeTraces(model, { open, pane: "traces", step: 0, compared: null, follows: false });
	shownTraces(model).goTo(0);
}

/** What can be opened: debug runs that go on, recorded ones, and files. */
export function traceSourceItems(model: Model): PickItem[] {
	const { runRows, liveRuns, run } = model.ui.getState();
	const known = new Set([...liveRuns, ...(run ? [run] : [])]);
	const openRuns = [...known].filter((open) => isDebugRun(open) && open.runId !== null);
	const openIds = new Set(openRuns.map(({ runId }) => runId));
	return [
		...openRuns.map((open) => ({
			label: open.runId ?? "",
			detail: `${isGoingOn(open) ? "live" : "open"}  ${plural(open.store.getState().run.traces.traces.length, "trace")}`,
			onPick: () => openTracesOfRun(model, open),
		})),
		...runRows
			.filter(({ command, runId }) => command === "debug" && !openIds.has(runId))
			.map((row) => ({
				label: row.runId,
				detail: describeRun(row),
				onPick: () => void openTraceSource(model, row.runId, row.runId),
			})),
		...tracesState(model).files.map(({ path, name, bytes }) => ({
			label: name,
			detail: `file  ${formatBytes(bytes)}`,
			onPick: () => void openTraceSource(model, path, name),
		})),
	];
}

function describeRun({ outcome, backend, statusCounts, sampleCount, taskCount }: RunRow): string {
	return [
		...(outcome === "completed" ? [] : [outcome]),
		backend,
		`${formatCount(statusCounts.accepted ?? 0)} of ${formatCount(sampleCount)} accepted`,
		plural(taskCount, "task"),
	].join("  ");
}
