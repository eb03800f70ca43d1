import { STAGE_SIGNS, STATUS_SIGNS } from "../screens/glyphs.js";
import { stripStyle } from "../text/style.js";

/** Lines, blocks, braille and cursors: what only shows. */
const DRAWING = /[─-╿▀-▟⠀-⣿▸◆]+/gu;
const SIGN_WORDS: Readonly<Record<string, string>> = { "✓": "passed", "✗": "failed", "●": "live" };

/** Wherever it stands as a word of its own, or before a count. */
const SIGN = /(?<=^|[\s,([])[✓✗●](?=$|[\s,)\]\d])/gu;
/** A dot alone in its column: between titles it has one space on both sides. */
const NO_VALUE = /(?<=\s{2})·(?=\s{2}|\s*$)/gu;

/** Before its own word a sign says nothing more, also where a count stands between them. */
const SIGN_BEFORE_WORD = [...Object.values(STATUS_SIGNS), ...Object.values(STAGE_SIGNS)].map(
	({ glyph, word, short }) =>
		new RegExp(
			`(?<=^|[\\s,])${escaped(glyph)} (?=[\\d/ ]*(?:stopped: )?(?:${escaped(word)}|${escaped(short)})(?:$|[\\s,(]))`,
			"gu",
		),
);

function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** A row of our own words, as it is read aloud: signs are words, columns are parted by commas. */
export function spokenText(row: string): string {
	let text = stripStyle(row);
	for (const sign of SIGN_BEFORE_WORD) text = text.replace(sign, "");
	return signsAsWords(text)
		.replace(DRAWING, " ")
		.replaceAll("←→", "left and right")
		.replaceAll("↑↓", "up and down")
		.replace(/[↑↓]\s?/gu, "")
		.replaceAll("→", " to ")
		.replace(/\s+[·›]\s+/gu, ", ")
		.replace(/(?<=\S)\s{2,}(?=\S)/gu, ", ")
		.replace(/,(?:\s*,)+/gu, ",")
		.trim();
}

/** A row of a text, whose letters are as they were written; only what begins it is ours: a number, a sign, lines of a tree. */
export function spokenLine(row: string): string {
	return stripStyle(row)
		.trimEnd()
		.replace(/(?<!^\s*\d+)(?<=\S) {8,}/gu, "  ")
		.replace(/^[\s─-╿]+/u, (lines) => " ".repeat(lines.length))
		.replace(/^(\s*)· /u, "$1")
		.replace(SIGN, (sign) => SIGN_WORDS[sign] ?? sign)
		.replace(/^▸ ?/u, "found: ");
}

function signsAsWords(text: string): string {
	return text.replace(NO_VALUE, "none").replace(SIGN, (sign) => SIGN_WORDS[sign] ?? sign);
}

const KEY_WORDS: Readonly<Record<string, string>> = {
	"?": "question mark",
	"/": "slash",
	":": "colon",
	".": "dot",
	",": "comma",
	"[": "left bracket",
	"]": "right bracket",
	"<": "less than",
	">": "greater than",
	"{": "left brace",
	"}": "right brace",
	"!": "exclamation mark",
	"@": "at sign",
	"&": "ampersand",
	"`": "backquote",
	$: "dollar",
	"^": "caret",
	"*": "asterisk",
	"+": "plus",
	"-": "minus",
	_: "underscore",
	"=": "equals",
	"#": "number sign",
	"(": "left parenthesis",
	")": "right parenthesis",
};

/** `F` is Shift F, `^d` Control d: a voice tells neither capitals nor signs. */
export function spokenKey(shown: string): string {
	return shown
		.split(" ")
		.map((key) => {
			if (/^[A-Z]$/.test(key)) return `Shift ${key}`;
			if (/^\^./.test(key)) return `Control ${key.slice(1)}`;
			return KEY_WORDS[key] ?? key.replace(/^S-/, "Shift ");
		})
		.join(" or ");
}
