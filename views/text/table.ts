import { toCells } from "./cells.js";
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
	paint?(row: Row): Paint;
}

/** The columns that fit, the growing one as wide as it gets. One space between columns. */
export function fitColumns<Row>(columns: readonly Column<Row>[], width: number): Column<Row>[] {
	const kept = [...columns];
	const used = () => kept.reduce((sum, column) => sum + column.width, 0) + kept.length - 1;
	while (used() > width) {
		const worst = kept.reduce((a, b) => (b.drop >= a.drop ? b : a));
		if (worst.drop === 0) break;
		kept.splice(kept.indexOf(worst), 1);
	}
	const spare = width - used();
	return kept.map((column) => (column.grow && spare > 0 ? { ...column, width: column.width + spare } : column));
}

function fitted<Row>(column: Column<Row>, row: Row): string {
	const text = column.text(row);
	return column.fit ? column.fit(text, column.width) : text;
}

export function tableHead<Row>(columns: readonly Column<Row>[]): string {
	return columns.map((column) => toCells(column.title, column.width, column.align)).join(" ");
}

export function tableRow<Row>(columns: readonly Column<Row>[], row: Row): string {
	return columns
		.map((column) => (column.paint?.(row) ?? plain)(toCells(fitted(column, row), column.width, column.align)))
		.join(" ");
}
