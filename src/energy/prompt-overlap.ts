/** Words that say nothing about a task: keywords of Python, and common English ones. */
const PASSED_OVER = new Set(
	(
		"and as assert async await break class continue def del elif else except finally for from global if import in is " +
		"lambda nonlocal not or pass raise return try while with yield none true false " +
		"an the of to be are was it its that this these those by on at we you your which what when where how all any each " +
		"can will should would must may so than then there has have had do does given example examples one two"
	).split(" "),
);

let last: { prompt: string; words: ReadonlySet<string> } | null = null;

/** Of the prompt that was asked for last the words are kept. */
export function promptWords(prompt: string): ReadonlySet<string> {
	if (last?.prompt !== prompt) last = { prompt, words: wordsOf(prompt) };
	return last.words;
}

export interface Overlap {
	/** Words in both over words in either. */
	jaccard: number;
	/** Share of the prompt's words. */
	recall: number;
	/** Share of the text's words. */
	precision: number;
}

export function overlapOf(text: string, prompt: ReadonlySet<string>): Overlap {
	const words = wordsOf(text);
	const shared = [...words].filter((word) => prompt.has(word)).length;
	const share = (of: number): number => (of === 0 ? 0 : shared / of);
	return {
		jaccard: share(words.size + prompt.size - shared),
		recall: share(prompt.size),
		precision: share(words.size),
	};
}

/** Runs of two letters or more, cut where the case changes, in lower case. */
export function wordsOf(text: string): Set<string> {
	const parts = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
	return new Set(parts.map((part) => part.toLowerCase()).filter((word) => word.length > 1 && !PASSED_OVER.has(word)));
}
