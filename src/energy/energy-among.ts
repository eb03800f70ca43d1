import { energyOf } from "./world/world-model.js";

/** Of the middle squared distance between valid programs: how near others are to count as alike. */
const NEARNESS = 0.1;
const SMALLEST = 1e-6;
/** So that none of it is infinite where nobody is near. */
const NOBODY = 1e-9;

/**
 * Free energy of each candidate among the others: -log of the mean over the other valid ones of exp(-squared distance / h),
 * h being `NEARNESS` times the median of the squared distances between valid ones. Low where many are alike in the eyes of a
 * world model; null: it is not valid, or has no vector.
 */
export function energiesAmong(targets: readonly (Float32Array | null)[], valid: readonly boolean[]): (number | null)[] {
	const places = targets.flatMap((target, i) => (target !== null && valid[i] === true ? [{ i, target }] : []));
	const distances = places.map(({ target }) => places.map((other) => energyOf(target, other.target)));
	const pairs = Float64Array.from(distances.flatMap((row, i) => row.slice(i + 1))).sort();
	const width = NEARNESS * Math.max(SMALLEST, pairs[(pairs.length - 1) >> 1] ?? SMALLEST);
	const energies: (number | null)[] = targets.map(() => null);
	for (const [k, { i }] of places.entries()) {
		const near = (distances[k] ?? []).reduce(
			(sum, distance, j) => sum + (j === k ? 0 : Math.exp(-distance / width)),
			0,
		);
		energies[i] = -Math.log(near / Math.max(1, places.length - 1) + NOBODY);
	}
	return energies;
}
