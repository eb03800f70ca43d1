import { contextOf } from "../../src/store/trace-tree.js";
import { liveTrace } from "../model/live-trace.js";
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
import { type StepReading, stepText } from "./trace-texts.js";

/** Corners, the focus mark and spaces. */
const TITLE_MARGIN = 4;

/** What the cursor's step asked, answered and led to. */
export function drawTraceStep(model: Model, width: number, height: number): PaneText {
	const { open } = tracesState(model);
	const trace = selectedTrace(model);
	const source = open?.source() ?? null;
	const step = trace ? selectedStep(model, trace) : -1;
	const live = trace && step === trace.steps.length ? liveTrace(open?.run ?? null, trace) : null;
	if (live?.text != null)
		return { title: `Step ${step} as it is written`, rows: arrivingRows(live.text, width, height) };
	if (trace?.steps.length === 0)
		return { title: "Step", rows: note(selectedLive(model)?.doing ?? "no step was done", width).rows };
	const context = trace ? contextOf(trace, step) : null;
	if (!trace || !context || source === null) return { title: "Step", rows: [] };
	const tab = selectedTab(model, trace);
	const text = memo(model, { source, trace, context }, tab, width);
	setTextMarks(model, "trace-step", text.marks);
	model.scroll.limitLeft("trace-step", text.overhang ?? 0);
	const top = model.scroll.top("trace-step", height, text.rows.length);
	const title = titleOf(tab, `Step ${step}`, positionText(top, height, text.rows.length), width - TITLE_MARGIN);
	return { title, rows: text.rows.slice(top, top + height) };
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
function memo(model: Model, reading: StepReading, tab: TraceTab, width: number): MarkedText {
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
	if (kept?.key === key) return kept.text;
	const { text, isWhole } = stepText(model, reading, tab, width);
	if (isWhole) lastText.set(model, { key, text });
	else lastText.delete(model);
	return text;
}
