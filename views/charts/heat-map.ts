import { asciiCell } from "../terminal/ascii.js";
import { cellWidth, shortId, toCells } from "../text/cells.js";
import { dim, type Paint } from "../text/style.js";
import type { ChartLook } from "./blocks.js";

/** The glyph alone tells what it is: colours may be missing. */
export interface HeatCell {
	glyph: string;
	paint: Paint;
}

export interface HeatMapOptions {
	rows: number;
	columns: number;
	/** null where there is nothing. What has the same glyph is the same thing. */
	at(row: number, column: number): HeatCell | null;
	label(row: number): string;
	width: number;
	height: number;
	look: ChartLook;
}

export interface HeatMap {
	rows: string[];
	/** How much one cell stands for. */
	rowsEach: number;
	columnsEach: number;
}

/** Cells that are looked at for one cell on the screen, in each direction. */
const SAMPLES = 4;

/**
 * One cell for each value; where they are more than fit, one cell stands for a block and shows what is most frequent in
 * it, among at most 16 evenly spread ones. So the cost depends on the size of the pane alone.
 */
export function heatMap(options: HeatMapOptions): HeatMap {
	const { width, height, look } = options;
	const count = Math.max(0, Math.floor(options.rows) || 0);
	const across = Math.max(0, Math.floor(options.columns) || 0);
	if (width <= 0 || height <= 0 || count === 0 || across === 0) return { rows: [], rowsEach: 1, columnsEach: 1 };
	const rowsEach = Math.ceil(count / height);
	const lines = Math.ceil(count / rowsEach);
	const nameOf = (line: number) =>
		rowsEach === 1 ? options.label(line) : `${line * rowsEach + 1}-${Math.min(count, (line + 1) * rowsEach)}`;
	const names = Array.from({ length: lines }, (_, line) => nameOf(line));
	const longest = names.reduce((most, name) => Math.max(most, cellWidth(name)), 0);
	const labelCells = width < 16 ? 0 : Math.min(longest, Math.max(8, Math.floor(width * 0.35)));
	const plot = width - labelCells - (labelCells && 1);
	const columnsEach = Math.ceil(across / plot);
	const cells = Math.ceil(across / columnsEach);
	const rows = names.map((name, line) => {
		let out = labelCells > 0 ? `${dim(toCells(shortId(name, labelCells), labelCells))} ` : "";
		for (let cell = 0; cell < cells; cell++) {
			const found = mostFrequent(options, {
				row: line * rowsEach,
				column: cell * columnsEach,
				rowEnd: Math.min(count, (line + 1) * rowsEach),
				columnEnd: Math.min(across, (cell + 1) * columnsEach),
			});
			out += found ? found.paint(look.ascii ? asciiCell(found.glyph) : found.glyph) : " ";
		}
		return out + " ".repeat(plot - cells);
	});
	return { rows, rowsEach, columnsEach };
}

interface Block {
	row: number;
	column: number;
	rowEnd: number;
	columnEnd: number;
}

function mostFrequent({ at }: HeatMapOptions, { row, column, rowEnd, columnEnd }: Block): HeatCell | null {
	if (rowEnd - row === 1 && columnEnd - column === 1) return at(row, column);
	const counts = new Map<string, number>();
	const down = Math.max(1, Math.ceil((rowEnd - row) / SAMPLES));
	const right = Math.max(1, Math.ceil((columnEnd - column) / SAMPLES));
	let best: HeatCell | null = null;
	for (let y = row; y < rowEnd; y += down) {
		for (let x = column; x < columnEnd; x += right) {
			const cell = at(y, x);
			if (cell === null) continue;
			const count = (counts.get(cell.glyph) ?? 0) + 1;
			counts.set(cell.glyph, count);
			if (best === null || count > (counts.get(best.glyph) ?? 0)) best = cell;
		}
	}
	return best;
}
