import { asciiCell } from "./ascii.js";
import { type CellRow, clearCellRow, createCellRow, putText } from "./cell-row.js";
import type { ColourDepth, Palette } from "./palette.js";

/** Rows of text with SGR codes at a place of the screen. Later layers lie above earlier ones. */
export interface Layer {
	id: string;
	x: number;
	y: number;
	width: number;
	height: number;
	/** A missing row is blank. */
	rows: readonly string[];
}

export interface Look {
	depth: ColourDepth;
	ascii: boolean;
}

export interface Compositor {
	/** The bytes that turn what is shown into these layers; "" when nothing changed. */
	compose(layers: readonly Layer[]): string;
	resize(columns: number, rows: number): void;
	/** Forget what is shown: the next frame is written whole. */
	invalidate(): void;
	/** Other colours for what is shown already. */
	repaint(palette: Palette): void;
	/** What the screen shows, as text. */
	dump(): string[];
	/** Cells compared since the start; a measure of work for benchmarks. */
	readonly stats: { frames: number; composedRows: number };
}

/** Unchanged cells that are cheaper to write again than to jump over. */
const GAP = 4;
type Piece = { x: number; width: number; text: string };

/**
 * Keeps the screen as cells and writes only cells that changed. Layers are laid over each other in cells, so a dialog
 * hides what is below it however often that changes.
 */
export function createCompositor(
	size: { columns: number; rows: number },
	look: { palette: Palette; ascii: boolean },
): Compositor {
	let { columns, rows } = size;
	let { palette } = look;
	let shown: CellRow[] = [];
	let pieces: Piece[][] = [];
	let scratch = createCellRow(columns);
	let whole = true;
	const stats = { frames: 0, composedRows: 0 };

	function reset(): void {
		shown = Array.from({ length: rows }, () => createCellRow(columns));
		pieces = Array.from({ length: rows }, () => []);
		scratch = createCellRow(columns);
		// A blank cell that clearing leaves in the terminal's own colours has to be written too.
		if (palette.fillsBackground) for (const row of shown) row.chars.fill("");
		whole = true;
	}
	reset();

	function compose(layers: readonly Layer[]): string {
		let out = "";
		let sgr = "";
		const wanted = piecesByRow(layers, columns, rows);
		for (let y = 0; y < rows; y++) {
			const now = wanted[y] ?? [];
			if (!whole && samePieces(now, pieces[y] ?? [])) continue;
			pieces[y] = now;
			stats.composedRows++;
			clearCellRow(scratch);
			for (const piece of now) putText(scratch, piece.x, piece.width, piece.text);
			if (look.ascii)
				scratch.chars.forEach((char, x) => {
					scratch.chars[x] = asciiCell(char);
				});
			const before = shown[y] ?? createCellRow(columns);
			const row = rowBytes(before, scratch, y, palette, sgr);
			out += row.bytes;
			sgr = row.sgr;
			shown[y] = scratch;
			scratch = before;
		}
		stats.frames++;
		const clear = whole ? `${palette.sgr(0)}\x1b[2J` : "";
		whole = false;
		if (out === "" && clear === "") return "";
		return `\x1b[?2026h${clear}${out}${palette.reset}\x1b[?2026l`;
	}

	return {
		compose,
		stats,
		resize(nextColumns, nextRows) {
			columns = nextColumns;
			rows = nextRows;
			reset();
		},
		invalidate: reset,
		repaint(next) {
			palette = next;
			reset();
		},
		dump: () => shown.map((row) => row.chars.join("").trimEnd()),
	};
}

function piecesByRow(layers: readonly Layer[], columns: number, rows: number): Piece[][] {
	const byRow: Piece[][] = Array.from({ length: rows }, () => []);
	for (const layer of layers) {
		const width = Math.min(layer.width, columns - layer.x);
		if (width <= 0) continue;
		for (let i = 0; i < layer.height; i++) {
			byRow[layer.y + i]?.push({ x: layer.x, width, text: layer.rows[i] ?? "" });
		}
	}
	return byRow;
}

function samePieces(a: readonly Piece[], b: readonly Piece[]): boolean {
	if (a.length !== b.length) return false;
	return a.every((piece, i) => {
		const other = b[i];
		return other !== undefined && piece.text === other.text && piece.x === other.x && piece.width === other.width;
	});
}

function rowBytes(
	before: CellRow,
	now: CellRow,
	y: number,
	palette: Palette,
	sgrBefore: string,
): { bytes: string; sgr: string } {
	const seen = (row: CellRow, x: number) => palette.sgr(row.attributes[x] ?? 0);
	const differs = (x: number) =>
		now.chars[x] !== before.chars[x] ||
		(now.attributes[x] !== before.attributes[x] && seen(now, x) !== seen(before, x));
	const width = now.chars.length;
	let bytes = "";
	let sgr = sgrBefore;
	let x = 0;
	while (x < width) {
		if (!differs(x)) {
			x++;
			continue;
		}
		// A change in the right half of a wide character is a change of the whole of it.
		if (now.chars[x] === "" && x > 0) x--;
		let end = x + 1;
		for (let next = end; next < width && next - end <= GAP; next++) {
			if (differs(next) || now.chars[next] === "") end = next + 1;
		}
		bytes += `\x1b[${y + 1};${x + 1}H`;
		for (; x < end; x++) {
			const char = now.chars[x] ?? " ";
			if (char === "") continue;
			const wanted = seen(now, x);
			if (wanted !== sgr) {
				bytes += wanted;
				sgr = wanted;
			}
			const isWide = now.chars[x + 1] === "";
			// Where a terminal takes one cell for it, the other one must not show what was there before.
			if (isWide && char > "\ud7ff") bytes += `  \x1b[${y + 1};${x + 1}H`;
			bytes += char;
			// Terminals disagree about the width of some characters: say where the next one goes.
			if ((isWide || char.length > 1 || char > "\u2fff") && x + 1 < end)
				bytes += `\x1b[${y + 1};${x + 1 + (isWide ? 2 : 1)}H`;
		}
	}
	return { bytes, sgr };
}
