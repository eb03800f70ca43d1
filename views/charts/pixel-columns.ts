import type { Range } from "./scale.js";

/** A line of points. */
export interface Points {
	/** Ascending; the index of the value where it is not given. */
	xs?: ArrayLike<number>;
	/** NaN and infinite values are gaps; on a log scale also what is not above 0. */
	ys: ArrayLike<number>;
}

/** What of a line falls into each pixel column: enough to draw it, however many points it has. */
export interface PixelColumns {
	/** By column; NaN where there is no point. */
	min: Float64Array;
	max: Float64Array;
	first: Float64Array;
	last: Float64Array;
	/** 1 where values are missing between this column's first point and the point before. */
	gapBefore: Uint8Array;
	low: number;
	high: number;
}

/** The span of x over points that can be drawn. */
export function spanOfX({ xs, ys }: Points): [number, number] | null {
	if (ys.length === 0) return null;
	if (xs === undefined) return [0, ys.length - 1];
	let from = 0;
	let to = Math.min(xs.length, ys.length) - 1;
	while (from <= to && !Number.isFinite(xs[from])) from++;
	while (to >= from && !Number.isFinite(xs[to])) to--;
	return from > to ? null : [xs[from] ?? 0, xs[to] ?? 0];
}

/** One pass over the points, a column at a time: a million of them take a few milliseconds. */
export function pixelColumns({ xs, ys }: Points, span: Range, columns: number, log: boolean): PixelColumns {
	const empty = () => new Float64Array(columns).fill(Number.NaN);
	const out: PixelColumns = {
		min: empty(),
		max: empty(),
		first: empty(),
		last: empty(),
		gapBefore: new Uint8Array(columns),
		low: Number.POSITIVE_INFINITY,
		high: Number.NEGATIVE_INFINITY,
	};
	const floor = log ? 0 : Number.NEGATIVE_INFINITY;
	const scale = (columns - 1) / (span.max - span.min);
	const count = xs === undefined ? ys.length : Math.min(xs.length, ys.length);
	let isGap = true;
	let i = 0;
	while (i < count) {
		const x = xs === undefined ? i : (xs[i] ?? Number.NaN);
		if (!(x >= span.min && x <= span.max)) {
			i++;
			continue;
		}
		const column = columns === 1 ? 0 : Math.round((x - span.min) * scale);
		const until = columns === 1 ? Number.POSITIVE_INFINITY : span.min + (column + 0.5) / scale;
		let low = Number.POSITIVE_INFINITY;
		let high = Number.NEGATIVE_INFINITY;
		let first = Number.NaN;
		let last = Number.NaN;
		let gap = false;
		// The first one belongs here however its column was rounded, so the loop always moves on.
		do {
			const y = ys[i] ?? Number.NaN;
			if (y > floor && y < Number.POSITIVE_INFINITY) {
				if (low > high) {
					first = y;
					gap = isGap;
				}
				if (y < low) low = y;
				if (y > high) high = y;
				last = y;
				isGap = false;
			} else isGap = true;
			i++;
		} while (i < count && (xs === undefined ? i : (xs[i] ?? Number.NaN)) < until);
		if (low <= high) addTo(out, column, { low, high, first, last, gap });
	}
	return out;
}

interface Filled {
	low: number;
	high: number;
	first: number;
	last: number;
	gap: boolean;
}

/** A column may be met twice, where rounding or an x that steps back splits it. */
function addTo(out: PixelColumns, column: number, { low, high, first, last, gap }: Filled): void {
	const isNew = Number.isNaN(out.min[column]);
	out.min[column] = isNew ? low : Math.min(out.min[column] ?? low, low);
	out.max[column] = isNew ? high : Math.max(out.max[column] ?? high, high);
	out.last[column] = last;
	if (isNew) {
		out.first[column] = first;
		out.gapBefore[column] = gap ? 1 : 0;
	}
	out.low = Math.min(out.low, low);
	out.high = Math.max(out.high, high);
}

/** The value of the point nearest to `x`; null where there is none, or the nearest one is a gap. */
export function valueAt({ xs, ys }: Points, x: number): number | null {
	const count = xs === undefined ? ys.length : Math.min(xs.length, ys.length);
	if (count === 0 || !Number.isFinite(x)) return null;
	const index = xs === undefined ? Math.round(x) : nearest(xs, count, x);
	const y = ys[Math.max(0, Math.min(count - 1, index))];
	return y !== undefined && Number.isFinite(y) ? y : null;
}

function nearest(xs: ArrayLike<number>, count: number, x: number): number {
	let from = 0;
	let to = count - 1;
	while (from < to) {
		const middle = (from + to) >> 1;
		if ((xs[middle] ?? 0) < x) from = middle + 1;
		else to = middle;
	}
	return from > 0 && x - (xs[from - 1] ?? 0) <= (xs[from] ?? 0) - x ? from - 1 : from;
}
