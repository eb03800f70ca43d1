import type { Difference, DifferenceKind } from "../domain/comparison.js";
import { findDifferences } from "./differences.js";
import type { ResultSet } from "./result-set.js";

interface ComparableGroup {
	/** In the order in which they came. */
	kept: ResultSet[];
	/** With all that differs from the first of those that are kept, or that is wrong with the set itself. */
	leftOut: { set: ResultSet; differences: Difference[] }[];
}

/** The most sets of which nothing but what made the candidates differs, apart from what is allowed; of as many the first. */
export function comparableGroup(sets: readonly ResultSet[], allowed: readonly DifferenceKind[]): ComparableGroup {
	const refused = (some: readonly ResultSet[]) => findDifferences(some).filter(({ kind }) => !allowed.includes(kind));
	const groups: ResultSet[][] = [];
	for (const set of sets) {
		if (refused([set]).length > 0) continue;
		const group = groups.find(([first]) => first !== undefined && refused([first, set]).length === 0);
		if (group === undefined) groups.push([set]);
		else group.push(set);
	}
	const most = groups.toSorted((a, b) => b.length - a.length)[0] ?? [];
	// What one set does not say agrees with anything, so that two which agree with it may still differ.
	const kept: ResultSet[] = [];
	if (refused(most).length === 0) kept.push(...most);
	else for (const set of most) if (refused([...kept, set]).length === 0) kept.push(set);
	const differencesOf = (set: ResultSet): Difference[] => {
		const own = refused([set]);
		return own.length > 0 ? own : refused([...kept.slice(0, 1), set]);
	};
	return {
		kept,
		leftOut: sets.flatMap((set) => (kept.includes(set) ? [] : [{ set, differences: differencesOf(set) }])),
	};
}
