import { seededRandom } from "../lib/seeded-random.js";
import { quantile } from "./bootstrap.js";
import type { Interval } from "./interval.js";

/**
 * Intervals of the means of several columns that all hold at once with probability `level`: every mean plus or minus
 * the same number of its standard errors, the number being the quantile of the largest standardised deviation over the
 * columns when rows (tasks) are drawn again (Romano & Wolf 2005, section 4). Columns have one length; one without spread
 * gets an interval of length 0.
 */
export function simultaneousMeans(
	columns: readonly Float64Array[],
	{ resamples, seed, level }: { resamples: number; seed: number; level: number },
): Interval[] {
	const rows = columns[0]?.length ?? 0;
	const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / rows);
	const errors = columns.map((column, j) => standardError(column, means[j] ?? 0));
	const random = seededRandom(seed);
	const largest = new Float64Array(resamples);
	const picks = new Uint32Array(rows);
	for (let draw = 0; draw < resamples; draw++) {
		for (let i = 0; i < rows; i++) picks[i] = Math.floor(random() * rows);
		let most = 0;
		for (const [j, column] of columns.entries()) {
			const error = errors[j] ?? 0;
			if (error === 0) continue;
			let sum = 0;
			for (let i = 0; i < rows; i++) sum += column[picks[i] ?? 0] ?? 0;
			most = Math.max(most, Math.abs(sum / rows - (means[j] ?? 0)) / error);
		}
		largest[draw] = most;
	}
	const reach = quantile(largest.sort(), level);
	return means.map((mean, j) => ({ low: mean - reach * (errors[j] ?? 0), high: mean + reach * (errors[j] ?? 0) }));
}

function standardError(column: Float64Array, mean: number): number {
	const squares = column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	return Math.sqrt(squares / (column.length * Math.max(1, column.length - 1)));
}
