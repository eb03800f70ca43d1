import { type ChartLook, column, EIGHTHS } from "./blocks.js";

export interface SparklineOptions {
	look: ChartLook;
	/** Ends of the scale; those of the values where they are not given. */
	min?: number;
	max?: number;
}

/**
 * One row of exactly `width` cells, oldest value first. More values than cells are averaged; fewer leave blanks at the
 * right. null, NaN and infinite values are blanks.
 */
export function sparkline(values: ArrayLike<number | null>, width: number, options: SparklineOptions): string {
	if (width <= 0) return "";
	const cells = means(values, width);
	const shown = cells.filter((value) => value !== null);
	const min = options.min ?? Math.min(...shown);
	const max = options.max ?? Math.max(...shown);
	const text = cells.map((value) => (value === null ? " " : column(levelOf(value, min, max), options.look))).join("");
	return text.padEnd(width);
}

/** 1 to 8: a value is never as blank as a missing one. */
function levelOf(value: number, min: number, max: number): number {
	if (!(max > min)) return value === 0 ? 1 : EIGHTHS / 2;
	const fraction = (value / 2 - min / 2) / (max / 2 - min / 2);
	return 1 + Math.round(Math.max(0, Math.min(1, fraction)) * (EIGHTHS - 1));
}

function means(values: ArrayLike<number | null>, width: number): (number | null)[] {
	const cells = Math.min(width, values.length);
	return Array.from({ length: cells }, (_, cell) => {
		const end = Math.floor(((cell + 1) * values.length) / cells);
		let sum = 0;
		let count = 0;
		for (let i = Math.floor((cell * values.length) / cells); i < end; i++) {
			const value = values[i];
			if (typeof value !== "number" || !Number.isFinite(value)) continue;
			count++;
			// A running mean: a sum of large numbers could leave the finite ones.
			sum += (value - sum) / count;
		}
		return count === 0 ? null : sum;
	});
}
