const ZERO_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}/u;
const EMOJI = /\p{Emoji_Presentation}/u;
/** East Asian wide and fullwidth blocks, first and last code point. */
const WIDE: readonly (readonly [number, number])[] = [
	[0x1100, 0x115f],
	[0x2e80, 0x303e],
	[0x3041, 0x4dbf],
	[0x4e00, 0xa4cf],
	[0xa960, 0xa97f],
	[0xac00, 0xd7a3],
	[0xf900, 0xfaff],
	[0xfe10, 0xfe19],
	[0xfe30, 0xfe6f],
	[0xff00, 0xff60],
	[0xffe0, 0xffe6],
	[0x20000, 0x3fffd],
];
const TAB_CELLS = 4;
const PLAIN = /^[\x20-\x7e]*$/;

/** Cells that one code point takes: 0, 1 or 2. */
export function codePointWidth(char: string): 0 | 1 | 2 {
	const code = char.codePointAt(0) ?? 0;
	if (code < 0x300) return 1;
	if (ZERO_WIDTH.test(char)) return 0;
	if (WIDE.some(([first, last]) => code >= first && code <= last) || EMOJI.test(char)) return 2;
	return 1;
}

export function cellWidth(text: string): number {
	if (PLAIN.test(text)) return text.length;
	let width = 0;
	for (const char of text) width += codePointWidth(char);
	return width;
}

/**
 * Text that is safe to show: tabs become spaces, every control code, bidirectional override and other invisible
 * character becomes its escape in letters, so that nothing a candidate wrote can act on the terminal. One line.
 */
export function visible(text: string): string {
	if (PLAIN.test(text)) return text;
	let out = "";
	let column = 0;
	for (const char of text) {
		const piece = visibleChar(char, column);
		out += piece;
		column += piece.length === 1 ? 1 : cellWidth(piece);
	}
	return out;
}

function visibleChar(char: string, column: number): string {
	const code = char.codePointAt(0) ?? 0;
	if (char === "\t") return " ".repeat(TAB_CELLS - (column % TAB_CELLS));
	if (char === "\n") return "\\n";
	if (char === "\r") return "\\r";
	if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `\\x${code.toString(16).padStart(2, "0")}`;
	if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
	// Variation selectors and joiners make terminals disagree about widths; the character stays without them.
	if (code === 0x200d || (code >= 0xfe00 && code <= 0xfe0f)) return "";
	if (/\p{Cf}|\p{Zl}|\p{Zp}/u.test(char)) return `\\u${code.toString(16).padStart(4, "0")}`;
	return char;
}

/** Exactly `width` cells: shown safely, cut with an ellipsis, or filled with spaces. */
export function toCells(text: string, width: number, align: "left" | "right" = "left"): string {
	if (width <= 0) return "";
	const shown = visible(text);
	const cells = cellWidth(shown);
	if (cells <= width) {
		const fill = " ".repeat(width - cells);
		return align === "left" ? shown + fill : fill + shown;
	}
	return `${takeCells(shown, width - 1)}…`;
}

/** An id in at most `width` cells; what is cut is its middle, as ids often differ at the end. At least 8 cells. */
export function shortId(id: string, width: number): string {
	const shown = visible(id);
	const room = Math.max(8, width);
	if (cellWidth(shown) <= room) return shown;
	const end = endCells(shown, Math.floor((room - 1) / 2));
	return `${takeCells(shown, room - 1 - cellWidth(end)).trimEnd()}…${end}`;
}

function endCells(text: string, width: number): string {
	let out = "";
	let used = 0;
	for (const char of [...text].reverse()) {
		used += codePointWidth(char);
		if (used > width) break;
		out = char + out;
	}
	return out;
}

/** The first cells of `text`, filled where a wide character does not fit any more. */
export function takeCells(text: string, width: number): string {
	if (PLAIN.test(text)) return text.slice(0, width).padEnd(width);
	let out = "";
	let used = 0;
	for (const char of text) {
		const next = codePointWidth(char);
		if (used + next > width) break;
		out += char;
		used += next;
	}
	return out + " ".repeat(width - used);
}
