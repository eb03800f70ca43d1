import type { RunRow } from "../domain/run-row.js";
import { keysOfNumbers } from "./radix-sort.js";
import type { RowSource } from "./row-order.js";
import { RUN_ORDERS, type RunOrder, sortRuns, wordsOf } from "./select-runs.js";
import type { Turns } from "./slices.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

/** Recorded runs in the order in which a filter and a sort show them; live ones first. */
export interface RunTable extends VirtualTable<RunOrder> {
	/** The runs are these now. The cursor stays on its run; at the top it stays there, on whatever run is the newest. */
	show(runs: readonly RunRow[]): void;
	row(row: number): RunRow | null;
	/** The run that the cursor is on. */
	selected(): RunRow | null;
}

export function createRunTable(turns: Turns): RunTable {
	let rows: readonly RunRow[] = [];
	let words: string[] = [];
	let version = 0;
	const [age = "age"] = RUN_ORDERS;
	const source: RowSource<RunOrder> = {
		get version() {
			return version;
		},
		get count() {
			return rows.length;
		},
		rows: null,
		matcher: (term) => (row) => term.isIn(words[row] ?? ""),
		keys(sort) {
			const places = new Map(sortRuns(rows, sort).map((row, place) => [row, place]));
			return keysOfNumbers(rows.length, (row) => placeOf(places, rows[row]));
		},
	};
	const table = createVirtualTable({ source, sort: age, turns });
	const selected = () => rows[table.selectedRow] ?? null;
	return Object.assign(table, {
		show(next: readonly RunRow[]) {
			const was = table.position > 0 ? (selected()?.runId ?? null) : null;
			rows = next;
			words = next.map(wordsOf);
			version++;
			table.restart();
			const again = rows.findIndex(({ runId }) => runId === was);
			if (again >= 0) table.select(again);
		},
		row: (row: number) => rows[row] ?? null,
		selected,
	});
}

function placeOf(places: ReadonlyMap<RunRow, number>, row: RunRow | undefined): number {
	return row === undefined ? 0 : (places.get(row) ?? 0);
}
