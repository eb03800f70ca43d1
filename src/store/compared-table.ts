import type { ComparedTask } from "../domain/comparison.js";
import { facetWord } from "./facets.js";
import { groupWord } from "./group-table.js";
import { keysOfNumbers, ranksOfTexts } from "./radix-sort.js";
import type { RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

export const COMPARED_ORDERS = ["change", "task", "first", "last"] as const;
export type ComparedOrder = (typeof COMPARED_ORDERS)[number];
/** `flips`: solved in one of the first and the last set, and in the other not at all. */
export const COMPARED_PARTS = ["all", "changed", "flips"] as const;
export type ComparedPart = (typeof COMPARED_PARTS)[number];

/** The tasks of a comparison, worst change first. */
export interface ComparedTable extends VirtualTable<ComparedOrder> {
	part(): ComparedPart;
	show(tasks: readonly ComparedTask[]): void;
	setPart(part: ComparedPart): void;
	row(row: number): ComparedTask | null;
	selected(): ComparedTask | null;
}

export function createComparedTable(turns: Turns): ComparedTable {
	let tasks: readonly ComparedTask[] = [];
	let part: ComparedPart = "all";
	let rows: readonly number[] | null = null;
	let version = 0;
	const source: RowSource<ComparedOrder> = {
		get version() {
			return version;
		},
		get rows() {
			return rows;
		},
		get count() {
			return tasks.length;
		},
		matcher: (term) => (row) => {
			const task = tasks[row];
			return task !== undefined && term.isIn(wordsOf(task));
		},
		keys(sort) {
			if (sort === "change") return null;
			if (sort === "task") return ranksOfTexts(tasks.map(({ taskId }) => taskId));
			return keysOfNumbers(tasks.length, (row) => -shareOf(sort, tasks[row]));
		},
	};
	const table = createVirtualTable<ComparedOrder>({ source, sort: "change", turns });
	const refill = () => {
		const was = table.selectedRow;
		rows = part === "all" ? null : tasks.flatMap((task, row) => (isIn(part, task) ? [row] : []));
		version++;
		table.restart();
		if (was >= 0 && table.positionOf(was) >= 0) table.select(was);
	};
	return Object.assign(table, {
		part: () => part,
		show(next: readonly ComparedTask[]) {
			tasks = next;
			refill();
			table.goTo(0);
		},
		setPart(next: ComparedPart) {
			part = next;
			refill();
		},
		row: (row: number) => tasks[row] ?? null,
		selected: () => tasks[table.selectedRow] ?? null,
	});
}

export function flipOf({ counts }: ComparedTask): "up" | "down" | null {
	const before = counts[0]?.accepted ?? 0;
	const after = counts.at(-1)?.accepted ?? 0;
	if (before === 0 && after > 0) return "up";
	return before > 0 && after === 0 ? "down" : null;
}

function isIn(part: ComparedPart, task: ComparedTask): boolean {
	if (part === "flips") return flipOf(task) !== null;
	return part === "all" || task.change !== 0;
}

function wordsOf(task: ComparedTask): string {
	const turn = task.change < 0 ? "worse" : task.change > 0 ? "better" : "same";
	const lost = task.counts.flatMap(({ accepted }, set) =>
		accepted === 0 && (task.counts[0]?.accepted ?? 0) > 0 ? [facetWord("lost", String.fromCharCode(97 + set))] : [],
	);
	const groups = task.groups.map(groupWord);
	return [task.taskId.toLowerCase(), ...groups, turn, flipOf(task) ?? "", ...lost].join(" ");
}

function shareOf(sort: "first" | "last", task: ComparedTask | undefined): number {
	const count = sort === "first" ? task?.counts[0] : task?.counts.at(-1);
	return count === undefined || count.n === 0 ? Number.NaN : count.accepted / count.n;
}
