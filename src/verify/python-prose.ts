const KEYWORDS = new Set(
	(
		"and as assert async await break case class continue def del elif else except exec finally for from global if import " +
		"in is lambda match nonlocal not or pass print raise return try type while with yield"
	).split(" "),
);

/** Marks that a model writes where it ends, and that are no text of anybody's. */
const END_MARKS =
	/<\|(?:endoftext|im_end|im_start|eot_id|end|file_separator)\|>|<\/s>|\[\/?INST\]|<(?:end_of_turn|eos)>/;

/** Everything from the first end mark on goes. */
export function cutAtEndMark(text: string): string {
	const at = text.search(END_MARKS);
	return at < 0 ? text : text.slice(0, at);
}

/**
 * Cuts prose in front of a Python program and behind it: unindented lines that cannot be Python, such as two words with
 * nothing but a space between them. A line inside a string or brackets is never looked at, so no valid program changes.
 */
export function cutProse(text: string): string {
	const lines = text.split("\n");
	const isTop = topLevelLines(lines);
	let first = 0;
	while (first < lines.length && (isBlank(lines[first]) || isProse(lines[first] ?? ""))) first++;
	if (first === lines.length) return "";
	if (lines.slice(0, first).every(isBlank)) first = 0;
	let end = first;
	while (end < lines.length && !(isTop[end] === true && isProse(lines[end] ?? ""))) end++;
	if (first === 0 && end === lines.length) return text;
	return `${lines.slice(first, end).join("\n").trimEnd()}\n`;
}

function isBlank(line: string | undefined): boolean {
	return line === undefined || line.trim() === "";
}

/** Whether an unindented line, outside of strings and brackets, cannot be Python. */
function isProse(line: string): boolean {
	if (/^\d+[.)]\s|^[-*>]\s+[A-Za-z]|^#{2,}\s|^[A-Z]\w*(?: \w+)*[:.]\s*$/.test(line)) {
		return !/^(?:else|try|finally):/i.test(line) && !/^#/.test(line);
	}
	const [, word = ""] = /^([A-Za-z][\w'’-]*),? +["'`(]?[A-Za-z]/.exec(line) ?? [];
	if (word === "" || KEYWORDS.has(word)) return false;
	const [, second = ""] = /^\S+ +(\w+)/.exec(line) ?? [];
	return !["if", "in", "is", "and", "or", "not", "for", "else"].includes(second) || /[.!?:]$/.test(line.trimEnd());
}

/**
 * Cuts the last unindented statement of a program that ends in the middle of one: in a string, in brackets, behind a
 * colon, or in a line that needs more. `needed` has to be defined before it, or else nothing is cut.
 */
export function cutUnfinished(text: string, needed: RegExp): string {
	const lines = text.split("\n");
	const isTop = topLevelLines([...lines, ""]);
	if (isTop.at(-1) === true && !needsMore(lines, isTop)) return text;
	const start = lines.findLastIndex(
		(line, index) => isTop[index] === true && /^(?:def|class|async|@|if|for|while|\w+\()/.test(line),
	);
	const before = lines.slice(0, Math.max(0, start)).join("\n");
	return needed.test(before) ? `${before.trimEnd()}\n` : text;
}

const HEAD = /^(?:if|elif|for|while|def|class|with|except|async)\b/;
/** What no Python statement ends with; `1.`, `...` and `import *` are fine. */
const OPEN_END =
	/(?:[-+/%=<>&|^~!:@]|(?<!import )\*|(?<![\d.])\.|\b(?:and|or|not|in|is|if|elif|for|while|def|class|lambda|import|from|as|with|assert|del))$/;

/** Whether the last line with code on it ends where no statement can, as when a completion was cut at its token limit. */
function needsMore(lines: readonly string[], isTop: readonly boolean[]): boolean {
	const at = lines.findLastIndex((line) => !isBlank(line) && !line.trimStart().startsWith("#"));
	if (isTop[at] !== true) return false;
	const code = tokensOf(lines[at]?.trim() ?? "")
		.map((token) => (/^["']/.test(token) ? "_" : token.startsWith("#") ? "" : token))
		.join("")
		.trim();
	return OPEN_END.test(code) || (HEAD.test(code) && !withoutBrackets(code).includes(":"));
}

function withoutBrackets(code: string): string {
	let depth = 0;
	return [...code]
		.filter((character) => {
			depth = Math.max(0, depth + bracketsIn(character));
			return depth === 0;
		})
		.join("");
}

/** Which lines begin outside of triple-quoted strings and brackets. */
function topLevelLines(lines: readonly string[]): boolean[] {
	let quotes: string | null = null;
	let depth = 0;
	return lines.map((line) => {
		const isTop = quotes === null && depth === 0;
		for (let rest = line; rest !== ""; ) {
			if (quotes !== null) {
				const end = rest.indexOf(quotes);
				if (end < 0) break;
				rest = rest.slice(end + 3);
				quotes = null;
				continue;
			}
			const token = firstToken(rest);
			if (token === '"""' || token === "'''") quotes = token;
			else if (!/^["'#]/.test(token)) depth = Math.max(0, depth + bracketsIn(token));
			rest = rest.slice(Math.max(1, token.length));
		}
		return isTop;
	});
}

/** A string, a comment, or what stands before the next one. */
function firstToken(line: string): string {
	return /^(?:"""|'''|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|#.*|[^"'#]+|.)/.exec(line)?.[0] ?? "";
}

function tokensOf(line: string): string[] {
	const tokens: string[] = [];
	for (let rest = line; rest !== ""; ) {
		const token = firstToken(rest);
		tokens.push(token);
		rest = rest.slice(Math.max(1, token.length));
	}
	return tokens;
}

function bracketsIn(code: string): number {
	let depth = 0;
	for (const character of code) {
		if ("([{".includes(character)) depth++;
		else if (")]}".includes(character)) depth--;
	}
	return depth;
}
