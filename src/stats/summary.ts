export interface Summary {
	count: number;
	mean: number | null;
	median: number | null;
	min: number | null;
	max: number | null;
	/** Of the sample: divided by count - 1; null below two values. */
	std: number | null;
}

export function summarise(values: Float64Array): Summary {
	const count = values.length;
	if (count === 0) return { count, mean: null, median: null, min: null, max: null, std: null };
	const sorted = values.slice().sort();
	const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
	const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	const [low = 0, high = 0] = [sorted[(count - 1) >> 1], sorted[count >> 1]];
	return {
		count,
		mean,
		median: (low + high) / 2,
		min: sorted[0] ?? null,
		max: sorted[count - 1] ?? null,
		std: count < 2 ? null : Math.sqrt(squares / (count - 1)),
	};
}
