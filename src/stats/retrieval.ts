/**
 * How well a target is found among candidates: the lower a distance, the earlier. Ties count at what drawing among them
 * gives on average; nobody's place in the list matters.
 */
export interface TargetRank {
	/** Mean over the places that ties leave open; counts from 1. */
	rank: number;
	/** Mean of 1 / rank over the same places. */
	reciprocal: number;
	/** Chance to be among the first k. */
	within(k: number): number;
}

/** Throws RangeError where `target` is not the place of a candidate. */
export function targetRank(distances: ArrayLike<number>, target: number): TargetRank {
	const own = distances[target];
	if (own === undefined) throw new RangeError(`no candidate ${target} among ${distances.length}`);
	let [better, level] = [0, 0];
	for (let i = 0; i < distances.length; i++) {
		const distance = distances[i] ?? Number.NaN;
		if (distance < own) better++;
		else if (distance === own) level++;
	}
	let reciprocal = 0;
	for (let place = 1; place <= level; place++) reciprocal += 1 / (better + place);
	return {
		rank: better + (level + 1) / 2,
		reciprocal: reciprocal / level,
		within: (k) => Math.min(1, Math.max(0, (k - better) / level)),
	};
}

export interface RetrievalFigures {
	recallAt1: number;
	recallAt5: number;
	recallAt10: number;
	meanReciprocalRank: number;
	medianRank: number;
}

/** null without ranks. */
export function retrievalFigures(ranks: readonly TargetRank[]): RetrievalFigures | null {
	if (ranks.length === 0) return null;
	const mean = (of: (rank: TargetRank) => number): number =>
		ranks.reduce((sum, rank) => sum + of(rank), 0) / ranks.length;
	const sorted = ranks.map(({ rank }) => rank).sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	return {
		recallAt1: mean(({ within }) => within(1)),
		recallAt5: mean(({ within }) => within(5)),
		recallAt10: mean(({ within }) => within(10)),
		meanReciprocalRank: mean(({ reciprocal }) => reciprocal),
		medianRank: ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2,
	};
}
