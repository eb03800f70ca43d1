import { cellWidth, codePointWidth } from "./cells.js";
import { dim, type Paint, plain } from "./style.js";

/** A part of a line that is painted in one way. Its text is safe to show. */
export interface Piece {
	text: string;
	paint: Paint;
}

/** Lines that are too long go on in the next row, or are cut at both sides after so many cells were left out. */
export interface LineLayout {
	wraps: boolean;
	left: number;
}

export const WRAPPED: LineLayout = { wraps: true, left: 0 };
export const CUT: LineLayout = { wraps: false, left: 0 };

/** What stands where a line goes on beyond the pane. */
const CLIP = "…";

export const plainPiece = (text: string): Piece => ({ text, paint: plain });

/** Rows of exactly `width` cells. */
export function layPieces(line: readonly Piece[], width: number, { wraps, left }: LineLayout): string[] {
	return wraps ? wrapped(line, width) : [clipped(line, width, left)];
}

/** Cells of the longest line that are not in view as long as nothing is moved sideways. */
export function overhangOf(lines: readonly (readonly Piece[])[], width: number): number {
	return lines.reduce((most, line) => Math.max(most, cellsOf(line) - width), 0);
}

const cellsOf = (line: readonly Piece[]) => line.reduce((sum, { text }) => sum + cellWidth(text), 0);

function wrapped(line: readonly Piece[], width: number): string[] {
	const rows: string[] = [];
	let row = "";
	let used = 0;
	const close = () => {
		rows.push(row + " ".repeat(Math.max(0, width - used)));
		row = "";
		used = 0;
	};
	for (const { text, paint } of line) {
		let rest = text;
		while (rest !== "") {
			let head = headOf(rest, width - used);
			if (head === "" && used > 0) {
				close();
				continue;
			}
			// Wider than a whole row: nothing can be done about it.
			if (head === "") head = String.fromCodePoint(rest.codePointAt(0) ?? 0);
			row += paint(head);
			used += cellWidth(head);
			rest = rest.slice(head.length);
		}
	}
	close();
	return rows;
}

/** As much of the beginning as fits, never half a character. */
function headOf(text: string, room: number): string {
	let end = 0;
	let used = 0;
	for (const char of text) {
		used += codePointWidth(char);
		if (used > room) break;
		end += char.length;
	}
	return text.slice(0, end);
}

function clipped(line: readonly Piece[], width: number, left: number): string {
	const cells = cellsOf(line);
	const isCutLeft = left > 0 && cells > 0;
	const isCutRight = cells - left > width;
	if (width === 1 && (isCutLeft || isCutRight)) return dim(CLIP);
	const part = between(line, left + (isCutLeft ? 1 : 0), left + width - (isCutRight ? 1 : 0));
	return `${isCutLeft ? dim(CLIP) : ""}${part}${isCutRight ? dim(CLIP) : ""}`;
}

/** The cells from `start` to before `end`, filled with spaces; so is half a wide character. */
function between(line: readonly Piece[], start: number, end: number): string {
	let out = "";
	let at = 0;
	let used = 0;
	for (const { text, paint } of line) {
		let shown = "";
		for (const char of text) {
			const cells = codePointWidth(char);
			const isWhole = at >= start && at + cells <= end;
			const overlap = Math.min(at + cells, end) - Math.max(at, start);
			// A mark goes with the character it stands on.
			if (isWhole && (cells > 0 || (at > start && at <= end))) shown += char;
			else if (overlap > 0) shown += " ".repeat(overlap);
			used += Math.max(0, overlap);
			at += cells;
		}
		out += paint(shown);
		if (at > end) break;
	}
	return out + " ".repeat(Math.max(0, end - start - used));
}
