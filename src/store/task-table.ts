import type { Split } from "../domain/task.js";
import { facetWord } from "./facets.js";
import { keysOfNumbers, ranksOfTexts } from "./radix-sort.js";
import type { RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

/** What the list shows of a task, and what it is filtered and sorted by. */
export interface TaskTableRow {
	id: string;
	title: string;
	kind: string;
	language: string;
	difficulty: string | null;
	split: Split | null;
	tags: readonly string[];
	/** Where it comes from, such as a public task set. */
	origin: string;
	publicTests: number;
	hiddenTests: number;
	candidates: number;
}

export const TASK_SORTS = ["file order", "id", "difficulty", "split", "tests", "candidates"] as const;
export type TaskSort = (typeof TASK_SORTS)[number];

/** Tasks as they are read, in the order in which a filter and a sort show them. */
export interface TaskTable<Row extends TaskTableRow> extends VirtualTable<TaskSort> {
	add(rows: readonly Row[]): void;
	/** By its number in the file. */
	row(row: number): Row | null;
	/** By its place in what is shown. */
	at(position: number): Row | null;
	goToId(id: string): void;
	/** Its place in what is shown; -1 where it is not. */
	positionOfId(id: string): number;
	/** In file order, whatever the filter. */
	rowsWhere(accepts: (row: Row) => boolean): Row[];
}

export function createTaskTable<Row extends TaskTableRow>(turns: Turns): TaskTable<Row> {
	const rows: Row[] = [];
	const haystacks: string[] = [];
	const indexOf = new Map<string, number>();
	const source: RowSource<TaskSort> = {
		// Rows never change, so their number tells whether there is something new.
		get version() {
			return rows.length;
		},
		get count() {
			return rows.length;
		},
		rows: null,
		matcher: (term) => (row) => term.isIn(haystacks[row] ?? ""),
		keys(sort) {
			const key = SORT_KEYS[sort];
			return key === null ? null : keysOf(rows, key);
		},
	};
	const table = createVirtualTable({ source, sort: "file order", turns });
	return Object.assign(table, {
		add(more: readonly Row[]) {
			for (const row of more) {
				indexOf.set(row.id, rows.length);
				rows.push(row);
				haystacks.push(haystackOf(row));
			}
			table.refresh();
		},
		row: (row: number) => rows[row] ?? null,
		at: (position: number) => rows[table.rowAt(position)] ?? null,
		positionOfId(id: string) {
			const row = indexOf.get(id);
			return row === undefined ? -1 : table.positionOf(row);
		},
		goToId(id: string) {
			const row = indexOf.get(id);
			if (row !== undefined) table.select(row);
		},
		rowsWhere: (wanted: (row: Row) => boolean) => rows.filter(wanted),
	});
}

const SORT_KEYS: Record<TaskSort, ((row: TaskTableRow) => string | number) | null> = {
	"file order": null,
	id: (row) => row.id,
	difficulty: (row) => ["easy", "medium", "hard"].indexOf(row.difficulty ?? "") & 3,
	split: (row) => row.split ?? "~",
	tests: (row) => -(row.publicTests + row.hiddenTests),
	candidates: (row) => -row.candidates,
};

function* keysOf(
	rows: readonly TaskTableRow[],
	key: (row: TaskTableRow) => string | number,
): Generator<void, Uint32Array> {
	const numbers: number[] = [];
	const texts: string[] = [];
	for (const row of rows) {
		const value = key(row);
		if (typeof value === "number") numbers.push(value);
		else texts.push(value);
		if ((numbers.length + texts.length) % 4096 === 0) yield;
	}
	return texts.length > 0
		? yield* ranksOfTexts(texts)
		: yield* keysOfNumbers(numbers.length, (row) => numbers[row] ?? 0);
}

/** What the list can be narrowed by. */
export function taskFacets({ difficulty, split, language, kind, tags, origin }: TaskTableRow): string[] {
	return [
		...(difficulty === null ? [] : [facetWord("level", difficulty)]),
		...(split === null ? [] : [facetWord("split", split)]),
		facetWord("kind", kind),
		facetWord("language", language),
		facetWord("source", origin),
		...new Set(tags.map((tag) => facetWord("tag", tag))),
	];
}

function haystackOf(row: TaskTableRow): string {
	return [
		row.id,
		row.title,
		row.language,
		row.kind,
		row.difficulty ?? "",
		row.split ?? "",
		...row.tags,
		...taskFacets(row),
	]
		.join("\n")
		.toLowerCase();
}
