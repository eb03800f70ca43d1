/** Why an edit could not be applied, in words that a model can act on. */
export class EditProblem extends Error {
	override readonly name = "EditProblem";
}

interface EditBlock {
	search: string;
	replace: string;
}

const BLOCK = /^<{5,9} SEARCH[^\n]*\n([\s\S]*?)^={5,9}[ \t]*\n([\s\S]*?)^>{5,9} REPLACE/gm;

/**
 * Applies search/replace blocks, in their order. A SEARCH text must occur exactly once; where it does not, lines are
 * compared without the blanks at their ends, and then with one indentation less or more for all of them. Throws
 * EditProblem.
 */
export function applyEditBlocks(code: string, completion: string): string {
	const blocks = [...completion.matchAll(BLOCK)].map(([, search = "", replace = ""]) => ({ search, replace }));
	if (blocks.length === 0) throw new EditProblem("the answer holds no SEARCH/REPLACE block");
	return blocks.reduce((text, block, index) => applyOne(text, block, index + 1), code.replace(/\r\n/g, "\n"));
}

function applyOne(code: string, { search, replace }: EditBlock, number: number): string {
	if (search.trim() === "") {
		if (code.trim() === "") return replace;
		throw new EditProblem(`SEARCH of block ${number} is empty`);
	}
	const exact = occurrences(code, search);
	if (exact === 1) return code.replace(search, () => replace);
	if (exact > 1) throw new EditProblem(`SEARCH of block ${number} occurs ${exact} times; it must be unique`);
	const lines = code.split("\n");
	const wanted = withoutLastEmpty(search.split("\n"));
	const places = lines.flatMap((_, start) => (indentationAt(lines, wanted, start) === null ? [] : [start]));
	const [start, ...others] = places;
	if (start === undefined) throw new EditProblem(`SEARCH of block ${number} is not in the program`);
	if (others.length > 0) {
		throw new EditProblem(`SEARCH of block ${number} occurs ${places.length} times; it must be unique`);
	}
	const shift = indentationAt(lines, wanted, start) ?? { remove: "", add: "" };
	const replacement = withoutLastEmpty(replace.split("\n")).map((line) => shifted(line, shift));
	return [...lines.slice(0, start), ...replacement, ...lines.slice(start + wanted.length)].join("\n");
}

interface Shift {
	remove: string;
	add: string;
}

/** How the indentation of `wanted` differs from the lines at `start`; null: they are not the same. */
function indentationAt(lines: readonly string[], wanted: readonly string[], start: number): Shift | null {
	if (start + wanted.length > lines.length) return null;
	let shift: Shift | null = null;
	for (const [i, line] of wanted.entries()) {
		const there = (lines[start + i] ?? "").trimEnd();
		const here = line.trimEnd();
		if (here === "" || there === "") {
			if (here !== there) return null;
			continue;
		}
		if (there.trimStart() !== here.trimStart()) return null;
		const found = shiftBetween(indentOf(here), indentOf(there));
		if (found === null || (shift !== null && (shift.add !== found.add || shift.remove !== found.remove))) return null;
		shift = found;
	}
	return shift;
}

function shiftBetween(from: string, to: string): Shift | null {
	if (to.endsWith(from)) return { remove: "", add: to.slice(0, to.length - from.length) };
	if (from.endsWith(to)) return { remove: from.slice(0, from.length - to.length), add: "" };
	return null;
}

function shifted(line: string, { remove, add }: Shift): string {
	if (line.trim() === "") return line;
	return add + (line.startsWith(remove) ? line.slice(remove.length) : line);
}

function indentOf(line: string): string {
	return line.slice(0, line.length - line.trimStart().length);
}

function withoutLastEmpty(lines: string[]): string[] {
	return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function occurrences(text: string, part: string): number {
	let count = 0;
	for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) count++;
	return count;
}
