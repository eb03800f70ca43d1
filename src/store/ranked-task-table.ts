import type { RankedTask } from "../domain/ranking.js";
import { isRerankable } from "./candidate-ranks.js";
import type { RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

/** Tasks whose candidates are ranked, as they come. */
export interface RankedTaskTable extends VirtualTable<"order"> {
	clear(): void;
	/** In place of what was known of the task. */
	put(task: RankedTask): void;
	row(row: number): RankedTask | null;
	rowOf(taskId: string): number | null;
	selected(): RankedTask | null;
}

export function createRankedTaskTable(turns: Turns): RankedTaskTable {
	let rows: RankedTask[] = [];
	const places = new Map<string, number>();
	let version = 0;
	const source: RowSource<"order"> = {
		get version() {
			return version;
		},
		get count() {
			return rows.length;
		},
		rows: null,
		matcher: (term) => (row) => {
			const task = rows[row];
			return task !== undefined && term.isIn(wordsOf(task));
		},
		keys: () => null,
	};
	const table = createVirtualTable<"order">({ source, sort: "order", turns });
	return Object.assign(table, {
		clear() {
			rows = [];
			places.clear();
			version++;
			table.restart();
		},
		put(task: RankedTask) {
			const at = places.get(task.taskId) ?? rows.length;
			places.set(task.taskId, at);
			rows[at] = withScoresOf(task, rows[at]);
			version++;
			table.refresh();
			if (table.position < 0) table.goTo(0);
		},
		row: (row: number) => rows[row] ?? null,
		rowOf: (taskId: string) => places.get(taskId) ?? null,
		selected: () => rows[table.selectedRow] ?? null,
	});
}

/** Scores by rankers that have not scored the same candidates again yet are kept. */
function withScoresOf(task: RankedTask, before: RankedTask | undefined): RankedTask {
	if (before === undefined || String(before.sampleIndexes) !== String(task.sampleIndexes)) return task;
	return { ...task, scores: new Map([...before.scores, ...task.scores]) };
}

function wordsOf(task: RankedTask): string {
	return `${task.taskId} ${isRerankable(task) ? RERANKABLE : ""}`.toLowerCase();
}

/** The word of the filter that leaves only these. */
export const RERANKABLE = "rerankable";
