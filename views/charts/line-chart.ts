import { cellWidth, toCells } from "../text/cells.js";
import { bold, dim, type Paint, plain } from "../text/style.js";
import { type AxisTick, xAxis, yLabels } from "./axes.js";
import type { ChartLook } from "./blocks.js";
import { type Canvas, createCanvas, drawLine, letterOf } from "./canvas.js";
import { type PixelColumns, type Points, pixelColumns, spanOfX, valueAt } from "./pixel-columns.js";
import { formatTick, fractionOf, logTicks, niceTicks, type Range, spanOf } from "./scale.js";

export interface Series extends Points {
	name: string;
	paint?: Paint;
}

export interface LineChartOptions {
	series: readonly Series[];
	width: number;
	height: number;
	look: ChartLook;
	logY?: boolean;
	/** Ends of the y axis where they are to be fixed. */
	minY?: number;
	maxY?: number;
	/** An x whose values are named in the legend; a line marks it. */
	crosshair?: number | null;
	formatX?: (x: number) => string;
	formatY?: (y: number) => string;
}

/** How a line looks in the legend. */
const PATTERNS = ["━━", "┅┅", "╍╍", "┈┈"] as const;
const LEGEND_FROM = 5;
const AXIS_FROM = 4;

/**
 * Lines over axes in exactly `width` x `height` cells. However many points fall into one pixel column, its smallest and
 * largest value are drawn. A missing value interrupts its line. Lines differ by pattern (letter, in ASCII), not by colour
 * alone.
 */
export function lineChart(options: LineChartOptions): string[] {
	const { series, width, height, look } = options;
	if (width <= 0 || height <= 0) return [];
	const hasLegend = height >= LEGEND_FROM && (series.length > 1 || options.crosshair != null);
	const hasAxis = height >= AXIS_FROM;
	const plotRows = height - (hasLegend ? 1 : 0) - (hasAxis ? 2 : 0);
	const spanX = spanXOf(series);
	const drawn = spanX && measure(options, spanX, plotRows);
	if (!spanX || !drawn) {
		return Array.from({ length: height }, (_, i) => dim(toCells(i === 0 ? "no values yet" : "", width)));
	}
	const { labels, plotCells, gutter, canvas } = drawn;
	const crossCell = crosshairCell(options, spanX, plotCells);
	const behind = (x: number) => (x === crossCell ? (look.ascii ? "|" : "│") : " ");
	const paints = series.map(({ paint }) => paint ?? plain);
	const rows = Array.from({ length: plotRows }, (_, y) => {
		const label = gutter === 0 ? "" : dim(labels[y] ?? "");
		return label + canvas.row(y, paints, behind);
	});
	if (hasAxis) {
		const { formatX = formatTick } = options;
		const ticks: AxisTick[] = niceTicks(spanX, Math.max(1, plotCells / 10)).map((tick) => ({
			text: formatX(tick),
			at: Math.round(fractionOf(spanX, tick) * (plotCells - 1)),
		}));
		rows.push(...xAxis(ticks, { gutter, cells: plotCells, look }).map(dim));
	}
	if (hasLegend) rows.push(legend(options));
	return rows;
}

function spanXOf(series: readonly Series[]): Range | null {
	let min = Number.POSITIVE_INFINITY;
	let max = Number.NEGATIVE_INFINITY;
	for (const one of series) {
		const span = spanOfX(one);
		if (!span) continue;
		min = Math.min(min, span[0]);
		max = Math.max(max, span[1]);
	}
	return spanOf(min, max);
}

interface Drawn {
	labels: string[];
	gutter: number;
	plotCells: number;
	canvas: Canvas;
}

function measure(options: LineChartOptions, spanX: Range, plotRows: number): Drawn | null {
	const { series, width, look, logY = false, formatY = formatTick } = options;
	// One column first: its ends make the y labels, whose width decides how many columns there are.
	const columnsOf = (cells: number) =>
		series.map((one) => pixelColumns(one, spanX, cells * (look.ascii ? 1 : 2), logY));
	const rough = columnsOf(1);
	const spanY = spanYOf(options, rough);
	if (!spanY) return null;
	const count = Math.max(2, Math.floor(plotRows / 3));
	const ticks = (logY ? logTicks : niceTicks)(spanY, count);
	const placed = ticks.map((tick) => ({
		text: formatY(tick),
		at: Math.round((1 - fractionOf(spanY, tick, logY)) * (plotRows - 1)),
	}));
	const { labels, gutter } = yLabels(placed, { rows: plotRows, width, look });
	const plotCells = width - gutter;
	const canvas = createCanvas(plotCells, plotRows, look);
	const columns = columnsOf(plotCells);
	const toDot = (value: number) => Math.round((1 - fractionOf(spanY, value, logY)) * (canvas.down - 1));
	// The first line is drawn last, so that it lies on top.
	for (let line = columns.length - 1; line >= 0; line--) {
		const own = columns[line];
		if (own) drawSeries(canvas, own, toDot, line);
	}
	return { labels, gutter, plotCells, canvas };
}

function spanYOf({ minY, maxY, logY = false }: LineChartOptions, columns: readonly PixelColumns[]): Range | null {
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	for (const own of columns) {
		low = Math.min(low, own.low);
		high = Math.max(high, own.high);
	}
	if (low > high) return null;
	return spanOf(minY ?? low, maxY ?? high, logY) ?? spanOf(low, high, logY);
}

function drawSeries(canvas: Canvas, columns: PixelColumns, toDot: (value: number) => number, line: number): void {
	let before: { x: number; y: number } | null = null;
	for (let x = 0; x < columns.min.length; x++) {
		const min = columns.min[x] ?? Number.NaN;
		if (Number.isNaN(min)) continue;
		const first = { x, y: toDot(columns.first[x] ?? min) };
		if (before && !columns.gapBefore[x]) drawLine(canvas, before, first, line);
		drawLine(canvas, { x, y: toDot(min) }, { x, y: toDot(columns.max[x] ?? min) }, line);
		before = { x, y: toDot(columns.last[x] ?? min) };
	}
}

function crosshairCell({ crosshair }: LineChartOptions, spanX: Range, cells: number): number | null {
	if (crosshair == null || !Number.isFinite(crosshair)) return null;
	return Math.round(fractionOf(spanX, crosshair) * (cells - 1));
}

function legend(options: LineChartOptions): string {
	const { series, crosshair, look, width, formatX = formatTick, formatY = formatTick } = options;
	const at = crosshair != null && Number.isFinite(crosshair) ? crosshair : null;
	let used = 0;
	let out = "";
	const add = (text: string, paint: Paint) => {
		const cells = Math.min(cellWidth(text), width - used);
		if (cells <= 0) return;
		out += paint(toCells(text, cells));
		used += cells;
	};
	if (at !== null) add(`${formatX(at)}:  `, bold);
	series.forEach((one, line) => {
		const value = at === null ? null : valueAt(one, at);
		add(look.ascii ? letterOf(line) : (PATTERNS[line % PATTERNS.length] ?? ""), one.paint ?? plain);
		add(` ${one.name}${at === null ? "" : ` ${value === null ? "·" : formatY(value)}`}  `, plain);
	});
	return out + " ".repeat(width - used);
}
