import { isNotKept } from "../../src/domain/step-words.js";
import type { StepOutline } from "../../src/domain/trace.js";
import { type TreeRow, treeOf, turnOf } from "../../src/store/trace-tree.js";
import type { StepEntry, Trace } from "../../src/store/traces.js";
import { type LiveTrace, liveTrace } from "../model/live-trace.js";
import type { Model } from "../model/model.js";
import { selectedStep, selectedTrace, tracesState } from "../model/traces-state.js";
import { cellWidth, toCells } from "../text/cells.js";
import { formatMs, plural } from "../text/format.js";
import { bold, cursorLine, cyan, dim, green, type Paint, plain, red } from "../text/style.js";
import { STATUS_SIGNS } from "./glyphs.js";
import type { PaneText } from "./pane-text.js";

const TIME_CELLS = 7;
/** Below this there is only room for what the step was. */
const FACTS_FROM_CELLS = 44;
/** At most this much of a line is branches. */
const BRANCH_SHARE = 0.3;

/** The steps of the trace under the cursor, as the tree that they make. */
export function drawTraceSteps(model: Model, width: number, height: number): PaneText {
	const { open, playing, speed, step } = tracesState(model);
	const trace = selectedTrace(model);
	if (!open || !trace) return { title: "Steps", rows: [] };
	const at = selectedStep(model, trace);
	const tree = treeOf(trace);
	const live = liveTrace(open.run, trace);
	const count = tree.length + (live ? 1 : 0);
	const isAtEnd = step === null || at === trace.steps.length;
	const cursor = live && isAtEnd ? count - 1 : tree.findIndex((row) => row.step === at);
	const top = model.scroll.follow("trace-steps", cursor, height, count);
	const rows = tree.slice(top, top + height).map((row) => drawRow(trace, row, row.step === at, width));
	if (live && rows.length < height) rows.push(drawComing(trace, live, at === trace.steps.length, width));
	const parts = [`Steps ${trace.steps.length}`];
	if (playing) parts.push(`playing ${speed}x`);
	else if (speed !== 1) parts.push(`${speed}x`);
	if (live && step === null) parts.push("following");
	return { title: parts.join(" · "), rows };
}

/** The step that is not there yet. */
function drawComing({ steps }: Trace, { doing, text }: LiveTrace, isCursor: boolean, width: number): string {
	const size = text === null ? "" : `, ${plural(text.length, "character")}`;
	const row = cyan(toCells(`${isCursor ? "▸" : " "}${String(steps.length).padStart(3)} … ${doing}${size}`, width));
	return isCursor ? cursorLine(bold(row)) : row;
}

function drawRow(trace: Trace, { step, branch }: TreeRow, isCursor: boolean, width: number): string {
	const entry = trace.steps[step];
	if (!entry) return "";
	const { text, paint } = describe(trace, entry.outline);
	const head = `${isCursor ? "▸" : " "}${String(step).padStart(3)} `;
	const facts = width >= FACTS_FROM_CELLS ? factsOf(entry) : "";
	// The innermost branches tell most.
	const lines = branch.slice(-2 * Math.floor((width * BRANCH_SHARE) / 2));
	const room = Math.max(1, width - head.length - cellWidth(lines) - facts.length);
	const row = `${head}${dim(lines)}${paint(toCells(text, room))}${dim(facts)}`;
	return isCursor ? cursorLine(bold(row)) : row;
}

function factsOf({ outline }: StepEntry): string {
	const { wallTimeMs } = outline;
	const time = wallTimeMs === null ? "" : ` ${toCells(formatMs(wallTimeMs), TIME_CELLS, "right")}`;
	const usage = outline.kind === "generation" ? outline.usage : null;
	return usage === null ? time : ` ${usage.promptTokens}+${usage.completionTokens} tok${time}`;
}

function describe(trace: Trace, outline: StepOutline): { text: string; paint: Paint } {
	switch (outline.kind) {
		case "generation": {
			const { purpose, failure, hasCode } = outline;
			if (failure !== null) return { text: `${purpose}: ${failure.replaceAll("_", " ")}`, paint: red };
			const isLost = !hasCode && purpose !== "reflect";
			if (isLost && isNotKept(outline)) return { text: `${purpose}, not kept in the file`, paint: dim };
			return { text: isLost ? `${purpose}: no program` : purpose, paint: isLost ? red : plain };
		}
		case "tests": {
			const { status, passed, total } = outline;
			if (status === null) return { text: "tests, not known how", paint: dim };
			const sign = STATUS_SIGNS[status];
			const turn = TURNS[turnOf(trace, outline) ?? "same"];
			const word = status === "accepted" ? "" : ` ${sign.word}`;
			return { text: `tests ${sign.glyph}${testCounts(passed, total)}${word}${turn}`, paint: sign.paint };
		}
		case "submit": {
			const { of, reason } = outline;
			const what = of === null ? "hands in nothing" : `hands in step ${of}`;
			return { text: `${what}: ${reason.replaceAll("_", " ")}`, paint: reason === "passed" ? green : plain };
		}
		case "verdict": {
			const { which, status, passed, total, claimed } = outline;
			const { glyph, word, paint } = STATUS_SIGNS[status];
			return { text: `${which} ${glyph} ${word}${testCounts(passed, total)}${claimed ? ", claimed" : ""}`, paint };
		}
	}
}

/** Nothing where the source does not say. */
export function testCounts(passed: number | null, total: number | null): string {
	return passed === null || total === null ? "" : ` ${passed}/${total}`;
}

const TURNS = { better: "  ↑ mended", worse: "  ↓ broken", mixed: "  ↑↓ turned", same: "" } as const;
