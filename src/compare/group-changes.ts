import type { GroupChange } from "../domain/comparison.js";
import { bootstrapMean } from "../stats/bootstrap.js";
import { passAtK } from "../stats/pass-at-k.js";
import type { ResultSet } from "./result-set.js";

/** Names of groups (splits, tags) with the ids of their tasks. */
export type TaskGroups = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * What each set gained and forgot against the first, group by group: a gain on the tasks that were trained on may stand
 * beside a loss on others. Tasks solved by one set alone are counted as gained and lost.
 */
export function changesByGroup(
	sets: readonly ResultSet[],
	scored: readonly string[],
	groups: TaskGroups,
	options: GroupOptions,
): GroupChange[] {
	const [first, ...others] = sets;
	if (first === undefined) return [];
	return [...groups]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.flatMap(([name, members]) => {
			const ids = scored.filter((id) => members.has(id));
			return ids.length === 0 ? [] : others.map((other) => changeIn(name, ids, first, other, options));
		});
}

interface GroupOptions {
	k: number;
	/** Tasks that one of the models was trained on. */
	seen: ReadonlySet<string>;
	seed: number;
	resamples: number;
	level: number;
}

function changeIn(
	group: string,
	ids: readonly string[],
	first: ResultSet,
	other: ResultSet,
	{ k, seen, ...bootstrap }: GroupOptions,
): GroupChange {
	const score = ({ tasks }: ResultSet, id: string): number => {
		const { n, accepted } = tasks.get(id) ?? { n: 0, accepted: 0 };
		return n < k ? 0 : passAtK(n, accepted, k);
	};
	const solved = ({ tasks }: ResultSet, id: string): boolean => (tasks.get(id)?.accepted ?? 0) > 0;
	const changes = Float64Array.from(ids, (id) => score(other, id) - score(first, id));
	return {
		group,
		other: other.name,
		gained: ids.filter((id) => solved(other, id) && !solved(first, id)).length,
		lost: ids.filter((id) => solved(first, id) && !solved(other, id)).length,
		net: {
			value: changes.reduce((sum, change) => sum + change, 0) / ids.length,
			interval: bootstrapMean(changes, bootstrap),
			tasks: ids.length,
			seen: ids.filter((id) => seen.has(id)).length,
		},
	};
}
