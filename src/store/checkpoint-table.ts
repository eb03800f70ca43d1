import type { Checkpoint } from "../domain/checkpoint.js";
import { type CheckpointLine, checkpointLines, mainRun } from "./checkpoint-tree.js";
import { keysOfNumbers, ranksOfTexts } from "./radix-sort.js";
import type { RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

export const CHECKPOINT_ORDERS = ["family", "score", "age", "name"] as const;
export type CheckpointOrder = (typeof CHECKPOINT_ORDERS)[number];

/** Checkpoints in the order in which a filter and a sort show them; each below its parent at first. */
export interface CheckpointTable extends VirtualTable<CheckpointOrder> {
	/** The checkpoints are these now. The cursor stays on its checkpoint, or goes to `first`. */
	show(checkpoints: readonly Checkpoint[], first: string | null): void;
	row(row: number): CheckpointLine | null;
	selected(): Checkpoint | null;
}

export function createCheckpointTable(turns: Turns): CheckpointTable {
	let lines: readonly CheckpointLine[] = [];
	let words: string[] = [];
	let version = 0;
	const source: RowSource<CheckpointOrder> = {
		get version() {
			return version;
		},
		get count() {
			return lines.length;
		},
		rows: null,
		matcher: (term) => (row) => term.isIn(words[row] ?? ""),
		keys(sort) {
			if (sort === "family") return null;
			const of = (row: number) => lines[row]?.checkpoint;
			if (sort === "name") return ranksOfTexts(lines.map(({ checkpoint }) => checkpoint.name));
			if (sort === "age") return keysOfNumbers(lines.length, (row) => -Date.parse(madeAt(of(row)) ?? ""));
			return keysOfNumbers(lines.length, (row) => -(scoreOf(of(row)) ?? Number.NaN));
		},
	};
	const table = createVirtualTable<CheckpointOrder>({ source, sort: "family", turns });
	const selected = () => lines[table.selectedRow]?.checkpoint ?? null;
	return Object.assign(table, {
		show(checkpoints: readonly Checkpoint[], first: string | null) {
			const wanted = selected()?.id ?? first;
			lines = checkpointLines(checkpoints);
			words = lines.map(({ checkpoint }) => wordsOf(checkpoint));
			version++;
			table.restart();
			const again = lines.findIndex(({ checkpoint }) => checkpoint.id === wanted);
			if (again >= 0) table.select(again);
		},
		row: (row: number) => lines[row] ?? null,
		selected,
	});
}

function wordsOf({ name, id, kind, training }: Checkpoint): string {
	return `${name} ${id} ${kind} ${training?.method ?? ""} ${training?.data ?? ""}`.toLowerCase();
}

const scoreOf = (checkpoint: Checkpoint | undefined) => (checkpoint && mainRun(checkpoint)?.passAt1?.value) ?? null;

/** When it was made, or else first evaluated: ISO 8601. */
export function madeAt(checkpoint: Checkpoint | undefined): string | null {
	return checkpoint?.training?.finishedAt ?? checkpoint?.runs.at(-1)?.startedAt ?? null;
}
