import { type Piece, plainPiece } from "./pieces.js";
import { blue, cyan, green, grey, magenta, type Paint, plain, yellow } from "./style.js";

const KEYWORDS = new Set(
	"and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield".split(
		" ",
	),
);
const CONSTANTS = new Set(["None", "True", "False", "self"]);
const TOKEN =
	/(?<comment>#.*)|(?<triple>[rbfuRBFU]{0,2}("""|'''))|(?<string>[rbfuRBFU]{0,2}("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?))|(?<number>\b\d[\w.]*)|(?<word>[A-Za-z_]\w*)/g;

/** Lines of a Python program that are safe to show, in simple colours. Colours never carry meaning here. */
export function colourPython(lines: readonly string[]): Piece[][] {
	return lines.map(pythonColourer());
}

/** Colours one line after the other, and remembers a triple quote that is open. */
export function pythonColourer(): (line: string) => Piece[] {
	let open: string | null = null;
	return (line) => {
		const coloured: Coloured = colourLine(line, open);
		open = coloured.open;
		return coloured.pieces;
	};
}

interface Coloured {
	pieces: Piece[];
	/** The triple quote that is open after it. */
	open: string | null;
}

function colourLine(line: string, open: string | null): Coloured {
	if (open === null) return colourCode(line);
	const end = line.indexOf(open);
	if (end < 0) return { pieces: [{ text: line, paint: green }], open };
	const rest = colourCode(line.slice(end + 3));
	return { pieces: [{ text: line.slice(0, end + 3), paint: green }, ...rest.pieces], open: rest.open };
}

function colourCode(code: string): Coloured {
	const pieces: Piece[] = [];
	let at = 0;
	let before = "";
	const add = (end: number, paint: Paint) => {
		if (end > at) pieces.push({ text: code.slice(at, end), paint });
		at = end;
	};
	TOKEN.lastIndex = 0;
	for (let match = TOKEN.exec(code); match; match = TOKEN.exec(code)) {
		const { comment, triple, string, number, word } = match.groups ?? {};
		add(match.index, plain);
		if (triple !== undefined) {
			const quote = triple.slice(-3);
			const end = code.indexOf(quote, TOKEN.lastIndex);
			add(end < 0 ? code.length : end + 3, green);
			if (end < 0) return { pieces, open: quote };
			TOKEN.lastIndex = at;
		} else if (comment !== undefined) add(TOKEN.lastIndex, grey);
		else if (string !== undefined) add(TOKEN.lastIndex, green);
		else if (number !== undefined) add(TOKEN.lastIndex, cyan);
		else add(TOKEN.lastIndex, paintOfWord(match[0], before));
		before = word ?? "";
	}
	if (at < code.length) pieces.push(plainPiece(code.slice(at)));
	return { pieces, open: null };
}

function paintOfWord(word: string, before: string): Paint {
	if (before === "def" || before === "class") return yellow;
	if (KEYWORDS.has(word)) return magenta;
	return CONSTANTS.has(word) ? blue : plain;
}
