import { turnOf } from "../../src/store/trace-tree.js";
import type { StepEntry, Trace } from "../../src/store/traces.js";
import type { Model } from "../model/model.js";
import { readStepOf } from "../model/step-reading.js";
import { setTextMarks } from "../model/text-marks.js";
import type { MarkedTrace } from "../model/trace-marks.js";
import { selectedTrace, tracesState } from "../model/traces-state.js";
import { toCells } from "../text/cells.js";
import { diffRows } from "../text/diff-rows.js";
import { formatCount } from "../text/format.js";
import { bold, dim, type Paint, plain } from "../text/style.js";
import { codeDiffLayout } from "./candidate-diff.js";
import { STATUS_SIGNS } from "./glyphs.js";
import { type MarkedText, note } from "./marked-text.js";
import { type PaneText, positionText } from "./pane-text.js";
import { testCounts } from "./trace-steps.js";

interface Cell {
	text: string;
	paint: Paint;
}

/** Two traces of one task: how each came to its end, side by side, and the programs that they hand in. */
export function drawTraceComparison(model: Model, width: number, height: number): PaneText {
	const { open, compared } = tracesState(model);
	const trace = selectedTrace(model);
	const source = open?.source() ?? null;
	if (!open || !trace || !compared || source === null) return { title: "Comparison", rows: [] };
	const text = comparisonText(model, compared, { source, name: open.name, trace }, width);
	setTextMarks(model, "trace-comparison", text.marks);
	model.scroll.limitLeft("trace-comparison", text.overhang ?? 0);
	const top = model.scroll.top("trace-comparison", height, text.rows.length);
	const position = positionText(top, height, text.rows.length);
	return { title: `${trace.taskId}, two traces ${position}`.trimEnd(), rows: text.rows.slice(top, top + height) };
}

function comparisonText(model: Model, left: MarkedTrace, right: MarkedTrace, width: number): MarkedText {
	if (left.trace.taskId !== right.trace.taskId) return note("the two are of different tasks", width);
	const half = Math.floor((width - 3) / 2);
	const row = (a: Cell, b: Cell) =>
		` ${a.paint(toCells(a.text, half))}${dim("│")}${b.paint(toCells(b.text, width - half - 2))}`;
	const both = (cellOf: (marked: MarkedTrace) => Cell) => row(cellOf(left), cellOf(right));
	const rounds = [left, right].map(({ trace }) => roundsOf(trace));
	const rows = [
		both(({ trace }) => ({ text: ` try #${trace.sampleIndex}`, paint: bold })),
		...(left.source === right.source ? [] : [both(({ name }) => ({ text: ` ${name}`, paint: dim }))]),
		both(({ trace }) => outcomeCell(trace)),
		both(({ trace }) => ({ text: ` ${trace.reason?.replaceAll("_", " ") ?? "goes on"}`, paint: plain })),
		both(({ trace }) => ({
			text: ` ${trace.revisions} revisions${trace.tokens === null ? "" : `, ${formatCount(trace.tokens)} tokens`}`,
			paint: plain,
		})),
		"",
		...Array.from({ length: Math.max(...rounds.map(({ length }) => length)) }, (_, i) =>
			row(rounds[0]?.[i] ?? NOTHING, rounds[1]?.[i] ?? NOTHING),
		),
		"",
	];
	const [before, after] = [programOf(model, left), programOf(model, right)];
	if (typeof before === "string" || typeof after === "string") {
		const why = [before, after].find((side) => typeof side === "string");
		return { rows: [...rows, ...note(String(why), width).rows], marks: [] };
	}
	const diff = diffRows(before, after, width, codeDiffLayout(model, width, "trace-comparison"));
	return {
		rows: [...rows, ...diff.rows],
		marks: diff.marks.map((mark) => mark + rows.length),
		overhang: diff.overhang,
	};
}

const NOTHING: Cell = { text: "", paint: plain };

function outcomeCell({ outcome, claimed }: Trace): Cell {
	if (outcome === null) return { text: " not judged", paint: dim };
	const { glyph, word, paint } = STATUS_SIGNS[outcome];
	return { text: ` ${glyph} ${word}${claimed ? ", claimed" : ""}`, paint };
}

/** One line for each program that was made, with what its public tests said. */
function roundsOf(trace: Trace): Cell[] {
	return trace.steps.flatMap(({ outline }, step) => {
		if (outline.kind !== "generation" || outline.purpose === "reflect") return [];
		const head = ` ${String(step).padStart(2)} ${outline.purpose}`;
		const tests = trace.steps.find((other) => other.outline.kind === "tests" && other.outline.of === step)?.outline;
		if (tests?.kind !== "tests" || tests.status === null) return [{ text: `${head}  no tests`, paint: dim }];
		const { glyph, paint } = STATUS_SIGNS[tests.status];
		const turn = { better: " ↑", worse: " ↓", mixed: " ↑↓", same: "" }[turnOf(trace, tests) ?? "same"];
		return [{ text: `${head}  ${glyph}${testCounts(tests.passed, tests.total)}${turn}`, paint }];
	});
}

/** The program that was handed in, or the latest one of a loop that goes on; a text instead while there is none. */
function programOf(model: Model, { source, trace }: MarkedTrace): { name: string; text: string } | string {
	const submit = trace.steps.findLast(({ outline }) => outline.kind === "submit")?.outline;
	const latest = trace.steps.findLast(({ outline }) => outline.kind === "generation" && outline.hasCode) ?? null;
	const of = submit?.kind === "submit" ? submit.of : (latest?.outline.step ?? null);
	const entry: StepEntry | null = of === null ? null : (trace.steps[of] ?? null);
	const read = readStepOf(model, { source, trace, kind: "generation" }, entry);
	const name = `#${trace.sampleIndex} step ${of ?? "?"}`;
	if (read === null) return `#${trace.sampleIndex} has no program`;
	if (read.state === "reading") return "reading";
	return read.state === "failed" ? read.message : { name, text: read.value.code ?? "" };
}
