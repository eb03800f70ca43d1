import { cellWidth, toCells } from "../text/cells.js";
import type { ChartLook } from "./blocks.js";

export interface AxisTick {
	text: string;
	/** Cell along the axis, from its start. */
	at: number;
}

/** Least width of a chart that has y labels, and the least that is left for its plot. */
const LABELS_FROM = 16;

/** What stands left of each row of the plot, all `gutter` cells wide; no gutter where there is no room. */
export function yLabels(
	ticks: readonly AxisTick[],
	{ rows, width, look }: { rows: number; width: number; look: ChartLook },
): { labels: string[]; gutter: number } {
	const longest = ticks.reduce((most, tick) => Math.max(most, cellWidth(tick.text)), 0);
	if (width < LABELS_FROM || longest + 1 > width / 2) return { labels: [], gutter: 0 };
	const [line, tick] = look.ascii ? ["|", "+"] : ["│", "┤"];
	const labels = Array.from({ length: rows }, () => " ".repeat(longest) + line);
	const taken = new Set<number>();
	for (const { text, at } of ticks) {
		if (taken.has(at)) continue;
		taken.add(at);
		labels[at] = toCells(text, longest, "right") + tick;
	}
	return { labels, gutter: longest + 1 };
}

/** The line below the plot and the labels below that; a label that would touch another one is left out. */
export function xAxis(
	ticks: readonly AxisTick[],
	{ gutter, cells, look }: { gutter: number; cells: number; look: ChartLook },
): [string, string] {
	const [line, tick, corner] = look.ascii ? ["-", "+", "+"] : ["─", "┬", "└"];
	const axis = new Array<string>(cells).fill(line);
	const width = gutter + cells;
	let labels = "";
	for (const { text, at } of ticks) {
		const from = Math.max(0, Math.min(gutter + at - Math.floor(cellWidth(text) / 2), width - cellWidth(text)));
		if (labels !== "" && from < cellWidth(labels) + 1) continue;
		if (from + cellWidth(text) > width) continue;
		labels = labels.padEnd(from) + text;
		if (at < cells) axis[at] = tick;
	}
	const left = gutter > 0 ? " ".repeat(gutter - 1) + corner : "";
	return [left + axis.join(""), toCells(labels, width)];
}
