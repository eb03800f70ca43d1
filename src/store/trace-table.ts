import { STATUSES } from "../domain/statuses.js";
import { keysOfNumbers, ranksOfTexts } from "./radix-sort.js";
import type { FilterTerm } from "./row-filter.js";
import type { RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";
import { createTraceBook, type Trace, type TraceBook } from "./traces.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

export const TRACE_SORTS = ["order of time", "task", "outcome", "revisions", "tokens", "end"] as const;
export type TraceSort = (typeof TRACE_SORTS)[number];

/** Traces in the order in which a filter and a sort show them. */
export interface TraceTable extends VirtualTable<TraceSort> {
	/** The traces are these now, or there are more of them. */
	show(book: TraceBook): void;
	row(row: number): Trace | null;
	/** The trace that the cursor is on. */
	selected(): Trace | null;
}

export function createTraceTable(turns: Turns): TraceTable {
	let book = createTraceBook();
	const source: RowSource<TraceSort> = {
		get version() {
			return book.version;
		},
		get count() {
			return book.traces.length;
		},
		rows: null,
		matcher: (term) => (row) => isFound(term, book.traces[row]),
		keys(sort) {
			const { traces } = book;
			if (sort === "order of time") return null;
			if (sort === "task" || sort === "end") {
				return ranksOfTexts(traces.map(({ taskId, reason }) => (sort === "task" ? taskId : (reason ?? ""))));
			}
			const number = NUMBERS[sort];
			return keysOfNumbers(traces.length, (row) => {
				const trace = traces[row];
				return trace ? number(trace) : Number.NaN;
			});
		},
	};
	const table = createVirtualTable<TraceSort>({ source, sort: "order of time", turns });
	return Object.assign(table, {
		show(next: TraceBook) {
			const isOther = next !== book;
			const was = table.selectedRow;
			book = next;
			if (!isOther) {
				table.refresh();
				return;
			}
			table.restart();
			// A replay puts another book in place; the cursor stays where it was.
			if (was >= 0 && was < book.traces.length) table.select(was);
		},
		row: (row: number) => book.traces[row] ?? null,
		selected: () => book.traces[table.selectedRow] ?? null,
	});
}

const NUMBERS: Record<"outcome" | "revisions" | "tokens", (trace: Trace) => number> = {
	outcome: ({ outcome }) => (outcome === null ? Number.NaN : STATUSES.indexOf(outcome) * -1),
	revisions: ({ revisions }) => -revisions,
	tokens: ({ tokens }) => -(tokens ?? 0),
};

/** `#12` is the try with this number. */
function isFound(term: FilterTerm, trace: Trace | undefined): boolean {
	if (!trace) return false;
	const { taskId, sampleIndex, outcome, reason, claimed } = trace;
	if (term.text !== null && /^#\d+$/.test(term.text)) return sampleIndex === Number(term.text.slice(1));
	const words = [taskId, outcome ?? "not judged", reason ?? "running", claimed ? "claimed" : ""];
	return term.isIn(
		words
			.flatMap((word) => [word, word.replaceAll("_", " ")])
			.join("\n")
			.toLowerCase(),
	);
}
