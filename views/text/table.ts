import { toCells, visible } from "./cells.js";
import { MISSING } from "./format.js";
import { type Paint, plain } from "./style.js";

export interface Column<Row> {
	title: string;
	/** Cells; for the one column that has `grow` the least it needs. */
	width: number;
	grow?: boolean;
	align?: "left" | "right";
	/** Columns with the highest number go first where the pane is narrow; 0 stays. */
	drop: number;
	text(row: Row): string;
	/** How a text that is too long is made shorter; without it its end is cut. */
	fit?(text: string, width: number): string;
	/** The filter looks at it. */
	isSearched?: boolean;
	paint?(row: Row): Paint;
	/** Read aloud, in place of title and text; "" is left out. */
	spoken?(row: Row): string;
	/** In place of a painted text: exactly `width` cells of safe text with styles. */
	draw?(row: Row, width: number): string;
}

/**
 * The columns that fit, the growing one as wide as it gets. One space between columns. After the first of those that
 * stay, `pan` columns are pushed out to the left; then the others come in their order, so that each can be seen.
 */
export function fitColumns<Row>(columns: readonly Column<Row>[], width: number, pan = 0): Column<Row>[] {
	const kept = panned(columns, pan);
	const used = () => kept.reduce((sum, column) => sum + column.width, 0) + kept.length - 1;
	while (used() > width) {
		const worst = pan > 0 ? kept.at(-1) : kept.reduce((a, b) => (b.drop >= a.drop ? b : a));
		if (worst === undefined || (pan === 0 && worst.drop === 0) || kept.length === 1) break;
		kept.splice(kept.indexOf(worst), 1);
	}
	const spare = width - used();
	return kept.map((column) => (column.grow && spare > 0 ? { ...column, width: column.width + spare } : column));
}

function panned<Row>(columns: readonly Column<Row>[], pan: number): Column<Row>[] {
	return [...columns.slice(0, 1), ...columns.slice(1 + Math.min(pan, Math.max(0, columns.length - 2)))];
}

/** Whether there are columns that are not among the `shown`, before and after them. */
export function hasHiddenColumns<Row>(
	columns: readonly Column<Row>[],
	shown: readonly Column<Row>[],
	pan: number,
): { left: boolean; right: boolean } {
	return { left: pan > 0, right: shown.length < panned(columns, pan).length };
}

function fitted<Row>(column: Column<Row>, row: Row): string {
	const text = column.text(row);
	return column.fit ? column.fit(text, column.width) : text;
}

export function tableHead<Row>(columns: readonly Column<Row>[]): string {
	return columns.map((column) => toCells(column.title, column.width, column.align)).join(" ");
}

/** `mark` is for what the filter looks at. */
export function tableRow<Row>(columns: readonly Column<Row>[], row: Row, mark: Paint = plain): string {
	return columns
		.map((column) => {
			if (column.draw) return column.draw(row, column.width);
			const text = toCells(fitted(column, row), column.width, column.align);
			return (column.paint?.(row) ?? plain)(column.isSearched ? mark(text) : text);
		})
		.join(" ");
}

/** A row as it is read aloud: the first column, then each title with its text; what is missing is left out. */
export function spokenRow<Row>(columns: readonly Column<Row>[], row: Row): string {
	return columns
		.map((column, i) => {
			if (column.spoken) return visible(column.spoken(row));
			const text = visible(column.text(row));
			return text === MISSING || text === "" || i === 0 ? text : `${column.title} ${text}`;
		})
		.filter((text) => text !== "" && text !== MISSING)
		.join(", ");
}
