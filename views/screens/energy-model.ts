import type { RankedTask } from "../../src/domain/ranking.js";
import { type CalibrationFigures, calibrationFigures } from "../../src/stats/calibration.js";
import { bar } from "../charts/blocks.js";
import { type RankedCandidate, worldProblem } from "../model/energy-actions.js";
import { energyState, energyTables, type RankingReport } from "../model/energy-state.js";
import type { Model } from "../model/model.js";
import { toCells, visible } from "../text/cells.js";
import { formatCount, MISSING } from "../text/format.js";
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
		`pass probability ${numbers.pass === null ? "none: the model has no pass head" : numbers.pass.toFixed(3)}`,
	];
	const before = new Set(task.starterCode.split("\n"));
	const { wraps } = model.ui.getState();
	const layout: LineLayout = { wraps, left: model.scroll.place("ranked").left };
	const marks: number[] = [];
	const rows = [
		...(seen === null ? [] : paragraph("seen: the model was trained on this task, nothing here counts", width, yellow)),
		...facts.flatMap((fact) => paragraph(fact, width, plain)),
		dim(toCells(" share of what makes it unlikely; + is not in the starter code", width)),
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

const known = new WeakMap<RankingReport, CalibrationFigures | null>();
const PASS_HEAD = "pass head";
const BAR_CELLS = 20;

/** How often candidates are accepted that the pass head gives some probability. */
export function reliabilityRows(model: Model, width: number): string[] {
	const report = energyState(model).open?.report ?? null;
	if (report === null) return paragraph("figures come once all tasks are ranked", width, dim);
	const problem = worldProblem(model);
	if (problem !== null) return paragraph(problem, width, dim);
	const figures = known.get(report) ?? calibrationOf(model);
	known.set(report, figures);
	if (figures === null) return paragraph("the world model has no pass head", width, dim);
	const head = [
		`${formatCount(figures.count)} candidates by the probability that the pass head gives them`,
		`Brier ${figures.brier.toFixed(4)}, ECE ${figures.ece.toFixed(4)}, ROC-AUC over all pairs ${figures.rocAuc?.toFixed(3) ?? MISSING}, which flatters`,
		"candidates of a task depend on each other: no interval is given",
	];
	const rows = figures.bins.map(({ low, high, count, predicted, accepted }) => {
		const range = `${low.toFixed(1)}-${high.toFixed(1)}`;
		if (predicted === null || accepted === null) return dim(toCells(` ${range}       0`, width));
		const bars = model.isSpoken ? "" : `  ${bar(accepted, BAR_CELLS, model.look, "·")}`;
		return toCells(
			` ${range} ${formatCount(count).padStart(7)}  predicted ${predicted.toFixed(3)}  accepted ${accepted.toFixed(3)}${bars}`,
			width,
		);
	});
	return [...head.flatMap((text) => paragraph(text, width, plain)), "", ...rows].map(
		(row) => row || toCells("", width),
	);
}

function calibrationOf(model: Model): CalibrationFigures | null {
	const { tasks } = energyTables(model);
	const probabilities: number[] = [];
	const accepted: boolean[] = [];
	for (let row = 0; row < tasks.total; row++) {
		const task = tasks.row(row);
		if (task !== null) addTask(task, probabilities, accepted);
	}
	return probabilities.length === 0 ? null : calibrationFigures(probabilities, accepted);
}

/** What is no program has no probability. */
function addTask(task: RankedTask, probabilities: number[], accepted: boolean[]): void {
	const scores = task.scores.get(PASS_HEAD) ?? [];
	for (let at = 0; at < scores.length; at++) {
		const probability = scores[at] ?? -1;
		if (probability < 0) continue;
		probabilities.push(probability);
		accepted.push(task.accepted[at] === true);
	}
}
