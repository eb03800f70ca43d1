import type { GroupKey } from "../domain/choices.js";
import type { Comparison, GroupChange } from "../domain/comparison.js";
import { clopperPearson } from "../stats/proportion.js";
import { facetWord } from "./facets.js";
import { keysOfNumbers, ranksOfTexts } from "./radix-sort.js";
import type { RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

export const GROUP_ORDERS = ["forgotten", "change", "name"] as const;
export type GroupOrder = (typeof GROUP_ORDERS)[number];

/** What one set gained and forgot in a group of tasks; `by` is null for all tasks together. */
export interface GroupRow extends Omit<GroupChange, "by"> {
	by: GroupKey | null;
	/** Number of the set, from 1 on. */
	set: number;
}

/** Groups of tasks, those with the most forgotten tasks first, below all tasks together. */
export interface GroupTable extends VirtualTable<GroupOrder> {
	/** What the groups share; null: there are none. */
	by(): GroupKey | null;
	show(comparison: Comparison | null): void;
	/** The next property by which there is more than one group. */
	nextBy(): void;
	row(row: number): GroupRow | null;
	selected(): GroupRow | null;
}

export function createGroupTable(turns: Turns): GroupTable {
	let comparison: Comparison | null = null;
	let by: GroupKey | null = null;
	let rows: readonly GroupRow[] = [];
	let version = 0;
	const source: RowSource<GroupOrder> = {
		get version() {
			return version;
		},
		get count() {
			return rows.length;
		},
		rows: null,
		matcher: (term) => (row) => term.isIn(rows[row]?.group.toLowerCase() ?? ""),
		keys(sort) {
			if (sort === "forgotten") return null;
			if (sort === "name") return ranksOfTexts(rows.map(({ group }) => group));
			return keysOfNumbers(rows.length, (row) => rows[row]?.net.value ?? 0);
		},
	};
	const table = createVirtualTable<GroupOrder>({ source, sort: "forgotten", turns });
	const refill = () => {
		rows = comparison === null ? [] : [...totals(comparison), ...groupsBy(comparison, by)];
		version++;
		table.restart();
		table.goTo(0);
	};
	return Object.assign(table, {
		by: () => by,
		show(next: Comparison | null) {
			comparison = next;
			by = propertiesOf(next)[0] ?? null;
			refill();
		},
		nextBy() {
			const all = propertiesOf(comparison);
			by = all[((by === null ? -1 : all.indexOf(by)) + 1) % Math.max(1, all.length)] ?? null;
			refill();
		},
		row: (row: number) => rows[row] ?? null,
		selected: () => rows[table.selectedRow] ?? null,
	});
}

/** The filter of tasks that shows what is forgotten in a group. */
export function forgottenFilter({ by, group, set }: GroupRow): string {
	const lost = facetWord("lost", letter(set));
	return by === null ? lost : `${groupWord({ by, name: group })} ${lost}`;
}

/** The word that a filter of tasks knows a group by. */
export function groupWord({ by, name }: { by: GroupKey; name: string }): string {
	return facetWord(by === "difficulty" ? "level" : by, name);
}

const letter = (set: number) => String.fromCharCode(97 + set);

const FIRST: readonly GroupKey[] = ["split", "tag", "difficulty", "length", "source", "language"];

/** Where all tasks are in one group, the groups say nothing that the whole does not. */
function propertiesOf(comparison: Comparison | null): GroupKey[] {
	const groups = comparison?.groups ?? [];
	return FIRST.filter((by) => new Set(groups.filter((group) => group.by === by).map(({ group }) => group)).size > 1);
}

function totals({ pairs, tasks, level }: Comparison): GroupRow[] {
	const solvedBefore = tasks.filter(({ counts }) => (counts[0]?.accepted ?? 0) > 0).length;
	return pairs.map(({ other, difference, solved: { gained, lost, p } }, i) => ({
		by: null,
		group: "all tasks",
		other,
		set: i + 1,
		gained,
		lost,
		solvedBefore,
		forgotten: solvedBefore === 0 ? null : clopperPearson(lost, solvedBefore, level),
		p,
		pAdjusted: p,
		net: difference,
	}));
}

function groupsBy({ groups, sets }: Comparison, by: GroupKey | null): GroupRow[] {
	return groups
		.filter((group) => group.by === by)
		.map((group) => ({ ...group, set: sets.findIndex(({ name }) => name === group.other) }))
		.sort((a, b) => b.lost - a.lost || (a.net.value ?? 0) - (b.net.value ?? 0));
}
