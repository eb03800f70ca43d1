import { diffWordsWithSpace, structuredPatch } from "diff";
import { toCells, visible } from "./cells.js";
import { type LineLayout, layPieces, overhangOf, type Piece, plainPiece } from "./pieces.js";
import { colourPython } from "./python-colours.js";
import { addedLine, addedWord, bold, cyan, dim, type Paint, plain, removedLine, removedWord } from "./style.js";

export interface DiffSide {
	name: string;
	text: string;
}

/** One line of one side, and where it is painted how. */
interface Line {
	sign: " " | "-" | "+";
	/** Safe to show. */
	text: string;
	before: number | null;
	after: number | null;
	/** The line it replaces or is replaced by. */
	partner: string | null;
	/** In the colours of its language. */
	code: readonly Piece[];
}

export interface DiffLayout extends LineLayout {
	sideBySide: boolean;
	/** Both sides are programs in Python. */
	isPython: boolean;
}

const NUMBER_CELLS = 4;
const UNIFIED_GUTTER = 2 * NUMBER_CELLS + 3;
const SPLIT_GUTTER = NUMBER_CELLS + 3;

/**
 * Hunks of a diff as rows of exactly `width` cells, the row of each hunk's head, and how far lines go on beyond the
 * pane. Signs tell what colours repeat.
 */
export function diffRows(
	before: DiffSide,
	after: DiffSide,
	width: number,
	layout: DiffLayout,
): { rows: string[]; marks: number[]; overhang: number } {
	const patch = structuredPatch(before.name, after.name, ended(before.text), ended(after.text), "", "", { context: 3 });
	const rows = [bold(toCells(` ${before.name} → ${after.name}`, width))];
	const marks: number[] = [];
	if (patch.hunks.length === 0) rows.push(dim(toCells(" no difference", width)));
	const colours = { before: codeOf(before, layout), after: codeOf(after, layout) };
	const textCells = layout.sideBySide ? Math.floor((width - 1) / 2) - SPLIT_GUTTER : width - UNIFIED_GUTTER;
	let overhang = 0;
	for (const hunk of patch.hunks) {
		marks.push(rows.length);
		const head = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
		rows.push(cyan(toCells(` ${head}`, width)));
		const lines = numbered(hunk, colours);
		overhang = Math.max(
			overhang,
			overhangOf(
				lines.map(({ code }) => code),
				textCells,
			),
		);
		rows.push(
			...(layout.sideBySide
				? splitRows(lines, width, layout)
				: lines.flatMap((line) => unifiedRows(line, width, layout))),
		);
	}
	return { rows, marks, overhang };
}

const ended = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

function codeOf(side: DiffSide, { isPython }: DiffLayout): Piece[][] {
	const lines = side.text.split("\n").map(visible);
	return isPython ? colourPython(lines) : lines.map((line) => [plainPiece(line)]);
}

function numbered(
	{ lines, oldStart, newStart }: { lines: readonly string[]; oldStart: number; newStart: number },
	colours: { before: Piece[][]; after: Piece[][] },
): Line[] {
	let before = oldStart;
	let after = newStart;
	const out: Line[] = [];
	for (const line of lines) {
		const text = visible(line.slice(1));
		const whole = { text, partner: null };
		if (line.startsWith("-"))
			out.push({ ...whole, sign: "-", before, after: null, code: colours.before[before++ - 1] ?? [] });
		else if (line.startsWith("+"))
			out.push({ ...whole, sign: "+", before: null, after, code: colours.after[after++ - 1] ?? [] });
		else if (line.startsWith(" "))
			out.push({ ...whole, sign: " ", before: before++, after, code: colours.after[after++ - 1] ?? [] });
	}
	for (const { removed, added } of changes(out)) {
		for (let i = 0; i < Math.min(removed.length, added.length); i++) {
			const from = removed[i];
			const to = added[i];
			if (from && to) {
				from.partner = to.text;
				to.partner = from.text;
			}
		}
	}
	return out;
}

/** Neighbouring removed and added lines. */
function changes(lines: readonly Line[]): { removed: Line[]; added: Line[] }[] {
	const out: { removed: Line[]; added: Line[] }[] = [];
	let open: { removed: Line[]; added: Line[] } | null = null;
	for (const line of lines) {
		if (line.sign === " ") {
			open = null;
			continue;
		}
		if (open === null || (line.sign === "-" && open.added.length > 0)) {
			open = { removed: [], added: [] };
			out.push(open);
		}
		(line.sign === "-" ? open.removed : open.added).push(line);
	}
	return out;
}

function unifiedRows(line: Line, width: number, layout: LineLayout): string[] {
	const number = (value: number | null) => String(value ?? "").padStart(NUMBER_CELLS);
	return lineRows(line, `${number(line.before)}${number(line.after)} ${line.sign} `, width, layout);
}

/** The gutter stands before the first row; the sign before every one. */
function lineRows(line: Line, gutter: string, width: number, layout: LineLayout): string[] {
	const more = `${line.sign} `.padStart(gutter.length);
	return layPieces(words(line), Math.max(2, width - gutter.length), layout).map((text, i) =>
		paintOf(line)(`${dim(i === 0 ? gutter : more)}${text}`),
	);
}

function splitRows(lines: readonly Line[], width: number, layout: LineLayout): string[] {
	const leftCells = Math.floor((width - 1) / 2);
	const rightCells = width - 1 - leftCells;
	const rows: string[] = [];
	const pair = (left: Line | null, right: Line | null) => {
		const before = halfRows(left, left?.before ?? null, leftCells, layout);
		const after = halfRows(right, right?.after ?? null, rightCells, layout);
		for (let i = 0; i < Math.max(before.length, after.length); i++) {
			rows.push(`${before[i] ?? " ".repeat(leftCells)}${dim("│")}${after[i] ?? " ".repeat(rightCells)}`);
		}
	};
	let i = 0;
	while (i < lines.length) {
		const line = lines[i];
		if (line?.sign === " ") {
			pair(line, line);
			i++;
			continue;
		}
		const removed = runOf(lines, i, "-");
		const added = runOf(lines, i + removed.length, "+");
		i += removed.length + added.length;
		for (let j = 0; j < Math.max(removed.length, added.length); j++) pair(removed[j] ?? null, added[j] ?? null);
	}
	return rows;
}

function runOf(lines: readonly Line[], start: number, sign: "-" | "+"): Line[] {
	const end = lines.findIndex((line, i) => i >= start && line.sign !== sign);
	return lines.slice(start, end < 0 ? lines.length : end);
}

function halfRows(line: Line | null, number: number | null, width: number, layout: LineLayout): string[] {
	if (!line) return [];
	return lineRows(line, `${String(number ?? "").padStart(NUMBER_CELLS)} ${line.sign} `, width, layout);
}

const paintOf = (line: Line): Paint => (line.sign === "-" ? removedLine : line.sign === "+" ? addedLine : plain);

/** The line with the words that differ from its partner made stronger; those are in the colour of text alone. */
function words(line: Line): readonly Piece[] {
	if (line.partner === null) return line.code;
	const strong = line.sign === "-" ? removedWord : addedWord;
	const [before, after] = line.sign === "-" ? [line.text, line.partner] : [line.partner, line.text];
	const parts = diffWordsWithSpace(before, after).filter((part) => !(line.sign === "-" ? part.added : part.removed));
	let at = 0;
	return parts.flatMap(({ value, added, removed }) => {
		const start = at;
		at += value.length;
		return added || removed ? [{ text: value, paint: strong }] : cutPieces(line.code, start, at);
	});
}

/** The pieces of the characters from `start` to before `end`. */
function cutPieces(line: readonly Piece[], start: number, end: number): Piece[] {
	let at = 0;
	return line.flatMap(({ text, paint }) => {
		const from = at;
		at += text.length;
		const part = text.slice(Math.max(0, start - from), Math.max(0, end - from));
		return part === "" ? [] : [{ text: part, paint }];
	});
}
