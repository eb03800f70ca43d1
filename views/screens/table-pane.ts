import { parseFilter } from "../../src/store/row-filter.js";
import type { VirtualTable } from "../../src/store/virtual-table.js";
import type { Model } from "../model/model.js";
import { toCells } from "../text/cells.js";
import { bold, cursorLine, dim } from "../text/style.js";
import { type Column, fitColumns, hasHiddenColumns, spokenRow, tableHead, tableRow } from "../text/table.js";
import { underlineTerms } from "../text/underlined.js";
import type { PanePoint } from "./screen.js";

const MARK_CELLS = 2;

export interface TablePane<Row> {
	table: VirtualTable<string>;
	columns: readonly Column<Row>[];
	/** null: a row that is not there yet; its line stays empty. */
	rowOf(row: number): Row | null;
	/** A text: the one cell that marks it. */
	isMarked(row: Row): boolean | string;
	width: number;
	height: number;
	/** Read aloud: a sentence a row. */
	isSpoken: boolean;
}

/** The head and the rows in view of a table of any length. Only these rows are made. */
export function drawTable<Row>(pane: TablePane<Row>): string[] {
	const { table, width, height } = pane;
	const listRows = Math.max(1, height - 1);
	const top = table.windowOf(listRows);
	if (pane.isSpoken) return spokenRows(pane, top, listRows);
	const isLong = table.count > listRows;
	const cells = width - MARK_CELLS - (isLong ? 1 : 0);
	const fits = fitColumns(pane.columns, cells).length === pane.columns.length;
	table.panBy(Math.min(0, (fits ? 0 : pane.columns.length - 2) - table.pan));
	const columns = fitColumns(pane.columns, cells, table.pan);
	const hidden = hasHiddenColumns(pane.columns, columns, table.pan);
	const terms = parseFilter(table.filter);
	const mark = (text: string) => underlineTerms(text, terms);
	// Where there are more columns, in place of the marks.
	const more = `${hidden.left ? "←" : " "}${hidden.right ? "→" : " "}`;
	// Without a column that grows: so that the bar stands at the edge.
	const used = columns.reduce((sum, column) => sum + column.width, 0) + columns.length - 1;
	const spare = isLong ? " ".repeat(Math.max(0, cells - used)) : "";
	const rows = [dim(toCells(more + tableHead(columns), width))];
	for (let line = 0; line < listRows && top + line < table.count; line++) {
		const bar = isLong ? scrollBar(line, { top, listRows, count: table.count }) : "";
		const isCursor = top + line === table.position;
		const row = pane.rowOf(table.rowAt(top + line));
		if (row === null) {
			rows.push(toCells("", width - bar.length) + dim(bar));
			continue;
		}
		const text = `${isCursor ? "▸" : " "}${markOf(pane.isMarked(row))}${tableRow(columns, row, mark)}${spare}`;
		rows.push((isCursor ? cursorLine(bold(text)) : text) + dim(bar));
	}
	return rows;
}

function spokenRows<Row>({ table, columns, rowOf, isMarked }: TablePane<Row>, top: number, listRows: number): string[] {
	const rows: string[] = [];
	for (let at = top; at < Math.min(table.count, top + listRows); at++) {
		const row = rowOf(table.rowAt(at));
		if (row === null) continue;
		const text = `${spokenMark(isMarked(row))}${spokenRow(columns, row)}`;
		rows.push(at === table.position ? cursorLine(`${text}, ${at + 1} of ${table.count}`) : text);
	}
	return rows;
}

function spokenMark(marked: boolean | string): string {
	return marked === false ? "" : marked === true ? "marked, " : `marked ${marked}, `;
}

function markOf(marked: boolean | string): string {
	if (typeof marked === "string") return marked;
	return marked ? "*" : " ";
}

/** What the mouse does in a pane with a table; `moved` is called after the cursor went elsewhere. */
export function tableMouse(tableOf: (model: Model) => VirtualTable<string>, moved: (model: Model) => void) {
	return {
		wheel(model: Model, rows: number) {
			tableOf(model).move(rows);
			moved(model);
		},
		select(model: Model, { row }: PanePoint): boolean {
			const table = tableOf(model);
			// Below the head.
			const position = table.top + row - 1;
			if (row === 0 || position >= table.count) return false;
			if (position === table.position) return true;
			table.goTo(position);
			moved(model);
			return false;
		},
	};
}

/** One cell of a bar whose thumb shows which part of the list is in view. */
function scrollBar(line: number, { top, listRows, count }: { top: number; listRows: number; count: number }): string {
	const thumb = Math.max(1, Math.round((listRows * listRows) / count));
	const start = Math.round((top / (count - listRows)) * (listRows - thumb));
	return line >= start && line < start + thumb ? "█" : " ";
}
