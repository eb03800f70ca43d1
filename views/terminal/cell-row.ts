import { codePointWidth, isShown } from "../text/cells.js";

/** One line of the screen: a character and an attribute word per cell. "" is the right half of a wide character. */
export interface CellRow {
	chars: string[];
	attributes: Int32Array;
}

/** Bits 0-8 foreground + 1, 9-17 background + 1, 18-22 flags. 0 is the terminal's own colours. */
const FG = 0x1ff;
const BG = 0x1ff << 9;
const BOLD = 1 << 18;
const DIM = 1 << 19;
const ITALIC = 1 << 20;
const UNDERLINE = 1 << 21;
const INVERSE = 1 << 22;

export function createCellRow(width: number): CellRow {
	return { chars: new Array<string>(width).fill(" "), attributes: new Int32Array(width) };
}

export function clearCellRow(row: CellRow): void {
	row.chars.fill(" ");
	row.attributes.fill(0);
}

/** Puts text with SGR codes into cells x to x + width; what is missing is filled, what is too long is cut. */
export function putText(row: CellRow, x: number, width: number, text: string): void {
	const end = Math.min(x + width, row.chars.length);
	let column = x;
	let attribute = 0;
	let i = 0;
	while (i < text.length && column < end) {
		const code = text.charCodeAt(i);
		if (code === 0x1b) {
			const close = sgrEnd(text, i);
			if (text.charAt(close - 1) === "m") attribute = applySgr(attribute, text.slice(i + 2, close - 1));
			i = close;
		} else if (code >= 0x20 && code < 0x7f) {
			setCell(row, column++, text.charAt(i++), attribute);
		} else {
			const found = String.fromCodePoint(text.codePointAt(i) ?? 0xfffd);
			i += found.length;
			const char = isShown(found) ? found : "\ufffd";
			const width = codePointWidth(char);
			if (width === 0) {
				addMark(row, x, column, char);
				continue;
			}
			if (column + width > end) break;
			setCell(row, column, char, attribute);
			if (width === 2) {
				setCell(row, column + 1, "", attribute);
				row.chars[column] = char;
			}
			column += width;
		}
	}
	for (; column < end; column++) setCell(row, column, " ", 0);
}

/** A mark belongs to the character before it, in the same piece of text. */
function addMark(row: CellRow, start: number, column: number, mark: string): void {
	const at = row.chars[column - 1] === "" ? column - 2 : column - 1;
	if (at >= start) row.chars[at] += mark;
}

function setCell(row: CellRow, column: number, char: string, attribute: number): void {
	// A wide character that loses its right or left half must not leave the other.
	if (row.chars[column] === "" && column > 0) row.chars[column - 1] = " ";
	if (row.chars[column + 1] === "") row.chars[column + 1] = " ";
	row.chars[column] = char;
	row.attributes[column] = attribute;
}

function sgrEnd(text: string, start: number): number {
	if (text.charAt(start + 1) !== "[") return start + 1;
	let i = start + 2;
	while (i < text.length && (text.charCodeAt(i) < 0x40 || text.charCodeAt(i) > 0x7e)) i++;
	return i + 1;
}

function applySgr(attribute: number, codes: string): number {
	let value = attribute;
	const list = codes === "" ? [0] : codes.split(/[;:]/).map(Number);
	for (let i = 0; i < list.length; i++) {
		const code = list[i] ?? 0;
		if (code === 38 || code === 48) {
			const colour = list[i + 1] === 5 ? (list[i + 2] ?? 0) : 15;
			i += list[i + 1] === 5 ? 2 : 4;
			value = code === 38 ? withFg(value, colour + 1) : withBg(value, colour + 1);
		} else value = simpleSgr(value, code);
	}
	return value;
}

function simpleSgr(value: number, code: number): number {
	if (code === 0) return 0;
	if (code === 1) return value | BOLD;
	if (code === 2) return value | DIM;
	if (code === 3) return value | ITALIC;
	if (code === 4) return value | UNDERLINE;
	if (code === 7) return value | INVERSE;
	if (code === 22) return value & ~(BOLD | DIM);
	if (code === 23) return value & ~ITALIC;
	if (code === 24) return value & ~UNDERLINE;
	if (code === 27) return value & ~INVERSE;
	if (code === 39) return withFg(value, 0);
	if (code === 49) return withBg(value, 0);
	if (code >= 30 && code <= 37) return withFg(value, code - 29);
	if (code >= 90 && code <= 97) return withFg(value, code - 81);
	if (code >= 40 && code <= 47) return withBg(value, code - 39);
	if (code >= 100 && code <= 107) return withBg(value, code - 91);
	return value;
}

const withFg = (value: number, colour: number) => (value & ~FG) | (colour & 0x1ff);
const withBg = (value: number, colour: number) => (value & ~BG) | ((colour & 0x1ff) << 9);

/** What an attribute word says. */
export interface Style {
	bold: boolean;
	dim: boolean;
	italic: boolean;
	underline: boolean;
	inverse: boolean;
	/** null: the terminal's own. */
	foreground: number | null;
	background: number | null;
}

export function styleOf(attribute: number): Style {
	const foreground = attribute & FG;
	const background = (attribute & BG) >>> 9;
	return {
		bold: (attribute & BOLD) !== 0,
		dim: (attribute & DIM) !== 0,
		italic: (attribute & ITALIC) !== 0,
		underline: (attribute & UNDERLINE) !== 0,
		inverse: (attribute & INVERSE) !== 0,
		foreground: foreground === 0 ? null : foreground - 1,
		background: background === 0 ? null : background - 1,
	};
}
