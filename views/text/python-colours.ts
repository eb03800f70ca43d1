import { visible } from "./cells.js";
import { blue, cyan, green, grey, magenta, yellow } from "./style.js";

const KEYWORDS = new Set(
	"and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield".split(
		" ",
	),
);
const CONSTANTS = new Set(["None", "True", "False", "self"]);
const TOKEN =
	/(?<comment>#.*)|(?<triple>[rbfuRBFU]{0,2}("""|'''))|(?<string>[rbfuRBFU]{0,2}("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?))|(?<number>\b\d[\w.]*)|(?<word>[A-Za-z_]\w*)/g;

/** Lines of a Python program, safe to show and in simple colours. Colours never carry meaning here. */
export function colourPython(lines: readonly string[]): string[] {
	let open: string | null = null;
	return lines.map((line) => {
		const shown = visible(line.replace(/\r$/, ""));
		const coloured: { text: string; open: string | null } = colourLine(shown, open);
		open = openAfter(line, open);
		return coloured.text;
	});
}

function colourLine(line: string, open: string | null): { text: string; open: string | null } {
	if (open === null) return colourCode(line);
	const end = line.indexOf(open);
	if (end < 0) return { text: green(line), open };
	const rest = colourCode(line.slice(end + 3));
	return { text: green(line.slice(0, end + 3)) + rest.text, open: rest.open };
}

/** The triple quote that is open after a line; taken from the whole line, also where it is shown cut. */
function openAfter(line: string, open: string | null): string | null {
	return colourLine(line, open).open;
}

function colourCode(code: string): { text: string; open: string | null } {
	let out = "";
	let at = 0;
	let word = "";
	TOKEN.lastIndex = 0;
	for (let match = TOKEN.exec(code); match; match = TOKEN.exec(code)) {
		const { comment, triple, string, number } = match.groups ?? {};
		out += code.slice(at, match.index);
		at = TOKEN.lastIndex;
		if (triple !== undefined) {
			const quote = triple.slice(-3);
			const end = code.indexOf(quote, at);
			if (end < 0) return { text: out + green(code.slice(match.index)), open: quote };
			at = end + 3;
			TOKEN.lastIndex = at;
			out += green(code.slice(match.index, at));
		} else if (comment !== undefined) out += grey(comment);
		else if (string !== undefined) out += green(string);
		else if (number !== undefined) out += cyan(number);
		else out += colourWord(match[0], word);
		word = match.groups?.word ?? "";
	}
	return { text: out + code.slice(at), open: null };
}

function colourWord(word: string, before: string): string {
	if (before === "def" || before === "class") return yellow(word);
	if (KEYWORDS.has(word)) return magenta(word);
	if (CONSTANTS.has(word)) return blue(word);
	return word;
}
