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

export interface Differences {
	/** Mean of column j minus mean of column i, and half the width of its interval; all of them hold at once. */
	between(i: number, j: number): { value: number; reach: number };
}

/**
 * The same for the differences of all pairs of columns: rows are drawn for all columns together, so that what columns have in
 * common (tasks that are hard for all) does not widen the intervals. Confidence sets of ranks follow from them (Mogstad,
 * Romano, Shaikh & Wilhelm 2024, section 3).
 */
export function simultaneousDifferences(
	columns: readonly Float64Array[],
	{ resamples, seed, level }: { resamples: number; seed: number; level: number },
): Differences {
	const rows = columns[0]?.length ?? 0;
	const count = columns.length;
	const means = Float64Array.from(columns, (column) => column.reduce((sum, value) => sum + value, 0) / rows);
	const mean = (j: number) => means[j] ?? 0;
	const errors = new Float64Array(count * count);
	for (let i = 0; i < count; i++) {
		for (let j = i + 1; j < count; j++) {
			const [a, b] = [columns[i], columns[j]];
			const difference = Float64Array.from({ length: rows }, (_, row) => (b?.[row] ?? 0) - (a?.[row] ?? 0));
			errors[i * count + j] = standardError(difference, mean(j) - mean(i));
		}
	}
	const random = seededRandom(seed);
	const largest = new Float64Array(resamples);
	const picks = new Uint32Array(rows);
	const deviations = new Float64Array(count);
	for (let draw = 0; draw < resamples; draw++) {
		for (let row = 0; row < rows; row++) picks[row] = Math.floor(random() * rows);
		for (const [j, column] of columns.entries()) {
			let sum = 0;
			for (const pick of picks) sum += column[pick] ?? 0;
			deviations[j] = sum / rows - mean(j);
		}
		let most = 0;
		for (let i = 0; i < count; i++) {
			for (let j = i + 1; j < count; j++) {
				const error = errors[i * count + j] ?? 0;
				if (error > 0) most = Math.max(most, Math.abs((deviations[j] ?? 0) - (deviations[i] ?? 0)) / error);
			}
		}
		largest[draw] = most;
	}
	const width = quantile(largest.sort(), level);
	return {
		between: (i, j) => ({
			value: mean(j) - mean(i),
			reach: width * (errors[Math.min(i, j) * count + Math.max(i, j)] ?? 0),
		}),
	};
}
