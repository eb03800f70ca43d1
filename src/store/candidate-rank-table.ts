import type { RankedTask } from "../domain/ranking.js";
import { disagreeing, placesBy } from "./candidate-ranks.js";
import { keysOfNumbers } from "./radix-sort.js";
import type { RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

/** Candidates of a task; rows are in sample order, and sorted by the ranker that names the order. */
export interface CandidateRankTable extends VirtualTable<string> {
	/** The cursor stays on its candidate where it is the same task as before, and goes to the first otherwise. */
	show(task: RankedTask | null): void;
	task(): RankedTask | null;
}

export function createCandidateRankTable(turns: Turns): CandidateRankTable {
	let task: RankedTask | null = null;
	let version = 0;
	const source: RowSource<string> = {
		get version() {
			return version;
		},
		get count() {
			return task?.sampleIndexes.length ?? 0;
		},
		rows: null,
		matcher: (term) => (row) => task !== null && term.isIn(wordsOf(task, table.sort, row)),
		keys(ranker) {
			const places = task === null ? [] : placesBy(task, ranker);
			return places.length === 0 ? null : keysOfNumbers(places.length, (row) => places[row]?.place ?? 0);
		},
	};
	const table: VirtualTable<string> = createVirtualTable<string>({ source, sort: "", turns });
	return Object.assign(table, {
		show(next: RankedTask | null) {
			const isSame = next !== null && next.taskId === task?.taskId;
			task = next;
			version++;
			if (isSame) {
				table.refresh();
				return;
			}
			table.restart();
			table.goTo(0);
		},
		task: () => task,
	});
}

/** Nothing of verdicts: the filter must not tell what is hidden. */
function wordsOf(task: RankedTask, ranker: string, at: number): string {
	return [
		`#${task.sampleIndexes[at] ?? ""}`,
		task.valid[at] ? "valid" : "broken",
		task.duplicateOf[at] == null ? "" : `copy #${task.duplicateOf[at]}`,
		disagreeing(task, ranker, at).length > 0 ? "differs" : "",
	].join(" ");
}
