import { contextOf } from "../../src/store/trace-tree.js";
import type { Trace } from "../../src/store/traces.js";
import { isAsked, type LiveTrace, liveTrace } from "../model/live-trace.js";
import type { Model } from "../model/model.js";
import { setTextMarks } from "../model/text-marks.js";
import {
	selectedLive,
	selectedStep,
	selectedTab,
	selectedTrace,
	TRACE_TABS,
	type TraceTab,
	tracesState,
} from "../model/traces-state.js";
import { cellWidth, toCells } from "../text/cells.js";
import { plural } from "../text/format.js";
import { cyan } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { type MarkedText, note } from "./marked-text.js";
import { type PaneText, positionText } from "./pane-text.js";
import { promptText, type StepReading, type StepText, stepText } from "./trace-texts.js";

/** Corners, the focus mark and spaces. */
const TITLE_MARGIN = 4;

/** What the cursor's step asked, answered and led to. */
export function drawTraceStep(model: Model, width: number, height: number): PaneText {
	const { open } = tracesState(model);
	const trace = selectedTrace(model);
	const source = open?.source() ?? null;
	const step = trace ? selectedStep(model, trace) : -1;
	const live = trace && step === trace.steps.length ? liveTrace(open?.run ?? null, trace) : null;
	if (trace && live && isAsked(live))
		return keep(model, drawComingStep(model, live, { step, tab: selectedTab(model, trace) }, { width, height }));
	if (trace?.steps.length === 0)
		return { title: "Step", rows: note(selectedLive(model)?.doing ?? "no step was done", width).rows };
	const context = trace ? contextOf(trace, step) : null;
	if (!trace || !context || source === null) return { title: "Step", rows: [] };
	const tab = selectedTab(model, trace);
	const { text, isWhole } = memo(model, { source, trace, context }, tab, width);
	// While the cursor follows, what was there stays until the next step has been read.
	const before = lastPane.get(model);
	if (!isWhole && before?.trace === trace && tracesState(model).step === null) return before.pane;
	setTextMarks(model, "trace-step", text.marks);
	model.scroll.limitLeft("trace-step", text.overhang ?? 0);
	const top = model.scroll.top("trace-step", height, text.rows.length);
	const title = titleOf(tab, `Step ${step}`, positionText(top, height, text.rows.length), width - TITLE_MARGIN);
	return keep(model, { title, rows: text.rows.slice(top, top + height) });
}

const lastPane = new WeakMap<Model, { trace: Trace | null; pane: PaneText }>();

function keep(model: Model, pane: PaneText): PaneText {
	lastPane.set(model, { trace: selectedTrace(model), pane });
	return pane;
}

/** The step that the model is at: what it was asked, or the end of what has arrived. */
function drawComingStep(
	model: Model,
	{ text, prompt }: LiveTrace,
	{ step, tab }: { step: number; tab: TraceTab },
	{ width, height }: { width: number; height: number },
): PaneText {
	const isPrompt = prompt !== null && (text === null || tab === "prompt");
	const tabs = [prompt === null ? "" : isPrompt ? "[prompt] " : "prompt ", isPrompt ? "completion" : "[completion]"];
	const title = `Step ${step} ${tabs.join("")} ${text === null ? "asked" : "being written"}`;
	if (!isPrompt) return { title, rows: arrivingRows(text ?? "", width, height) };
	const { rows, marks } = promptText({ prompt: [...prompt], template: null }, width);
	setTextMarks(model, "trace-step", marks);
	const top = model.scroll.top("trace-step", height, rows.length);
	return { title: `${title} ${positionText(top, height, rows.length)}`.trimEnd(), rows: rows.slice(top, top + height) };
}

/** The end of a completion, which is what is new of it. */
function arrivingRows(text: string, width: number, height: number): string[] {
	const head = cyan(toCells(` ${plural(text.length, "character")} so far`, width));
	const room = Math.max(0, height - 2);
	// Every line is a row at least.
	const end = text.split("\n").slice(-room).join("\n");
	const rows = wrapText(end, width - 2).map((line) => ` ${toCells(line, width - 1)}`);
	return [head, "", ...rows.slice(-room)];
}

/** The place in the text goes first where there is little room, then the names of the other tabs. */
function titleOf(tab: TraceTab, name: string, position: string, room: number): string {
	const tabs = TRACE_TABS.map((other) => (other === tab ? `[${other}]` : other)).join(" ");
	const short = `[${tab}] ${TRACE_TABS.indexOf(tab) + 1}/${TRACE_TABS.length}`;
	const titles = [`${name} ${tabs} ${position}`.trimEnd(), `${name} ${tabs}`, `${name} ${short} ${position}`.trimEnd()];
	return titles.find((title) => cellWidth(title) <= room) ?? `${name} ${short}`;
}

interface Kept {
	key: string;
	text: MarkedText;
}
const lastText = new WeakMap<Model, Kept>();

/** The text is made again only when what it is made of changed, not at every frame and scroll. */
function memo(model: Model, reading: StepReading, tab: TraceTab, width: number): StepText {
	const { columns, wraps, zoomed } = model.ui.getState();
	const { trace, source, context } = reading;
	const { taskId, sampleIndex, steps } = trace;
	const { step } = context.entry.outline;
	const { left } = model.scroll.place("trace-step");
	const key = JSON.stringify([
		left,
		source,
		taskId,
		sampleIndex,
		step,
		steps.length,
		tab,
		width,
		columns,
		wraps,
		zoomed,
	]);
	const kept = lastText.get(model);
	if (kept?.key === key) return { text: kept.text, isWhole: true };
	const { text, isWhole } = stepText(model, reading, tab, width);
	if (isWhole) lastText.set(model, { key, text });
	else lastText.delete(model);
	return { text, isWhole };
}
