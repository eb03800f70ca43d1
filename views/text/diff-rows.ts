import { diffWordsWithSpace, structuredPatch } from "diff";
import { cellWidth, codePointWidth, toCells, visible } from "./cells.js";
import { addedLine, addedWord, bold, cyan, dim, type Paint, plain, removedLine, removedWord } from "./style.js";

export interface DiffSide {
	name: string;
	text: string;
}

interface Line {
	sign: " " | "-" | "+";
	text: string;
	before: number | null;
	after: number | null;
	/** The line it replaces or is replaced by. */
	partner: string | null;
}

const NUMBER_CELLS = 4;

/** Hunks of a diff as rows of exactly `width` cells, and the row of each hunk's head. Signs tell what colours repeat. */
export function diffRows(
	before: DiffSide,
	after: DiffSide,
	width: number,
	layout: { sideBySide: boolean; wraps: boolean },
): { rows: string[]; marks: number[] } {
	const patch = structuredPatch(before.name, after.name, ended(before.text), ended(after.text), "", "", { context: 3 });
	const rows = [bold(toCells(` ${before.name} → ${after.name}`, width))];
	const marks: number[] = [];
	if (patch.hunks.length === 0) rows.push(dim(toCells(" no difference", width)));
	for (const hunk of patch.hunks) {
		marks.push(rows.length);
		const head = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
		rows.push(cyan(toCells(` ${head}`, width)));
		const lines = numbered(hunk.lines, hunk.oldStart, hunk.newStart);
		rows.push(
			...(layout.sideBySide
				? splitRows(lines, width, layout.wraps)
				: lines.flatMap((line) => unifiedRows(line, width, layout.wraps))),
		);
	}
	return { rows, marks };
}

const ended = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

function numbered(lines: readonly string[], oldStart: number, newStart: number): Line[] {
	let before = oldStart;
	let after = newStart;
	const out: Line[] = [];
	for (const line of lines) {
		const text = line.slice(1);
		if (line.startsWith("-")) out.push({ sign: "-", text, before: before++, after: null, partner: null });
		else if (line.startsWith("+")) out.push({ sign: "+", text, before: null, after: after++, partner: null });
		else if (line.startsWith(" ")) out.push({ sign: " ", text, before: before++, after: after++, partner: null });
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

function unifiedRows(line: Line, width: number, wraps: boolean): string[] {
	const number = (value: number | null) => String(value ?? "").padStart(NUMBER_CELLS);
	return lineRows(line, `${number(line.before)}${number(line.after)} ${line.sign} `, width, wraps);
}

/** The gutter stands before the first row; the sign before every one. */
function lineRows(line: Line, gutter: string, width: number, wraps: boolean): string[] {
	const more = `${line.sign} `.padStart(gutter.length);
	return words(line, Math.max(2, width - gutter.length), wraps).map((text, i) =>
		paintOf(line)(`${dim(i === 0 ? gutter : more)}${text}`),
	);
}

function splitRows(lines: readonly Line[], width: number, wraps: boolean): string[] {
	const leftCells = Math.floor((width - 1) / 2);
	const rightCells = width - 1 - leftCells;
	const rows: string[] = [];
	const pair = (left: Line | null, right: Line | null) => {
		const before = halfRows(left, left?.before ?? null, leftCells, wraps);
		const after = halfRows(right, right?.after ?? null, rightCells, wraps);
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

function halfRows(line: Line | null, number: number | null, width: number, wraps: boolean): string[] {
	if (!line) return [];
	return lineRows(line, `${String(number ?? "").padStart(NUMBER_CELLS)} ${line.sign} `, width, wraps);
}

const paintOf = (line: Line): Paint => (line.sign === "-" ? removedLine : line.sign === "+" ? addedLine : plain);

interface Piece {
	text: string;
	differs: boolean;
}

/** The line with the words that differ from its partner made stronger, in rows of exactly `width` cells. */
function words(line: Line, width: number, wraps: boolean): string[] {
	const strong = line.sign === "-" ? removedWord : addedWord;
	const rows: string[] = [];
	let row = "";
	let used = 0;
	const close = () => {
		rows.push(row + " ".repeat(width - used));
		row = "";
		used = 0;
	};
	for (const { text, differs } of piecesOf(line)) {
		let rest = text;
		while (rest !== "") {
			const head = headOf(rest, width - used);
			if (head === "") {
				close();
				continue;
			}
			row += differs ? strong(head) : head;
			used += cellWidth(head);
			rest = rest.slice(head.length);
		}
	}
	close();
	if (wraps || rows.length === 1) return rows;
	return [
		toCells(
			piecesOf(line)
				.map((piece) => piece.text)
				.join(""),
			width,
		),
	];
}

function piecesOf(line: Line): Piece[] {
	if (line.partner === null) return [{ text: visible(line.text), differs: false }];
	const [before, after] = line.sign === "-" ? [line.text, line.partner] : [line.partner, line.text];
	return diffWordsWithSpace(before, after)
		.filter((part) => !(line.sign === "-" ? part.added : part.removed))
		.map((part) => ({ text: visible(part.value), differs: part.added || part.removed }));
}

/** As much of the beginning as fits, never half a character. Two cells hold any. */
function headOf(text: string, room: number): string {
	let head = "";
	let used = 0;
	for (const char of text) {
		used += codePointWidth(char);
		if (used > room) break;
		head += char;
	}
	return head;
}
