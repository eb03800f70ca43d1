const TOKEN =
	/#[^\n]*|[rbuf]{0,2}("""|''')[\s\S]*?\1|[rbuf]{0,2}"(?:[^"\\\n]|\\.)*"|[rbuf]{0,2}'(?:[^'\\\n]|\\.)*'|[\p{L}_][\p{L}\p{N}_]*|\d[\p{L}\p{N}_.]*|\*\*=?|\/\/=?|->|[<>=!+\-*/%&|^:@]=|<<=?|>>=?|[^\s\p{L}\p{N}_]/giu;

/** Names that mean the same in every program. Names after a dot are kept too; all others are the author's choice. */
const FIXED_NAMES = new Set(
	(
		"False None True and as assert async await break class continue def del elif else except finally for from global if " +
		"import in is lambda nonlocal not or pass raise return try while with yield abs all any bool chr dict divmod " +
		"enumerate filter float int isinstance iter len list map max min next ord pow print range repr reversed round set " +
		"sorted str sum tuple type zip self math re collections itertools functools heapq Counter defaultdict deque reduce"
	).split(" "),
);

/**
 * One text for Python programs that differ in layout, comments, docstrings and chosen names alone: names are numbered as
 * they first appear.
 */
export function programShape(code: string): string {
	const numbers = new Map<string, number>();
	return codeTokens(code, (name) => {
		const number = numbers.get(name) ?? numbers.size;
		numbers.set(name, number);
		return `x${number}`;
	}).join(" ");
}

/** Tokens of a Python program without comments, docstrings and layout; chosen names are all alike, or as `rename` says. */
export function codeTokens(code: string, rename: (name: string) => string = () => "x"): string[] {
	const tokens: string[] = [];
	for (const [token, quotes] of code.matchAll(TOKEN)) {
		if (token.startsWith("#")) continue;
		if (quotes !== undefined) continue;
		if (/^[\p{L}_]/u.test(token) && !/["']$/.test(token)) {
			tokens.push(FIXED_NAMES.has(token) || tokens.at(-1) === "." ? token : rename(token));
		} else tokens.push(token.replace(/^[rbuf]*'(.*)'$/i, '"$1"'));
	}
	return tokens;
}

/** Words of a text for people, in lower case. */
export function textTokens(text: string): string[] {
	return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
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
