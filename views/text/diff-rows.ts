import { diffWordsWithSpace, structuredPatch } from "diff";
import { cellWidth, takeCells, toCells, visible } from "./cells.js";
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
	sideBySide: boolean,
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
		rows.push(...(sideBySide ? splitRows(lines, width) : lines.map((line) => unifiedRow(line, width))));
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

function unifiedRow(line: Line, width: number): string {
	const number = (value: number | null) => String(value ?? "").padStart(NUMBER_CELLS);
	const gutter = `${number(line.before)}${number(line.after)} ${line.sign} `;
	return paintOf(line)(`${dim(gutter)}${words(line, Math.max(0, width - gutter.length))}`);
}

function splitRows(lines: readonly Line[], width: number): string[] {
	const leftCells = Math.floor((width - 1) / 2);
	const rightCells = width - 1 - leftCells;
	const rows: string[] = [];
	const pair = (left: Line | null, right: Line | null) =>
		rows.push(
			`${halfRow(left, left?.before ?? null, leftCells)}${dim("│")}${halfRow(right, right?.after ?? null, rightCells)}`,
		);
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

function halfRow(line: Line | null, number: number | null, width: number): string {
	if (!line) return " ".repeat(width);
	const gutter = `${String(number ?? "").padStart(NUMBER_CELLS)} ${line.sign} `;
	return paintOf(line)(`${dim(gutter)}${words(line, Math.max(0, width - gutter.length))}`);
}

const paintOf = (line: Line): Paint => (line.sign === "-" ? removedLine : line.sign === "+" ? addedLine : plain);

/** The line with the words that differ from its partner made stronger. */
function words(line: Line, width: number): string {
	if (line.partner === null) return toCells(line.text, width);
	const [before, after] = line.sign === "-" ? [line.text, line.partner] : [line.partner, line.text];
	const strong = line.sign === "-" ? removedWord : addedWord;
	let out = "";
	let used = 0;
	for (const part of diffWordsWithSpace(before, after)) {
		if (line.sign === "-" ? part.added : part.removed) continue;
		const shown = visible(part.value);
		const room = width - used;
		if (room <= 0) break;
		const cut = cellWidth(shown) > room ? `${takeCells(shown, room - 1)}…` : shown;
		out += part.added || part.removed ? strong(cut) : cut;
		used += cellWidth(cut);
	}
	return out + " ".repeat(Math.max(0, width - used));
}
