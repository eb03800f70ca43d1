import type { ComparedPair, ComparedSet, Comparison, Estimate } from "../../src/domain/comparison.js";
import { letterOf } from "../model/checkpoints-state.js";
import { toCells } from "../text/cells.js";
import { formatCount, formatScore, MISSING } from "../text/format.js";
import { bold, dim } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { pText } from "./comparison-figures.js";
import { estimateText } from "./comparison-summary.js";

const NAME_CELLS = 26;

/** Every figure of the comparison, a column for each set and for each pair. */
export function scoreRows(comparison: Comparison, width: number): string[] {
	const { sets, pairs, k, level, resamples, seed, leftOut } = comparison;
	const ofSets = figureRows(sets, SET_FIGURES(k), width);
	const ofPairs = figureRows(pairs, PAIR_FIGURES(k), width);
	const say = (text: string) => wrapText(text, width - 2).map((line) => dim(toCells(` ${line}`, width)));
	const others = sets.slice(1).map((_, i) => `${letterOf(i + 1)} - A`);
	return [
		heading(
			"",
			sets.map((_, set) => letterOf(set)),
			width,
		),
		...ofSets,
		"",
		heading("", others, width),
		...ofPairs,
		"",
		...say(
			`intervals: ${Math.round(level * 100)} %, BCa bootstrap over tasks, ${formatCount(resamples)} draws, seed ${seed}`,
		),
		...(leftOut.length === 0 ? [] : say(`left out, with too few judged candidates: ${leftOut.join(", ")}`)),
		...sets.flatMap((set, i) => contamination(set, letterOf(i)).flatMap(say)),
		...sets.flatMap(({ name, sha256 }, i) => say(`${letterOf(i)}: ${name}, sha256 ${sha256.slice(0, 16)}`)),
	];
}

type Figure<T> = [name: string, text: (of: T) => string];

const SET_FIGURES = (k: number): Figure<ComparedSet>[] => [
	["made by", ({ subject }) => subject ?? MISSING],
	[`pass@${k}`, ({ score }) => estimateText(score)],
	["for all at once", ({ simultaneous }) => rangeText(simultaneous)],
	["tasks scored", ({ score }) => formatCount(score.tasks)],
	["candidates", ({ sampleCount }) => formatCount(sampleCount)],
	["judge errors, in no score", ({ judgeErrors }) => formatCount(judgeErrors)],
	["tasks right and wrong", ({ mixedTasks }) => formatCount(mixedTasks)],
	["no program or not compiling", ({ degenerateRate }) => percent(degenerateRate)],
	["distinct texts", ({ distinctShare }) => percent(distinctShare)],
];

const PAIR_FIGURES = (k: number): Figure<ComparedPair>[] => [
	[`difference in pass@${k}`, ({ difference }) => signedEstimate(difference)],
	["p, sign-flip over tasks", ({ p, exact }) => `${pText(p)}${exact ? " exact" : ""}`],
	["p adjusted by Holm", ({ pAdjusted }) => pText(pAdjusted)],
	["p, Wilcoxon signed-rank", ({ wilcoxonP }) => pText(wilcoxonP)],
	["tasks up / down / same", ({ tasksUp, tasksDown, tasksSame }) => `${tasksUp} / ${tasksDown} / ${tasksSame}`],
	["newly solved / no longer", ({ solved }) => `${solved.gained} / ${solved.lost}`],
	["p of that, McNemar exact", ({ solved }) => pText(solved.p)],
	["samples right / wrong", ({ samples }) => `${samples.gained} / ${samples.lost}`],
	["effect size d_z", ({ cohenDz }) => formatScore(cohenDz)],
	["relative lift", ({ relativeLift }) => percent(relativeLift)],
	["found with power 0.8", ({ minimalDetectableDifference }) => formatScore(minimalDetectableDifference)],
];

/** A figure that none of them has is left out. */
function figureRows<T>(all: readonly T[], figures: readonly Figure<T>[], width: number): string[] {
	return figures.flatMap(([name, text]) => {
		const cells = all.map(text);
		return cells.every((cell) => cell === MISSING) ? [] : [row(name, cells, width)];
	});
}

function row(name: string, cells: readonly string[], width: number): string {
	const each = Math.floor((width - NAME_CELLS - 1) / Math.max(1, cells.length));
	const text = cells.map((cell) => toCells(cell, each - 1)).join(" ");
	return toCells(` ${toCells(name, NAME_CELLS)} ${text}`, width);
}

const heading = (name: string, cells: readonly string[], width: number) => bold(row(name, cells, width));

function contamination({ contamination: notes }: ComparedSet, letter: string): string[] {
	if (notes === null) return [`${letter}, contamination: not known`];
	return notes.map(({ note, tasks }) =>
		note === null
			? `${letter}, contamination: of ${tasks} tasks nobody has said`
			: `${letter}, contamination: ${tasks} tasks: ${note}`,
	);
}

function signedEstimate({ value, interval }: Estimate): string {
	if (value === null) return MISSING;
	const signed = (number: number) => `${number < 0 ? "-" : "+"}${Math.abs(number).toFixed(3)}`;
	return `${signed(value)}${interval === null ? "" : ` [${signed(interval.low)}, ${signed(interval.high)}]`}`;
}

function rangeText(interval: { low: number; high: number } | null): string {
	return interval === null ? MISSING : `[${formatScore(interval.low)}, ${formatScore(interval.high)}]`;
}

function percent(share: number | null): string {
	return share === null ? MISSING : `${(share * 100).toFixed(1)} %`;
}
