import { seededRandom } from "../lib/seeded-random.js";

/** With fewer clusters a percentile interval is much too narrow, so none is given. */
const FEWEST_CLUSTERS = 10;
const RESAMPLES = 1000;
const SEED = 20260601;

interface BootstrapInterval {
	low: number;
	high: number;
}

/**
 * 95 % interval of the mean of `clusterMeans`, each of which sums up one cluster, e.g. the share of accepted candidates
 * of one task. Whole clusters are drawn again with replacement (Field & Welsh 2007, section 3), because candidates of one
 * task go right and wrong together; the interval is the percentile one (Efron & Tibshirani 1993, section 13.3), from 1000
 * draws of a fixed seed. null with fewer than 10 clusters, and when all are equal: the draws cannot differ then.
 */
export function clusterBootstrap(clusterMeans: readonly number[]): BootstrapInterval | null {
	const count = clusterMeans.length;
	const values = Float64Array.from(clusterMeans);
	if (count < FEWEST_CLUSTERS || values.every((value) => value === values[0])) return null;
	const random = seededRandom(SEED);
	const means = new Float64Array(RESAMPLES);
	for (let draw = 0; draw < RESAMPLES; draw++) {
		let sum = 0;
		for (let i = 0; i < count; i++) sum += values[Math.floor(random() * count)] ?? 0;
		means[draw] = sum / count;
	}
	means.sort();
	return { low: quantile(means, 0.025), high: quantile(means, 0.975) };
}

/** Linear between the two nearest order statistics (Hyndman & Fan 1996, type 7). */
function quantile(sorted: Float64Array, share: number): number {
	const place = share * (sorted.length - 1);
	const below = sorted[Math.floor(place)] ?? 0;
	const above = sorted[Math.ceil(place)] ?? below;
	return below + (above - below) * (place - Math.floor(place));
}
