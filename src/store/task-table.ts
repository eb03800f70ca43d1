import type { Split } from "../domain/task.js";

/** What the list shows of a task, and what it is filtered and sorted by. */
export interface TaskTableRow {
	id: string;
	title: string;
	kind: string;
	language: string;
	difficulty: string | null;
	split: Split | null;
	tags: readonly string[];
	publicTests: number;
	hiddenTests: number;
	candidates: number;
}

export const TASK_SORTS = ["file order", "id", "difficulty", "split", "tests", "candidates"] as const;
export type TaskSort = (typeof TASK_SORTS)[number];

/** Rows as they are read, and the order in which a filter and a sort show them. Built for 100,000 rows. */
export interface TaskTable<Row extends TaskTableRow> {
	readonly version: number;
	readonly total: number;
	/** Rows that the filter lets through. */
	readonly count: number;
	readonly filter: string;
	readonly sort: TaskSort;
	readonly reversed: boolean;
	add(rows: readonly Row[]): void;
	/** Words, all of which must occur in id, title, tags, language, split or difficulty; `!word` must not. */
	setFilter(filter: string): void;
	setSort(sort: TaskSort, reversed?: boolean): void;
	at(position: number): Row | null;
	positionOf(id: string): number;
	/** In file order, whatever the filter. */
	rowsWhere(accepts: (row: Row) => boolean): Row[];
}

export function createTaskTable<Row extends TaskTableRow>(): TaskTable<Row> {
	const rows: Row[] = [];
	const haystacks: string[] = [];
	const indexOf = new Map<string, number>();
	let order = new Uint32Array(256);
	let count = 0;
	let filter = "";
	let sort: TaskSort = "file order";
	let reversed = false;
	/** By row, for the sort in use. */
	let keys: (string | number)[] = [];
	let version = 0;
	let accepts = matcher("");

	function append(index: number): void {
		if (count === order.length) {
			const wider = new Uint32Array(count * 2);
			wider.set(order);
			order = wider;
		}
		order[count++] = index;
	}
	function rebuild(): void {
		count = 0;
		for (let i = 0; i < rows.length; i++) if (accepts(haystacks[i] ?? "")) append(i);
		sortShown();
		version++;
	}
	const isSorted = () => reversed || SORT_KEYS[sort] !== null;
	const compare = (a: number, b: number) => {
		const byKey = SORT_KEYS[sort] === null ? 0 : compareKeys(keys[a], keys[b]);
		return (reversed ? -1 : 1) * (byKey || a - b);
	};
	function sortShown(): void {
		const key = SORT_KEYS[sort];
		keys = key === null ? [] : rows.map(key);
		if (isSorted()) order.subarray(0, count).sort(compare);
	}
	/** Puts rows that came at the end of `order` among the sorted ones before; cheaper than sorting again. */
	function mergeFrom(start: number): void {
		if (!isSorted() || start === count) return;
		const before = order.slice(0, start);
		const added = order.slice(start, count).sort(compare);
		let i = 0;
		let j = 0;
		for (let to = 0; to < count; to++) {
			const takesOld = j >= added.length || (i < start && compare(before[i] ?? 0, added[j] ?? 0) < 0);
			order[to] = (takesOld ? before[i++] : added[j++]) ?? 0;
		}
	}
	return {
		get version() {
			return version;
		},
		get total() {
			return rows.length;
		},
		get count() {
			return count;
		},
		get filter() {
			return filter;
		},
		get sort() {
			return sort;
		},
		get reversed() {
			return reversed;
		},
		add(more) {
			const shownBefore = count;
			const key = SORT_KEYS[sort];
			for (const row of more) {
				if (key !== null) keys.push(key(row));
				indexOf.set(row.id, rows.length);
				const haystack = haystackOf(row);
				if (accepts(haystack)) append(rows.length);
				rows.push(row);
				haystacks.push(haystack);
			}
			mergeFrom(shownBefore);
			version++;
		},
		setFilter(next) {
			if (next === filter) return;
			filter = next;
			accepts = matcher(next);
			rebuild();
		},
		setSort(next, nextReversed = false) {
			sort = next;
			reversed = nextReversed;
			rebuild();
		},
		at: (position) => (position >= 0 && position < count ? (rows[order[position] ?? 0] ?? null) : null),
		positionOf(id) {
			const index = indexOf.get(id);
			return index === undefined ? -1 : order.subarray(0, count).indexOf(index);
		},
		rowsWhere: (wanted) => rows.filter(wanted),
	};
}

const SORT_KEYS: Record<TaskSort, ((row: TaskTableRow) => string | number) | null> = {
	"file order": null,
	id: (row) => row.id,
	difficulty: (row) => ["easy", "medium", "hard"].indexOf(row.difficulty ?? "") & 3,
	split: (row) => row.split ?? "~",
	tests: (row) => -(row.publicTests + row.hiddenTests),
	candidates: (row) => -row.candidates,
};

function compareKeys(a: string | number | undefined, b: string | number | undefined): number {
	if (a === undefined || b === undefined || a === b) return 0;
	return a < b ? -1 : 1;
}

function haystackOf(row: TaskTableRow): string {
	return [row.id, row.title, row.language, row.kind, row.difficulty ?? "", row.split ?? "", ...row.tags]
		.join("\n")
		.toLowerCase();
}

function matcher(filter: string): (haystack: string) => boolean {
	const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
	const wanted = words.filter((word) => !word.startsWith("!"));
	const unwanted = words.filter((word) => word.length > 1 && word.startsWith("!")).map((word) => word.slice(1));
	return (haystack) =>
		wanted.every((word) => haystack.includes(word)) && !unwanted.some((word) => haystack.includes(word));
}
