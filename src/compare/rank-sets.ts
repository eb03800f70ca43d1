import type { Leaderboard } from "../domain/leaderboard.js";
import { simultaneousDifferences } from "../stats/simultaneous.js";
import { type CompareOptions, scoreSets } from "./compare-sets.js";
import type { ResultSet } from "./result-set.js";

/** Orders results by score, and says for every two of them, all at once, whether their order is known. */
export function rankSets(sets: readonly ResultSet[], options: CompareOptions): Omit<Leaderboard, "leftOut"> {
	const { k, seed, resamples, differences } = options;
	const { scored, scores, bootstrap, described } = scoreSets(sets, options);
	const order = described
		.map((set, i) => ({ set, i, value: set.score.value ?? -1 }))
		.sort((a, b) => b.value - a.value || (a.set.name < b.set.name ? -1 : 1));
	const known = simultaneousDifferences(scores, bootstrap);
	/** Whether the one at place `a` is better than the one at place `b` for sure. */
	const beats = (a: number, b: number): boolean => {
		const { value, reach } = known.between(order[b]?.i ?? 0, order[a]?.i ?? 0);
		return value > 0 && value > reach;
	};
	const places = order.map((_, place) => place);
	const solved = (id: string) => sets.filter(({ tasks }) => (tasks.get(id)?.accepted ?? 0) > 0).length;
	return {
		schema: "assay.leaderboard.v1",
		k,
		level: bootstrap.level,
		resamples,
		seed,
		differences: [...differences],
		tasks: scored.length,
		solvedByAll: scored.filter((id) => solved(id) === sets.length).length,
		solvedByNone: scored.filter((id) => solved(id) === 0).length,
		entries: order.map(({ set }, place) => ({
			set,
			rank: {
				first: 1 + places.filter((other) => beats(other, place)).length,
				last: order.length - places.filter((other) => beats(place, other)).length,
			},
		})),
		groups: groupsOf(order.length, beats),
		seen: [...options.seen].sort(),
		seenIsScored: options.seenIsScored,
	};
}

/** Runs of places without an order inside, as long as they can be, none within another. */
function groupsOf(count: number, beats: (a: number, b: number) => boolean): Leaderboard["groups"] {
	const groups: Leaderboard["groups"] = [];
	let reached = -1;
	for (let first = 0; first < count; first++) {
		let last = first;
		while (last + 1 < count && isTied(first, last + 1, beats)) last++;
		if (last > reached) groups.push({ first: first + 1, last: last + 1 });
		reached = Math.max(reached, last);
	}
	return groups;
}

function isTied(first: number, last: number, beats: (a: number, b: number) => boolean): boolean {
	for (let place = first; place < last; place++) if (beats(place, last)) return false;
	return true;
}
