import type { TraceFile } from "../../src/app/trace-sources.js";
import { createTraceTable, type TraceTable } from "../../src/store/trace-table.js";
import type { Trace, TraceBook } from "../../src/store/traces.js";
import { isAsked, type LiveTrace, liveTrace } from "./live-trace.js";
import type { Model } from "./model.js";
import type { OpenRun } from "./state.js";
import type { MarkedTrace } from "./trace-marks.js";

export type TracePane = "sources" | "traces" | "steps" | "step" | "comparison";
export const TRACE_TABS = ["prompt", "completion", "code", "diff", "tests", "feedback", "reward"] as const;
export type TraceTab = (typeof TRACE_TABS)[number];
export type StepKind = Trace["steps"][number]["outline"]["kind"];
export const PLAY_SPEEDS = [1, 4, 16] as const;

/** What the list of traces shows: those of a run that is open, or of one or of a file that was read for it. */
export interface OpenTraces {
	/** A run id or a path; null before a run that starts has its id. */
	source(): string | null;
	readonly name: string;
	book(): TraceBook;
	/** Set where the traces are those of an open run, which may go on. */
	run: OpenRun | null;
	state: "reading" | "read" | { error: string };
}

/** What the screen of traces keeps. */
export interface TracesState {
	pane: TracePane;
	open: OpenTraces | null;
	files: readonly TraceFile[];
	sourcesPosition: number;
	/** The step that the cursor is on; null: the last one, whichever that is, also one that is being written. */
	step: number | null;
	/** What is shown of a step of each kind. */
	tabs: Readonly<Record<StepKind, TraceTab>>;
	marked: MarkedTrace | null;
	/** What the trace under the cursor is compared with. */
	compared: MarkedTrace | null;
	/** The cursor goes on to the next loop when one has ended, until it is moved by hand. */
	follows: boolean;
	playing: boolean;
	speed: (typeof PLAY_SPEEDS)[number];
}

const states = new WeakMap<Model, TracesState>();
const tables = new WeakMap<Model, TraceTable>();

export function tracesState(model: Model): TracesState {
	const known = states.get(model);
	if (known) return known;
	const fresh: TracesState = {
		pane: "sources",
		open: null,
		files: [],
		sourcesPosition: 0,
		step: 0,
		tabs: { generation: "code", tests: "tests", submit: "reward", verdict: "reward" },
		marked: null,
		compared: null,
		follows: false,
		playing: false,
		speed: 1,
	};
	states.set(model, fresh);
	return fresh;
}

export function changeTraces(model: Model, change: Partial<TracesState>): void {
	states.set(model, { ...tracesState(model), ...change });
	model.changed();
}

/** The list as it is now. */
export function shownTraces(model: Model): TraceTable {
	let table = tables.get(model);
	if (!table) {
		table = createTraceTable(model.timers);
		table.subscribe(model.changed);
		tables.set(model, table);
	}
	const { open } = tracesState(model);
	if (open) table.show(open.book());
	return table;
}

/** The trace that the cursor is on. */
export function selectedTrace(model: Model): Trace | null {
	return tracesState(model).open ? shownTraces(model).selected() : null;
}

/** A loop of an open run that goes on; null: all that there will be is there. */
export function selectedLive(model: Model): LiveTrace | null {
	const { open } = tracesState(model);
	const trace = selectedTrace(model);
	return open && trace ? liveTrace(open.run, trace) : null;
}

/** The number of the step that the cursor is on, of the one that is being written too; -1 while there is none. */
export function selectedStep(model: Model, trace: Trace): number {
	const { step, open } = tracesState(model);
	const last = trace.steps.length - 1;
	if (step !== null) return Math.min(step, last);
	return isAsked(liveTrace(open?.run ?? null, trace)) ? last + 1 : last;
}

/** Of the step that is being written too, which is one that a model makes. */
export function selectedKind(model: Model, trace: Trace): StepKind {
	return trace.steps[selectedStep(model, trace)]?.outline.kind ?? "generation";
}

/** What can be shown of the step that the cursor is on. Of one that is being written there is no more than its two texts. */
export function tabsOf(model: Model, trace: Trace): readonly TraceTab[] {
	return selectedStep(model, trace) === trace.steps.length ? ["prompt", "completion"] : TRACE_TABS;
}

export function selectedTab(model: Model, trace: Trace): TraceTab {
	const tab = tracesState(model).tabs[selectedKind(model, trace)];
	return tabsOf(model, trace).includes(tab) ? tab : "completion";
}
