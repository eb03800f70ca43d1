const ZERO_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}/u;
const EMOJI = /\p{Emoji_Presentation}/u;
/** Marks on one character; more of them would climb into the rows above. */
const MOST_MARKS = 3;
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
	if (ZERO_WIDTH.test(char) || (code >= 0x1160 && code <= 0x11ff) || (code >= 0xd7b0 && code <= 0xd7ff)) return 0;
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
 * character becomes its escape in letters, so that nothing a candidate wrote can act on the terminal or be there unseen.
 * Marks stay on their character. One line.
 */
export function visible(text: string): string {
	if (PLAIN.test(text)) return text;
	let out = "";
	let column = 0;
	let before = "";
	let marks = 0;
	for (const char of text) {
		const isMark = codePointWidth(char) === 0 && !HIDDEN.test(char);
		marks = isMark ? marks + 1 : 0;
		const piece = isMark ? shownMark(char, before, marks) : shownChar(char, column, before);
		out += piece;
		column += piece.length === 1 && !isMark ? 1 : cellWidth(piece);
		if (!isMark && piece !== "") before = piece === char ? char : "";
	}
	return out;
}

/** Format characters, fillers, tags, selectors, line separators, and what has no character yet. */
const HIDDEN = /\p{Cf}|\p{Zl}|\p{Zp}|\p{Cn}|\p{Default_Ignorable_Code_Point}/u;
const PICTOGRAPH = /\p{Extended_Pictographic}|\p{Emoji}/u;

/** A mark without a character of its own would sit on what the screen has before it. */
function shownMark(char: string, before: string, marks: number): string {
	if (marks > MOST_MARKS) return escaped(char);
	return before === "" && marks === 1 ? `\u25cc${char}` : char;
}

function shownChar(char: string, column: number, before: string): string {
	const code = char.codePointAt(0) ?? 0;
	if (char === "\t") return " ".repeat(TAB_CELLS - (column % TAB_CELLS));
	if (char === "\n") return "\\n";
	if (char === "\r") return "\\r";
	if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return escaped(char);
	if (code >= 0xd800 && code <= 0xdfff) return "\ufffd";
	// In an emoji, selectors and joiners make terminals disagree about widths; its parts stay without them.
	if ((code === 0x200d || code === 0xfe0e || code === 0xfe0f) && PICTOGRAPH.test(before)) return "";
	return HIDDEN.test(char) ? escaped(char) : char;
}

/** Whether a character may stand in a cell as it is: whatever else was forgotten, nothing acts on the terminal. */
export function isShown(char: string): boolean {
	const code = char.codePointAt(0) ?? 0;
	return code >= 0x20 && !(code >= 0x7f && code < 0xa0) && !(code >= 0xd800 && code <= 0xdfff) && !HIDDEN.test(char);
}

/** As Python writes it. */
function escaped(char: string): string {
	const code = char.codePointAt(0) ?? 0;
	if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
	return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
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

/** A path in at most `width` cells; what is cut is its beginning, as the end of a path tells more. */
export function cutStart(text: string, width: number): string {
	const shown = visible(text);
	return cellWidth(shown) <= width ? shown : `…${endCells(shown, Math.max(0, width - 1))}`;
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
