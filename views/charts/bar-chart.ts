import { cellWidth, shortId, toCells } from "../text/cells.js";
import { MISSING } from "../text/format.js";
import { dim, type Paint, plain } from "../text/style.js";
import { bar, type ChartLook } from "./blocks.js";

export interface Bar {
	label: string;
	/** Below 0 counts as 0; null, NaN and infinite values have no bar. */
	value: number | null;
	/** What is written behind the bar; the value where it is not given. */
	text?: string;
	paint?: Paint;
}

interface BarChartOptions {
	width: number;
	height: number;
	look: ChartLook;
	/** The value of a whole bar; the largest one where it is not given. */
	max?: number;
}

const MIN_BAR = 3;

/** One row a bar, labels left and values right; what does not fit below is said in the last row. */
export function barChart(bars: readonly Bar[], { width, height, look, max }: BarChartOptions): string[] {
	if (width <= 0 || height <= 0) return [];
	const shown = bars.length > height ? bars.slice(0, height - 1) : bars;
	const barValue = ({ value }: Bar) => (value !== null && Number.isFinite(value) ? Math.max(0, value) : null);
	const whole = max ?? bars.reduce((most, item) => Math.max(most, barValue(item) ?? 0), 0);
	const textOf = (item: Bar) => item.text ?? (barValue(item) === null ? MISSING : String(item.value));
	const texts = shown.reduce((most, item) => Math.max(most, cellWidth(textOf(item))), 0);
	const labels = shown.reduce((most, item) => Math.max(most, cellWidth(item.label)), 0);
	const textCells = texts + 2 + MIN_BAR < width ? texts : 0;
	const labelCells = Math.max(0, Math.min(labels, width - MIN_BAR - 1 - (textCells && textCells + 1)));
	const barCells = Math.max(0, width - labelCells - (labelCells && 1) - (textCells && textCells + 1));
	const rows = shown.map((item) => {
		const label = toCells(labelCells >= 8 ? shortId(item.label, labelCells) : item.label, labelCells);
		const filled = (item.paint ?? plain)(bar(whole > 0 ? (barValue(item) ?? 0) / whole : 0, barCells, look));
		const text = textCells > 0 ? ` ${toCells(textOf(item), textCells, "right")}` : "";
		return `${label}${labelCells > 0 ? " " : ""}${filled}${text}`;
	});
	if (bars.length > height) rows.push(dim(toCells(`${bars.length - shown.length} more`, width)));
	return rows;
}
