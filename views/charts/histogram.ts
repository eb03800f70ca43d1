import { cellWidth, toCells } from "../text/cells.js";
import { dim, type Paint, plain } from "../text/style.js";
import { type ChartLook, column, EIGHTHS } from "./blocks.js";
import { formatTick } from "./scale.js";

interface HistogramClass {
	name: string;
	/** By bin. What is not a finite number above 0 counts as 0. */
	counts: ArrayLike<number>;
	paint?: Paint;
}

export interface HistogramOptions {
	/** Ends of the bins: one more than there are bins, ascending. */
	edges: ArrayLike<number>;
	/** One class, or two that are drawn over each other. */
	classes: readonly [HistogramClass] | readonly [HistogramClass, HistogramClass];
	width: number;
	height: number;
	look: ChartLook;
	formatEdge?: (edge: number) => string;
}

const WIDEST_BIN = 8;
/** Only the first class, only the second, both. */
const FILLS = { unicode: ["█", "░", "▒"], ascii: ["#", ":", "%"] } as const;

/**
 * Columns over an axis. Two classes differ by fill, so that they can be told apart without colours; a bin that holds
 * anything is at least one cell high. More bins than cells are joined with their neighbours.
 */
export function histogram(options: HistogramOptions): string[] {
	const { width, height, look } = options;
	if (width <= 0 || height <= 0) return [];
	const bins = Math.max(0, options.edges.length - 1);
	const [first, second] = options.classes;
	const hasLegend = height >= 5 && second !== undefined;
	const hasAxis = height >= 3;
	const plotRows = height - (hasLegend ? 1 : 0) - (hasAxis ? 1 : 0);
	const most = (perBin: number) => {
		const both = [first, ...(second ? [second] : [])].flatMap((one) => joined(one.counts, bins, perBin));
		return both.reduce((a, b) => Math.max(a, b), 0);
	};
	const gutterFor = (count: number) => (width >= 16 ? formatTick(count).length + 1 : 0);
	// The joined counts are larger, so the gutter of the separate ones may be a cell short: measure twice.
	const perBinFor = (gutter: number) => Math.max(1, Math.ceil(bins / Math.max(1, width - gutter)));
	const gutter = gutterFor(most(perBinFor(gutterFor(most(1)))));
	const perBin = perBinFor(gutter);
	const max = most(perBin);
	if (bins === 0 || max === 0)
		return Array.from({ length: height }, (_, i) => dim(toCells(i === 0 ? "no values" : "", width)));
	const groups = Math.ceil(bins / perBin);
	const cellsEach = Math.max(1, Math.min(WIDEST_BIN, Math.floor((width - gutter) / groups)));
	const top = toCells(formatTick(max), gutter - 1, "right");
	const rows = plotOf(options, { perBin, bins, max, plotRows, cellsEach }).map((row, i) => {
		const label = gutter === 0 ? "" : `${dim(i === 0 ? top : " ".repeat(gutter - 1))} `;
		return label + row + " ".repeat(width - gutter - groups * cellsEach);
	});
	if (hasAxis) rows.push(axisOf(options, { gutter, groups, cellsEach, perBin, bins }));
	if (hasLegend && second) rows.push(legendOf(first, second, width, look));
	return rows;
}

interface Plot {
	perBin: number;
	bins: number;
	max: number;
	plotRows: number;
	cellsEach: number;
}

function plotOf({ classes, look }: HistogramOptions, plot: Plot): string[] {
	const [first, second] = classes;
	const { perBin, bins, max, plotRows, cellsEach } = plot;
	const fills = look.ascii ? FILLS.ascii : FILLS.unicode;
	const a = joined(first.counts, bins, perBin);
	const b = second ? joined(second.counts, bins, perBin) : null;
	const paintA = first.paint ?? plain;
	const paintB = second?.paint ?? plain;
	const rowsOf = (count: number) => (count === 0 ? 0 : Math.max(1, Math.round((count / max) * plotRows)));
	return Array.from({ length: plotRows }, (_, row) => {
		const level = plotRows - row;
		return a
			.map((count, i) => {
				if (b === null) {
					const eighths = count === 0 ? 0 : Math.max(1, Math.round((count / max) * plotRows * EIGHTHS));
					return paintA(column(eighths - (level - 1) * EIGHTHS, look).repeat(cellsEach));
				}
				const inA = rowsOf(count) >= level;
				const inB = rowsOf(b[i] ?? 0) >= level;
				if (inA && inB) return fills[2].repeat(cellsEach);
				if (inA) return paintA(fills[0].repeat(cellsEach));
				return inB ? paintB(fills[1].repeat(cellsEach)) : " ".repeat(cellsEach);
			})
			.join("");
	});
}

function joined(counts: ArrayLike<number>, bins: number, perBin: number): number[] {
	const out = new Array<number>(Math.ceil(bins / perBin)).fill(0);
	for (let i = 0; i < bins; i++) {
		const count = counts[i];
		const to = Math.floor(i / perBin);
		if (count !== undefined && count > 0 && count < Number.POSITIVE_INFINITY) out[to] = (out[to] ?? 0) + count;
	}
	return out;
}

interface Axis {
	gutter: number;
	groups: number;
	cellsEach: number;
	perBin: number;
	bins: number;
}

/** The left edge of a column stands below its left cell; the last edge at the right end, where there is room. */
function axisOf({ edges, width, formatEdge = formatTick }: HistogramOptions, axis: Axis): string {
	const { gutter, groups, cellsEach, perBin, bins } = axis;
	const last = formatEdge(edges[bins] ?? 0);
	const end = Math.min(width, gutter + groups * cellsEach + cellWidth(last));
	let line = " ".repeat(gutter);
	for (let group = 0; group < groups; group++) {
		const x = gutter + group * cellsEach;
		const text = formatEdge(edges[group * perBin] ?? 0);
		const isFree = cellWidth(line) <= x && x + cellWidth(text) + 1 <= end - cellWidth(last);
		if (isFree) line = `${line.padEnd(x)}${text}${" ".repeat(3)}`;
	}
	const from = end - cellWidth(last);
	return dim(toCells(from >= line.trimEnd().length ? line.trimEnd().padEnd(from) + last : line, width));
}

function legendOf(first: HistogramClass, second: HistogramClass, width: number, look: ChartLook): string {
	const [a, b, both] = look.ascii ? FILLS.ascii : FILLS.unicode;
	const text = `${a} ${first.name}  ${b} ${second.name}  ${both} both`;
	if (cellWidth(text) > width) return toCells(text, width);
	const painted = `${(first.paint ?? plain)(a)} ${first.name}  ${(second.paint ?? plain)(b)} ${second.name}  ${both} both`;
	return painted + " ".repeat(width - cellWidth(text));
}
