import type { Comparison, Estimate } from "../../src/domain/comparison.js";
import { checkpointsState, type OpenComparison } from "../model/checkpoints-state.js";
import { setName } from "../model/comparison-actions.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { formatScore, plural } from "../text/format.js";
import { bold, green, type Paint, plain, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";
import { hasTwoPanes } from "./layout.js";

/** More would leave a small screen without its table; the scores have them all. */
const MOST_ROWS = 6;

/** What was compared, and in a sentence a pair what can be told: paired test, interval, winner. */
export function comparisonSummary(model: Model, width: number): string[] {
	const { comparison, pane } = checkpointsState(model);
	if (!comparison) return [];
	const { state } = comparison;
	if (state.kind !== "compared") return [bold(toCells(` ${namesText(comparison)}`, width))];
	const { comparison: compared, conclusions } = state;
	const told = compared.pairs.flatMap((pair, i) =>
		paragraph(conclusions[i] ?? "", width, CONCLUSION_PAINTS[pair.conclusion]),
	);
	// Where there is one pane, the two sides of a task need the rows.
	if (pane === "task" && !hasTwoPanes(width)) return told.slice(0, 1);
	const rows = [
		...paragraph(setsText(comparison, compared), width, bold),
		...told,
		...compared.pairs.flatMap((pair) =>
			paragraph(
				`${pair.tasksUp} up, ${pair.tasksDown} down, ${pair.tasksSame} the same; solved by one alone: ${pair.solved.gained} up, ${pair.solved.lost} down`,
				width,
				plain,
			),
		),
		...paragraph(seenText(compared), width, yellow),
		...compared.differences.flatMap(({ text }) => paragraph(`not the same: ${text}`, width, yellow)),
	];
	return rows.slice(0, MOST_ROWS);
}

const CONCLUSION_PAINTS: Record<Comparison["pairs"][number]["conclusion"], Paint> = {
	better: green,
	worse: red,
	cannot_tell: yellow,
};

export function namesText(comparison: OpenComparison): string {
	return comparison.names.map((_, set) => setName(comparison, set)).join(" against ");
}

function seenText({ seen, seenIsScored }: Comparison): string {
	if (seen.length === 0) return "";
	return `${plural(seen.length, "task")} that a model was trained on: ${seenIsScored ? "scored all the same" : "left out"}`;
}

function setsText(comparison: OpenComparison, { sets, k }: Comparison): string {
	const each = sets.map(({ score }, set) => `${setName(comparison, set)} ${estimateText(score)}`);
	return `pass@${k} ${each.join(" · ")} · ${plural(sets[0]?.score.tasks ?? 0, "task")}`;
}

export function estimateText({ value, interval }: Estimate): string {
	const range = interval === null ? "" : ` [${formatScore(interval.low)}, ${formatScore(interval.high)}]`;
	return `${formatScore(value)}${range}`;
}

/** Wrapped, a cell from the edge; nothing for an empty text. */
export function paragraph(text: string, width: number, paint: Paint): string[] {
	if (text === "") return [];
	return wrapText(text, width - 2).map((line) => paint(toCells(` ${line}`, width)));
}
