import { type RankedCandidate, worldProblem } from "../model/energy-actions.js";
import { energyState } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { visible } from "../text/cells.js";
import { type LineLayout, layPieces, overhangOf } from "../text/pieces.js";
import { bold, dim, type Paint, plain, yellow } from "../text/style.js";
import { paragraph } from "./comparison-summary.js";
import { type MarkedText, note } from "./marked-text.js";

/** Of all that makes a program unlikely; the shade says it without colours too. */
const SHADES: readonly { from: number; sign: string; paint: Paint }[] = [
	{ from: 0.2, sign: "▓", paint: (text) => bold(yellow(text)) },
	{ from: 0.08, sign: "▒", paint: yellow },
	{ from: 0.02, sign: "░", paint: plain },
];
const CALM = { sign: " ", paint: plain };
const GUTTER = 13;

/** The program with the lines shaded that make it unlikely to the world model, and what it says of another task's question. */
export function surpriseText(model: Model, ranked: RankedCandidate, width: number): MarkedText {
	const { open } = energyState(model);
	const problem = worldProblem(model);
	if (!open || problem !== null) return { rows: paragraph(problem ?? "", width, dim), marks: [] };
	const { task, sampleIndex } = ranked;
	const { runId, allowSeen } = open.request;
	const read = model.cache.read(`lines:${runId}:${allowSeen}:${sampleIndex}:${task.taskId}`, () =>
		model.workbench.explainRanked(open.request, task.taskId, sampleIndex),
	);
	if (read.state === "reading") return note("hiding each line from the model in turn", width);
	if (read.state === "failed") return { rows: paragraph(read.message, width, yellow), marks: [] };
	const { model: by, seen, numbers, lines, swap } = read.value;
	const of = (value: number) => value.toFixed(4);
	const facts = [
		`by ${by.name} ${by.id}`,
		`energy ${of(numbers.energy)}, against no edit ${numbers.energyDelta < 0 ? "" : "+"}${of(numbers.energyDelta)}`,
		`without the question ${of(numbers.noAction)}${swap === null ? "" : `; another task's question ${of(swap.swapped)}: ${swap.difference > 0 ? "unlikelier" : "no unlikelier"} than for its own`}`,
		`pass head ${numbers.pass === null ? "none: the model has none" : numbers.pass.toFixed(3)}, a probability and no energy`,
	];
	const before = new Set(task.starterCode.split("\n"));
	const { wraps } = model.ui.getState();
	const layout: LineLayout = { wraps, left: model.scroll.place("ranked").left };
	const marks: number[] = [];
	const rows = [
		...(seen === null ? [] : paragraph("seen: the model was trained on this task, nothing here counts", width, yellow)),
		...facts.flatMap((fact) => paragraph(fact, width, plain)),
		...paragraph("share of what makes it unlikely; + is not in the starter code", width, dim),
	];
	for (const { line, text, share } of lines) {
		const { sign, paint } = SHADES.find(({ from }) => share >= from) ?? CALM;
		if (sign === "▓") marks.push(rows.length);
		const percent = share < 0.005 ? "" : `${Math.round(100 * share)}%`;
		const gutter = `${sign}${percent.padStart(4)} ${String(line + 1).padStart(4)} ${before.has(text) ? " " : "+"} `;
		const laid = layPieces([{ text: visible(text), paint }], Math.max(2, width - GUTTER), layout);
		rows.push(...laid.map((row, i) => `${paint(i === 0 ? gutter : " ".repeat(GUTTER))}${row}`));
	}
	const pieces = lines.map(({ text }) => [{ text: visible(text), paint: plain }]);
	return { rows, marks, overhang: wraps ? 0 : overhangOf(pieces, width - GUTTER) };
}
