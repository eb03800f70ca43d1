import { createRowOrder, type RowOrder, type RowSource } from "./row-order.js";
import type { Turns } from "./slices.js";

/**
 * A list of any length with a cursor: which rows are shown in which order, which one is selected, and which is the first
 * on the screen. The selected row stays selected, and on its line of the screen, when filter, sort or rows change.
 */
export interface VirtualTable<Sort extends string>
	extends Pick<RowOrder<Sort>, "count" | "filter" | "sort" | "reversed" | "isPartial" | "rowAt" | "positionOf"> {
	/** Rows, whatever the filter. */
	readonly total: number;
	/** Of the selected row among those shown; -1 without one. */
	readonly position: number;
	readonly selectedRow: number;
	/** Columns that are pushed out to the left. */
	readonly pan: number;
	/** The first position in the window. */
	readonly top: number;
	/** Rows that a page key moves by. */
	readonly page: number;
	move(by: number): void;
	goTo(position: number): void;
	select(row: number): void;
	setFilter(filter: string): void;
	setSort(sort: Sort, reversed?: boolean): void;
	panBy(columns: number): void;
	/** To be called when rows may have come or changed. */
	refresh(): void;
	/** The rows are others now. */
	restart(): void;
	/** The first position to draw in a window of so many rows. */
	windowOf(height: number): number;
	/** Calls when more rows were found, or another one is selected, after the call that led to it had returned. */
	subscribe(listener: () => void): void;
}

export interface VirtualTableOptions<Sort extends string> {
	source: RowSource<Sort>;
	sort: Sort;
	turns: Turns;
	/** The selection is not only made here: a selected row that is not shown stays selected, and `position` is -1. */
	keepsHidden?: boolean;
}

export function createVirtualTable<Sort extends string>(options: VirtualTableOptions<Sort>): VirtualTable<Sort> {
	const { source, sort, turns, keepsHidden = false } = options;
	const listeners = new Set<() => void>();
	const order = createRowOrder({
		source,
		sort,
		turns,
		changed() {
			settle();
			for (const listener of listeners) listener();
		},
	});
	let selected = -1;
	let position = -1;
	let top = 0;
	let height = 1;
	let pan = 0;
	/** Where the cursor goes when its row is not shown any more. */
	let fallback = 0;

	/** Finds the selected row again after the order changed. */
	function settle(): void {
		const { count } = order;
		const found = order.rowAt(position) === selected && selected >= 0 ? position : order.positionOf(selected);
		if (found >= 0) {
			top += found - Math.max(0, position);
			position = found;
			return;
		}
		// The row may be among those that have not been looked at yet.
		if ((order.isPartial || keepsHidden) && selected >= 0) {
			position = -1;
			top = 0;
			return;
		}
		goTo(Math.min(fallback, count - 1));
	}

	function goTo(next: number): void {
		position = Math.max(0, Math.min(next, order.count - 1));
		selected = order.rowAt(position);
		if (order.count === 0) position = -1;
		fallback = Math.max(0, position);
	}

	return {
		get count() {
			return order.count;
		},
		get total() {
			return source.rows?.length ?? source.count;
		},
		get filter() {
			return order.filter;
		},
		get sort() {
			return order.sort;
		},
		get reversed() {
			return order.reversed;
		},
		get isPartial() {
			return order.isPartial;
		},
		get position() {
			return position;
		},
		get selectedRow() {
			return selected;
		},
		get pan() {
			return pan;
		},
		get top() {
			return top;
		},
		get page() {
			return Math.max(1, height - 1);
		},
		rowAt: order.rowAt,
		positionOf: order.positionOf,
		move: (by) => goTo(position < 0 ? fallback : position + by),
		goTo,
		select(row) {
			if (row === selected && position >= 0 && order.rowAt(position) === row) return;
			const found = order.positionOf(row);
			selected = row;
			if (found >= 0) goTo(found);
			else settle();
		},
		setFilter(filter) {
			fallback = 0;
			order.setFilter(filter);
			settle();
		},
		setSort(next, reversed = false) {
			order.setSort(next, reversed);
			settle();
		},
		panBy(columns) {
			pan = Math.max(0, pan + columns);
		},
		refresh() {
			order.refresh();
			settle();
		},
		restart() {
			selected = -1;
			position = -1;
			top = 0;
			order.restart();
			settle();
		},
		windowOf(rows) {
			height = rows;
			const at = Math.max(0, position);
			if (at < top) top = at;
			if (at >= top + rows) top = at - rows + 1;
			top = Math.max(0, Math.min(top, order.count - rows));
			return top;
		},
		subscribe: (listener) => void listeners.add(listener),
	};
}
