export type LexemeKind = "long" | "short" | "name" | "newline" | "mark";

export interface Lexeme {
	kind: LexemeKind;
	text: string;
	/** Counts from 0. */
	line: number;
	/** Where its line begins to hold something, in columns. */
	width: number;
}

/** Longest first. */
const OPERATORS = "**= //= >>= <<= ... != == <= >= -> := += -= *= /= %= &= |= ^= @= ** // << >>".split(" ");

const LEXEME = new RegExp(
	[
		String.raw`(?<long>[rRbBuUfF]{0,2}(?:"""(?:[^\\]|\\[\s\S])*?(?:"""|(?![\s\S]))|'''(?:[^\\]|\\[\s\S])*?(?:'''|(?![\s\S]))))`,
		String.raw`(?<short>[rRbBuUfF]{0,2}(?:"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?))`,
		String.raw`(?<comment>#[^\n]*)`,
		"(?<name>[A-Za-z_][A-Za-z0-9_]*)",
		String.raw`(?<joined>\\\r?\n)`,
		String.raw`(?<newline>\n)`,
		String.raw`(?<blank>[ \t\r\f\v]+)`,
		`(?<mark>${OPERATORS.map((operator) => operator.replace(/[*.|^+]/g, "\\$&")).join("|")}|[\\s\\S])`,
	].join("|"),
	"gu",
);

/** A program cut up, without blanks and comments; what is no Python is cut up, too. The twin of `tokens.py` of the trainer. */
export function lexemes(code: string): Lexeme[] {
	const found: Lexeme[] = [];
	let line = 0;
	let width = 0;
	let isFresh = true;
	for (const { 0: text, groups = {} } of code.matchAll(LEXEME)) {
		const kind = kindOf(groups);
		if (kind === "blank") {
			if (isFresh) width = columns(text);
		} else if (kind !== "comment" && kind !== "joined") found.push({ kind, text, line, width });
		if (kind === "newline") {
			isFresh = true;
			width = 0;
		} else if (kind !== "blank") isFresh = false;
		if (kind === "newline" || kind === "long" || kind === "short" || kind === "joined") line += newlines(text);
	}
	return found;
}

/** Lines as Python counts them: one goes on while a bracket is open. */
export function logicalLines(all: readonly Lexeme[]): Lexeme[][] {
	const lines: Lexeme[][] = [];
	let line: Lexeme[] = [];
	let depth = 0;
	for (const lexeme of all) {
		if (lexeme.kind === "newline") {
			if (depth === 0 && line.length > 0) {
				lines.push(line);
				line = [];
			}
			continue;
		}
		if (lexeme.kind === "mark") {
			if (isOpening(lexeme.text)) depth++;
			else if (isClosing(lexeme.text)) depth = Math.max(0, depth - 1);
		}
		line.push(lexeme);
	}
	if (line.length > 0) lines.push(line);
	return lines;
}

/** Names right after `(`, `,`, `*` or `**` in the brackets of a `def`, outside further brackets. */
export function parameterNames(all: readonly Lexeme[]): Set<string> {
	const names = new Set<string>();
	let depth = 0;
	for (const [at, { kind, text }] of all.entries()) {
		if (depth === 0) {
			if (text === "(" && at >= 2 && all[at - 2]?.text === "def" && all[at - 1]?.kind === "name") depth = 1;
		} else if (kind === "mark" && isOpening(text)) depth++;
		else if (kind === "mark" && isClosing(text)) depth--;
		else if (depth === 1 && kind === "name" && BEFORE_PARAMETER.has(all[at - 1]?.text ?? "")) names.add(text);
	}
	return names;
}

const BEFORE_PARAMETER = new Set(["(", ",", "*", "**"]);

function kindOf(groups: Readonly<Record<string, string | undefined>>): LexemeKind | "comment" | "joined" | "blank" {
	if (groups.name !== undefined) return "name";
	if (groups.mark !== undefined) return "mark";
	if (groups.blank !== undefined) return "blank";
	if (groups.newline !== undefined) return "newline";
	if (groups.short !== undefined) return "short";
	if (groups.long !== undefined) return "long";
	return groups.comment !== undefined ? "comment" : "joined";
}

function isOpening(mark: string): boolean {
	return mark === "(" || mark === "[" || mark === "{";
}

function isClosing(mark: string): boolean {
	return mark === ")" || mark === "]" || mark === "}";
}

function columns(blank: string): number {
	let width = 0;
	for (const character of blank) {
		if (character === " ") width++;
		else if (character === "\t") width += 8 - (width % 8);
	}
	return width;
}

function newlines(text: string): number {
	let count = 0;
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
	return count;
}
