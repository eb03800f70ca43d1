import { seededRandom } from "../lib/seeded-random.js";
import { normalCdf, normalQuantile } from "./distributions.js";
import { checkLevel, type Interval } from "./interval.js";

export interface BootstrapOptions {
	/** Default 10,000. */
	resamples?: number;
	/** Default 20260601. */
	seed?: number;
	/** Default 0.95. */
	level?: number;
	/** With fewer clusters no interval is given: it would be much too narrow. Default 10. */
	fewest?: number;
	/** `bca` corrects bias and skewness (Efron 1987); `percentile` does not. Default `bca`. */
	method?: "percentile" | "bca";
}

/** One cluster, e.g. a task: what it adds to the numerator and to the denominator of the statistic. */
export interface Clusters {
	sums: Float64Array;
	weights: Float64Array;
}

/**
 * Interval of `sum(sums) / sum(weights)` when whole clusters are drawn again with replacement (Field & Welsh 2007,
 * section 3), because candidates of one task go right and wrong together. A mean over tasks has weight 1 everywhere, a
 * share over candidates has a task's number of candidates. BCa takes its acceleration from the jackknife over clusters
 * (Efron & Tibshirani 1993, eq. 14.15). null with too few clusters, and where all are alike: the draws cannot differ.
 * Throws RangeError for lengths that differ or a total weight of 0.
 */
export function clusterBootstrap({ sums, weights }: Clusters, options: BootstrapOptions = {}): Interval | null {
	const { resamples = 10_000, seed = 20260601, level = 0.95, method = "bca", fewest = 10 } = options;
	checkLevel(level);
	const count = sums.length;
	if (weights.length !== count) throw new RangeError(`${count} sums, but ${weights.length} weights`);
	const sum = total(sums);
	const weight = total(weights);
	if (count > 0 && weight <= 0) throw new RangeError("the clusters weigh nothing");
	if (count < Math.max(2, fewest)) return null;
	const estimate = sum / weight;
	const draws = drawRatios(sums, weights, resamples, seed);
	if (draws[0] === draws[draws.length - 1]) return null;
	const tail = (1 - level) / 2;
	const shares = method === "percentile" ? [tail, 1 - tail] : correctedShares(sums, weights, estimate, draws, tail);
	const [low = Number.NaN, high = Number.NaN] = shares.map((share) => quantile(draws, share));
	return { low, high };
}

/** The same with every cluster of weight 1: the interval of a mean over tasks. */
export function bootstrapMean(values: Float64Array, options: BootstrapOptions = {}): Interval | null {
	return clusterBootstrap({ sums: values, weights: new Float64Array(values.length).fill(1) }, options);
}

/** Linear between the two nearest order statistics (Hyndman & Fan 1996, type 7). `sorted` ascending, not empty. */
export function quantile(sorted: Float64Array, share: number): number {
	const place = Math.min(1, Math.max(0, share)) * (sorted.length - 1);
	const below = sorted[Math.floor(place)] ?? Number.NaN;
	const above = sorted[Math.ceil(place)] ?? below;
	return below + (above - below) * (place - Math.floor(place));
}

function drawRatios(sums: Float64Array, weights: Float64Array, resamples: number, seed: number): Float64Array {
	const random = seededRandom(seed);
	const count = sums.length;
	const even = weights.every((weight) => weight === weights[0]);
	const fixed = (weights[0] ?? 1) * count;
	const ratios = new Float64Array(resamples);
	for (let draw = 0; draw < resamples; draw++) {
		let sum = 0;
		let weight = even ? fixed : 0;
		for (let i = 0; i < count; i++) {
			const pick = Math.floor(random() * count);
			sum += sums[pick] ?? 0;
			if (!even) weight += weights[pick] ?? 0;
		}
		// All picks may weigh nothing; such a draw says nothing and is taken again.
		if (weight > 0) ratios[draw] = sum / weight;
		else draw--;
	}
	return ratios.sort();
}

/** The percentiles that BCa takes in place of `tail` and `1 - tail`. */
function correctedShares(
	sums: Float64Array,
	weights: Float64Array,
	estimate: number,
	draws: Float64Array,
	tail: number,
): number[] {
	const below = draws.findIndex((ratio) => ratio >= estimate);
	const equal = draws.findLastIndex((ratio) => ratio <= estimate) + 1 - Math.max(0, below);
	// Draws equal to the estimate count half: with few clusters the draws take few values.
	const share = ((below < 0 ? draws.length : below) + Math.max(0, equal) / 2) / draws.length;
	const bias = normalQuantile(Math.min(1 - 0.5 / draws.length, Math.max(0.5 / draws.length, share)));
	const acceleration = jackknifeAcceleration(sums, weights);
	return [tail, 1 - tail].map((wanted) => {
		const shifted = bias + normalQuantile(wanted);
		return normalCdf(bias + shifted / (1 - acceleration * shifted));
	});
}

function jackknifeAcceleration(sums: Float64Array, weights: Float64Array): number {
	const sum = total(sums);
	const weight = total(weights);
	const left: number[] = [];
	for (let i = 0; i < sums.length; i++) {
		const rest = weight - (weights[i] ?? 0);
		if (rest > 0) left.push((sum - (sums[i] ?? 0)) / rest);
	}
	const mean = left.reduce((a, b) => a + b, 0) / left.length;
	let squares = 0;
	let cubes = 0;
	for (const value of left) {
		squares += (mean - value) ** 2;
		cubes += (mean - value) ** 3;
	}
	return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function total(values: Float64Array): number {
	let sum = 0;
	for (const value of values) sum += value;
	return sum;
}
