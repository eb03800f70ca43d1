import { TRACE_SORTS, type TraceSort } from "../../src/store/trace-table.js";
import { treeOf, turnsOf } from "../../src/store/trace-tree.js";
import type { Trace } from "../../src/store/traces.js";
import { type Model, tell } from "./model.js";
import { pickSort } from "./sort-menu.js";
import { isSame, type MarkedTrace } from "./trace-marks.js";
import { stopPlaying } from "./trace-player.js";
import { traceSourceItems } from "./trace-sources.js";
import {
	changeTraces,
	selectedKind,
	selectedLive,
	selectedStep,
	selectedTab,
	selectedTrace,
	shownTraces,
	type TraceTab,
	tabsOf,
	tracesState,
} from "./traces-state.js";

/** The cursor of the list went to another trace: its first step is shown. */
export function traceMoved(model: Model): void {
	stopPlaying(model);
	for (const pane of ["trace-steps", "trace-step"]) model.scroll.reset(pane);
	changeTraces(model, { step: selectedLive(model) === null ? 0 : null, follows: false });
}

export function moveTrace(model: Model, by: number): void {
	shownTraces(model).move(by);
	traceMoved(model);
}

export function filterTraces(model: Model, filter: string): void {
	const before = selectedTrace(model);
	shownTraces(model).setFilter(filter);
	if (selectedTrace(model) !== before) traceMoved(model);
	else model.changed();
}

const SORTS: Record<TraceSort, { key: string; detail: string }> = {
	"order of time": { key: "o", detail: "as they began" },
	task: { key: "t", detail: "by task id" },
	outcome: { key: "a", detail: "accepted first" },
	revisions: { key: "r", detail: "most first" },
	tokens: { key: "k", detail: "most first" },
	end: { key: "e", detail: "by why they ended" },
};

export function pickTraceSort(model: Model): void {
	pickSort(model, {
		title: "Sort traces by",
		table: shownTraces(model),
		sorts: TRACE_SORTS.map((sort) => ({ sort, ...SORTS[sort] })),
		sorted: () => traceMoved(model),
	});
}

export function reverseTraces(model: Model): void {
	const table = shownTraces(model);
	table.setSort(table.sort, !table.reversed);
	model.changed();
}

/** By one in the order of time. */
export function moveStep(model: Model, by: number): void {
	const trace = selectedTrace(model);
	if (trace) goToStep(model, selectedStep(model, trace) + by);
}

/** Beyond the last step of a trace that goes on the cursor goes to each new one. */
export function goToStep(model: Model, step: number): void {
	const trace = selectedTrace(model);
	if (!trace) return;
	stopPlaying(model);
	const last = trace.steps.length - 1;
	model.scroll.reset("trace-step");
	const isBeyond = step > last && selectedLive(model) !== null;
	changeTraces(model, { step: isBeyond ? null : Math.max(0, Math.min(step, last)) });
}

/** By rows of the tree. */
export function moveRow(model: Model, by: number): void {
	const trace = selectedTrace(model);
	if (!trace) return;
	const rows = treeOf(trace);
	const at = rows.findIndex(({ step }) => step === selectedStep(model, trace));
	const to = (at < 0 ? rows.length : at) + by;
	const row = rows[Math.max(0, Math.min(to, rows.length - 1))];
	if (row) goToStep(model, to < rows.length ? row.step : Number.MAX_SAFE_INTEGER);
}

/** To the next or last step at which a test turned. */
export function jumpToTurn(model: Model, direction: 1 | -1): void {
	const trace = selectedTrace(model);
	if (!trace) return;
	const at = selectedStep(model, trace);
	const turns = turnsOf(trace);
	const to = direction === 1 ? turns.find((step) => step > at) : turns.findLast((step) => step < at);
	if (to === undefined) tell(model, "note", `no test turned ${direction === 1 ? "after" : "before"} this step`);
	else goToStep(model, to);
}

export function moveTraceTab(model: Model, by: number): void {
	const trace = selectedTrace(model);
	if (!trace) return;
	const tabs = tabsOf(model, trace);
	const tab = tabs[(tabs.indexOf(selectedTab(model, trace)) + by + tabs.length) % tabs.length];
	if (tab) showTraceTab(model, tab);
}

export function showTraceTab(model: Model, tab: TraceTab): void {
	const trace = selectedTrace(model);
	if (!trace) return;
	model.scroll.reset("trace-step");
	changeTraces(model, { tabs: { ...tracesState(model).tabs, [selectedKind(model, trace)]: tab } });
}

export function toggleTraceMark(model: Model): void {
	const { marked } = tracesState(model);
	const here = asMark(model, selectedTrace(model));
	if (!here) return;
	const isMarked = marked !== null && isSame(marked, here);
	changeTraces(model, { marked: isMarked ? null : here });
	const name = `${here.trace.taskId} #${here.trace.sampleIndex}`;
	tell(model, "note", isMarked ? "mark taken away" : `${name} marked: v on another trace of the task compares them`);
}

/** Puts the trace beside the marked one of its task; without one, lets the user choose among the other tries. */
export function compareTraces(model: Model): void {
	const here = asMark(model, selectedTrace(model));
	if (!here) return;
	const { marked } = tracesState(model);
	if (marked && marked.trace.taskId === here.trace.taskId && !isSame(marked, here)) {
		compareWith(model, marked);
		return;
	}
	const { open } = tracesState(model);
	const others = (open?.book().traces ?? []).filter(
		(trace) => trace.taskId === here.trace.taskId && trace.sampleIndex !== here.trace.sampleIndex,
	);
	const items = others.flatMap((trace) => {
		const other = asMark(model, trace);
		return other
			? [{ label: `#${trace.sampleIndex}`, detail: describe(trace), onPick: () => compareWith(model, other) }]
			: [];
	});
	const empty = "this task has one trace here: mark one of another run with Space, then v";
	model.scroll.reset("dialog");
	model.ui.setState({
		dialog: { kind: "pick", title: `Compare #${here.trace.sampleIndex} with`, items, position: 0, empty },
	});
}

function compareWith(model: Model, compared: MarkedTrace): void {
	model.scroll.reset("trace-comparison");
	model.ui.setState({ dialog: null });
	changeTraces(model, { compared, pane: "comparison" });
}

function asMark(model: Model, trace: Trace | null): MarkedTrace | null {
	const { open } = tracesState(model);
	const source = open?.source() ?? null;
	return open && trace && source !== null ? { source, name: open.name, trace } : null;
}

function describe({ outcome, revisions, reason }: Trace): string {
	return `${outcome?.replaceAll("_", " ") ?? "not judged"}  ${revisions} revisions  ${reason?.replaceAll("_", " ") ?? "going on"}`;
}

export function moveSource(model: Model, position: number): void {
	const last = traceSourceItems(model).length - 1;
	changeTraces(model, { sourcesPosition: Math.max(0, Math.min(position, last)) });
}
