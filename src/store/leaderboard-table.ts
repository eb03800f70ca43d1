import type { Leaderboard } from "../domain/leaderboard.js";
import { keysOfNumbers, ranksOfTexts } from "./radix-sort.js";
import type { RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

export const LEADERBOARD_ORDERS = ["place", "name", "candidates"] as const;
export type LeaderboardOrder = (typeof LEADERBOARD_ORDERS)[number];

/** A result on a board. */
export type RankedRow = Leaderboard["entries"][number] & {
	/** From 1 on, by score. */
	place: number;
	/** What tells it best from the others. */
	label: string;
	/** Letters of the groups of neighbours that it cannot be told from. */
	groups: string;
};

/** The results of a leaderboard, best first. */
export interface LeaderboardTable extends VirtualTable<LeaderboardOrder> {
	show(rows: readonly RankedRow[]): void;
	row(row: number): RankedRow | null;
	selected(): RankedRow | null;
}

export function createLeaderboardTable(turns: Turns): LeaderboardTable {
	let rows: readonly RankedRow[] = [];
	let version = 0;
	const source: RowSource<LeaderboardOrder> = {
		get version() {
			return version;
		},
		get count() {
			return rows.length;
		},
		rows: null,
		matcher: (term) => (row) => {
			const ranked = rows[row];
			return ranked !== undefined && term.isIn(wordsOf(ranked));
		},
		keys(sort) {
			if (sort === "place") return null;
			if (sort === "name") return ranksOfTexts(rows.map(({ label }) => label));
			return keysOfNumbers(rows.length, (row) => -(rows[row]?.set.sampleCount ?? 0));
		},
	};
	const table = createVirtualTable<LeaderboardOrder>({ source, sort: "place", turns });
	return Object.assign(table, {
		show(next: readonly RankedRow[]) {
			rows = next;
			version++;
			table.restart();
			table.goTo(0);
		},
		row: (row: number) => rows[row] ?? null,
		selected: () => rows[table.selectedRow] ?? null,
	});
}

export const couldBeFirst = ({ rank }: RankedRow) => rank.first === 1;

function wordsOf(row: RankedRow): string {
	const first = couldBeFirst(row) ? "first" : "";
	return `${row.label} ${row.set.name} ${row.set.subject ?? ""} ${first}`.toLowerCase();
}
