import type { RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

/** Rankers by name, in the order of the report. */
export interface RankerTable extends VirtualTable<"order"> {
	show(names: readonly string[]): void;
	row(row: number): string | null;
	selected(): string | null;
}

export function createRankerTable(turns: Turns): RankerTable {
	let rows: readonly string[] = [];
	let version = 0;
	const source: RowSource<"order"> = {
		get version() {
			return version;
		},
		get count() {
			return rows.length;
		},
		rows: null,
		matcher: (term) => (row) => term.isIn(rows[row]?.toLowerCase() ?? ""),
		keys: () => null,
	};
	const table = createVirtualTable<"order">({ source, sort: "order", turns });
	return Object.assign(table, {
		show(names: readonly string[]) {
			const selected = rows[table.selectedRow];
			rows = names;
			version++;
			table.restart();
			table.goTo(Math.max(0, table.positionOf(names.indexOf(selected ?? ""))));
		},
		row: (row: number) => rows[row] ?? null,
		selected: () => rows[table.selectedRow] ?? null,
	});
}
