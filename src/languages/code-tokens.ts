/** Any character that is not ASCII counts as a letter: `assay_trainer/likeness.py` cuts programs in the same way. */
const TOKEN =
	/#[^\n]*|[rRbBuUfF]{0,2}("""|''')[\s\S]*?\1|[rRbBuUfF]{0,2}"(?:[^"\\\n]|\\[^\n])*"|[rRbBuUfF]{0,2}'(?:[^'\\\n]|\\[^\n])*'|[A-Za-z_\x80-\uffff][A-Za-z0-9_\x80-\uffff]*|[0-9][A-Za-z0-9_.\x80-\uffff]*|\*\*=?|\/\/=?|->|[<>=!+\-*/%&|^:@]=|<<=?|>>=?|[!-/:-@[-^`{-~]/g;

/** Names that mean the same in every program. Names after a dot are kept too; all others are the author's choice. */
const FIXED_NAMES = new Set(
	(
		"False None True and as assert async await break class continue def del elif else except finally for from global if " +
		"import in is lambda nonlocal not or pass raise return try while with yield abs all any bool chr dict divmod " +
		"enumerate filter float int isinstance iter len list map max min next ord pow print range repr reversed round set " +
		"sorted str sum tuple type zip self math re collections itertools functools heapq Counter defaultdict deque reduce"
	).split(" "),
);

/** Tokens of a Python program without comments, docstrings and layout; chosen names are all alike, or as `rename` says. */
export function codeTokens(code: string, rename: (name: string) => string = () => "x"): string[] {
	const tokens: string[] = [];
	for (const [token, quotes] of code.matchAll(TOKEN)) {
		if (token.startsWith("#")) continue;
		if (quotes !== undefined) continue;
		if (/^[A-Za-z_\x80-\uffff]/.test(token) && !/["']$/.test(token)) {
			tokens.push(FIXED_NAMES.has(token) || tokens.at(-1) === "." ? token : rename(token));
		} else tokens.push(token.replace(/^[rRbBuUfF]*'([^\n]*)'$/, '"$1"'));
	}
	return tokens;
}

/** Letters, digits and underscores; beyond ASCII everything but spaces and punctuation. */
const WORD = /[0-9a-z_\xc0-\u1fff\u2070-\u2fff\u3040-\uffff]+/g;

/** Words of a text for people, in lower case. */
export function textTokens(text: string): string[] {
	return text.toLowerCase().match(WORD) ?? [];
}

/** Numbers of the distinct runs of `size` tokens, sorted; a shorter list is one run. Equal runs have equal numbers. */
export function shingles(tokens: readonly string[], size: number, numbers: Map<string, number>): Int32Array {
	const found = new Set<number>();
	for (let start = 0; start + size <= Math.max(tokens.length, size); start++) {
		const run = tokens.slice(start, start + size).join(" ");
		let number = numbers.get(run);
		if (number === undefined) {
			number = numbers.size;
			numbers.set(run, number);
		}
		found.add(number);
	}
	return Int32Array.from(found).sort();
}
