/**
 * Exponential moving average without the pull of its start: each value is divided by the weight that has come together so
 * far (Kingma and Ba 2015, section 3). `weight` of the past is from 0, which changes nothing, to below 1. NaN and infinite
 * values are passed over and stay as they are.
 */
export function smoothed(values: ArrayLike<number>, weight: number): Float64Array {
	const out = new Float64Array(values.length);
	let mean = 0;
	let gathered = 0;
	for (let i = 0; i < values.length; i++) {
		const value = values[i] ?? Number.NaN;
		if (!Number.isFinite(value)) {
			out[i] = value;
			continue;
		}
		mean = weight * mean + (1 - weight) * value;
		gathered = weight * gathered + (1 - weight);
		out[i] = mean / gathered;
	}
	return out;
}

/** Whether values went up (1) or down (-1) from their first half to their second, by more than twice the standard error; 0: neither. */
export function trendOf(values: readonly number[]): -1 | 0 | 1 {
	const known = values.filter(Number.isFinite);
	if (known.length < 4) return 0;
	const half = Math.floor(known.length / 2);
	const [before, after] = [momentsOf(known.slice(0, half)), momentsOf(known.slice(known.length - half))];
	const difference = after.mean - before.mean;
	const error = Math.sqrt((before.variance + after.variance) / half);
	if (Math.abs(difference) <= 2 * error) return 0;
	return difference > 0 ? 1 : -1;
}

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	return { mean, variance: squares / Math.max(1, values.length - 1) };
}

export function median(values: readonly number[]): number | null {
	const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	const high = sorted[middle];
	if (high === undefined) return null;
	return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2;
}
