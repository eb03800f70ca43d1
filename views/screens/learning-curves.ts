import type { Checkpoint } from "../../src/domain/checkpoint.js";
import { comparableRuns, mainRun } from "../../src/store/checkpoint-tree.js";
import { lineChart, type Series } from "../charts/line-chart.js";
import { formatTick } from "../charts/scale.js";
import { spokenValues } from "../charts/spoken-values.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { plural } from "../text/format.js";
import { blue, bold, cyan, dim, green, magenta } from "../text/style.js";

const PAINTS = [cyan, magenta, green, blue];
/** Below this a chart says nothing. */
const LEAST_ROWS = 6;

/**
 * The loss of each checkpoint over its own steps, and pass@1 over the generations of a family: what of it is known. Rows of
 * exactly `width` cells, at most `height`.
 */
export function curveRows(model: Model, checkpoints: readonly Checkpoint[], width: number, height: number): string[] {
	const losses = checkpoints.flatMap(({ name, training }, i): Series[] => {
		const curve = training?.curve ?? [];
		if (curve.length < 2) return [];
		const [xs, ys] = [curve.map(({ step }) => step), curve.map(({ loss }) => loss)];
		return [{ name, xs, ys, paint: PAINTS[i % PAINTS.length] ?? cyan }];
	});
	const scores = scoreSeries(checkpoints);
	const parts = [
		...(scores === null ? [] : [{ title: "pass@1 over generations", series: [scores], minY: 0, maxY: 1 }]),
		...(losses.length === 0 ? [] : [{ title: "training loss over steps", series: losses }]),
	];
	if (parts.length === 0)
		return [dim(toCells(" no learning curve: nothing was measured over steps or generations", width))];
	if (model.isSpoken) {
		return parts.flatMap(({ title, series }) =>
			series.map(({ name, ys }) => spokenValues(`${title}, ${name}:`, Array.from(ys), formatTick)),
		);
	}
	const each = Math.max(LEAST_ROWS, Math.floor(height / parts.length) - 1);
	return parts.flatMap(({ title, ...chart }) => [
		bold(toCells(` ${title}`, width)),
		...lineChart({
			...chart,
			width: width - 1,
			height: each,
			look: model.look,
			formatX: (x) => (Number.isInteger(x) ? formatTick(x) : ""),
		}).map((row) => ` ${row}`),
	]);
}

/** By the same tasks and N where all have such a run; otherwise nothing is said. */
function scoreSeries(checkpoints: readonly Checkpoint[]): Series | null {
	if (checkpoints.length < 2 || checkpoints.some((one) => mainRun(one) === null)) return null;
	const runs = comparableRuns(checkpoints);
	const [first] = runs ?? [];
	if (runs === null || runs.some((run) => run.taskSetFingerprint !== first?.taskSetFingerprint || run.n !== first.n)) {
		return null;
	}
	return {
		name: `pass@1 of ${plural(runs.length, "checkpoint")}`,
		xs: checkpoints.map(({ generation }) => generation),
		ys: runs.map(({ passAt1 }) => passAt1?.value ?? Number.NaN),
		paint: green,
	};
}
