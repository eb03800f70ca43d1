import { GROUP_KEYS, type GroupKey } from "../domain/choices.js";
import type { GroupChange } from "../domain/comparison.js";
import { bootstrapMean } from "../stats/bootstrap.js";
import { holm } from "../stats/holm.js";
import { mcNemar } from "../stats/paired.js";
import { passAtK } from "../stats/pass-at-k.js";
import { clopperPearson } from "../stats/proportion.js";
import type { ResultSet } from "./result-set.js";

/** Tasks that share a split, a tag, … */
export interface TaskGroup {
	by: GroupKey;
	name: string;
	ids: ReadonlySet<string>;
}

/**
 * What each set gained and forgot against the first, group by group: a gain on the tasks that were trained on may stand
 * beside a loss on others. Tasks solved by one set alone are counted as gained and lost.
 */
export function changesByGroup(
	sets: readonly ResultSet[],
	scored: readonly string[],
	groups: readonly TaskGroup[],
	options: GroupOptions,
): GroupChange[] {
	const [first, ...others] = sets;
	if (first === undefined) return [];
	const changes = groups
		.toSorted((a, b) => GROUP_KEYS.indexOf(a.by) - GROUP_KEYS.indexOf(b.by) || (a.name < b.name ? -1 : 1))
		.flatMap((group) => {
			const ids = scored.filter((id) => group.ids.has(id));
			return ids.length === 0 ? [] : others.map((other) => changeIn(group, ids, first, other, options));
		});
	return [...Map.groupBy(changes, ({ by }) => by).values()].flatMap((alike) => {
		const adjusted = holm(alike.map(({ p }) => p));
		return alike.map((change, i) => ({ ...change, pAdjusted: adjusted[i] ?? 1 }));
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
	{ by, name }: TaskGroup,
	ids: readonly string[],
	first: ResultSet,
	other: ResultSet,
	{ k, seen, ...bootstrap }: GroupOptions,
): Omit<GroupChange, "pAdjusted"> {
	const score = ({ tasks }: ResultSet, id: string): number => {
		const { n, accepted } = tasks.get(id) ?? { n: 0, accepted: 0 };
		return n < k ? 0 : passAtK(n, accepted, k);
	};
	const solved = ({ tasks }: ResultSet, id: string): boolean => (tasks.get(id)?.accepted ?? 0) > 0;
	const changes = Float64Array.from(ids, (id) => score(other, id) - score(first, id));
	const gained = ids.filter((id) => solved(other, id) && !solved(first, id)).length;
	const lost = ids.filter((id) => solved(first, id) && !solved(other, id)).length;
	const solvedBefore = ids.filter((id) => solved(first, id)).length;
	return {
		by,
		group: name,
		other: other.name,
		gained,
		lost,
		solvedBefore,
		forgotten: solvedBefore === 0 ? null : clopperPearson(lost, solvedBefore, bootstrap.level),
		p: mcNemar(gained, lost),
		net: {
			value: changes.reduce((sum, change) => sum + change, 0) / ids.length,
			interval: bootstrapMean(changes, bootstrap),
			tasks: ids.length,
			seen: ids.filter((id) => seen.has(id)).length,
		},
	};
}
