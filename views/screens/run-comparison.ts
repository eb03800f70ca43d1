import type { RunComparison } from "../../src/app/workbench.js";
import type { ComparedTask, Estimate } from "../../src/domain/comparison.js";
import type { RunDetail } from "../model/state.js";
import { shortId, toCells } from "../text/cells.js";
import { formatScore, plural } from "../text/format.js";
import { bold, dim, green, red, yellow } from "../text/style.js";
import { wrapText } from "../text/wrap.js";

/** Two runs: what makes them differ, their scores, what can be concluded, and every task with its counts. */
export function comparisonRows(detail: Extract<RunDetail, { kind: "comparison" }>, width: number): string[] {
	const { runIds, result, error } = detail;
	const heads = runIds.map((id, i) => bold(toCells(` ${i === 0 ? "A" : "B"} ${id}`, width)));
	if (error !== null) return [...heads, ...lines(error, width).map(yellow)];
	if (result === null) return [...heads, dim(toCells(" reading", width))];
	return [...heads, "", ...scoreRows(result, width), "", ...taskRows(result.comparison.tasks, width)];
}

function scoreRows({ comparison, conclusion }: RunComparison, width: number): string[] {
	const { sets, pairs, differences, leftOut } = comparison;
	const [a, b] = sets;
	const [pair] = pairs;
	if (!a || !b || !pair) return [];
	const { solved } = pair;
	const same = "same tasks, tests, N, tier and limits";
	return [
		...(differences.length === 0 ? lines(same, width) : []),
		...differences.flatMap(({ text }) => lines(`not the same: ${text}`, width).map(yellow)),
		...lines(`A ${estimateText(a.score)}`, width),
		...lines(`B ${estimateText(b.score)}`, width),
		...lines(conclusion, width),
		...lines(`flips: ${plural(solved.gained, "task")} up (solved in B alone), ${solved.lost} down (in A alone)`, width),
		...lines(`share accepted: ${pair.tasksUp} up, ${pair.tasksDown} down, ${pair.tasksSame} the same`, width),
		...(leftOut.length === 0 ? [] : lines(`${plural(leftOut.length, "task")} not judged in both`, width)),
	];
}

function estimateText({ value, interval, tasks }: Estimate): string {
	const range = interval === null ? "" : ` (${formatScore(interval.low)} to ${formatScore(interval.high)})`;
	return `pass@1 ${formatScore(value)}${range} over ${plural(tasks, "task")}`;
}

const COUNT_CELLS = 8;

/** Worst change first, as the comparison has them. */
function taskRows(tasks: readonly ComparedTask[], width: number): string[] {
	const idCells = Math.max(8, width - 3 * COUNT_CELLS - 8);
	const right = (text: string) => toCells(text, COUNT_CELLS, "right");
	const head = dim(toCells(` ${toCells("task", idCells)}${right("A")}${right("B")}${right("change")} flip`, width));
	return [
		head,
		...tasks.map(({ taskId, counts, change }) => {
			const [a, b] = counts;
			const flip = flipOf(a?.accepted ?? 0, b?.accepted ?? 0);
			const sign = change > 0 ? `+${formatScore(change)}` : change < 0 ? formatScore(change) : "0";
			const counted = [a, b].map((count) => right(count ? `${count.accepted}/${count.n}` : "·")).join("");
			const text = toCells(` ${toCells(shortId(taskId, idCells), idCells)}${counted}${right(sign)} ${flip}`, width);
			return change > 0 ? green(text) : change < 0 ? red(text) : text;
		}),
	];
}

function flipOf(a: number, b: number): string {
	if (a === 0 && b > 0) return "up";
	return a > 0 && b === 0 ? "down" : "";
}

function lines(text: string, width: number): string[] {
	return wrapText(text, width - 2).map((line) => toCells(` ${line}`, width));
}
