import { isFacetWord } from "./facets.js";

/** One word of a filter. */
export interface FilterTerm {
	isNegated: boolean;
	/** In small letters; null for a pattern. */
	text: string | null;
	source: string;
	/** Whether a text, in small letters, has it. Without the negation. */
	isIn(text: string): boolean;
	/** Where in a text, of any letters, it is. */
	spansIn(text: string): { start: number; end: number }[];
}

/** Words that must occur, facet words as a whole; `!word` must not; `~word` is a regular expression. Capitals and small letters are the same. */
export function parseFilter(filter: string): FilterTerm[] {
	return filter.split(/\s+/).flatMap((word) => {
		const isNegated = word.startsWith("!");
		const rest = isNegated ? word.slice(1) : word;
		return rest === "" || rest === "~" ? [] : [{ isNegated, source: word, ...matching(rest) }];
	});
}

/** How a whole text, spaces and all, is looked for. */
export function matching(word: string): Pick<FilterTerm, "text" | "isIn" | "spansIn"> {
	const pattern = word.startsWith("~") ? patternOf(word.slice(1)) : null;
	if (pattern) return { text: null, isIn: (text) => pattern.test(text), spansIn: (text) => spansOf(pattern, text) };
	const wanted = word.toLowerCase();
	const letters = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "iu");
	const isIn = isFacetWord(wanted) ? wholeWord(wanted) : (text: string) => text.includes(wanted);
	return { text: wanted, isIn, spansIn: (text) => spansOf(letters, text) };
}

/** Whether a text has the word between spaces, line ends or its own ends. */
function wholeWord(word: string): (text: string) => boolean {
	const ends = (char: string | undefined) => char === undefined || char === " " || char === "\n";
	return (text) => {
		for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
			if (ends(text[at - 1]) && ends(text[at + word.length])) return true;
		}
		return false;
	};
}

function spansOf({ source, flags }: RegExp, text: string): { start: number; end: number }[] {
	return [...text.matchAll(new RegExp(source, `${flags}g`))]
		.filter(([match]) => match !== "")
		.map(({ index, 0: match }) => ({ start: index, end: index + match.length }));
}

/** null while it is no regular expression, e.g. because it is still being typed. */
function patternOf(source: string): RegExp | null {
	try {
		return new RegExp(source, "iu");
	} catch {
		return null;
	}
}

/** Whether everything that `after` lets through is let through by `before`: then only that has to be looked at again. */
export function narrows(before: readonly FilterTerm[], after: readonly FilterTerm[]): boolean {
	return before.every((was) => after.some((now) => implies(now, was)));
}

function implies(now: FilterTerm, was: FilterTerm): boolean {
	if (now.source === was.source) return true;
	if (now.text === null || was.text === null || now.isNegated !== was.isNegated) return false;
	// `#12` may mean something else than a text with 12 in it.
	if (now.text.startsWith("#") !== was.text.startsWith("#")) return false;
	// What has the whole word `tag:strings` does not have `tag:string`.
	if (isFacetWord(was.text) || (now.isNegated && isFacetWord(now.text))) return now.text === was.text;
	return now.isNegated ? was.text.includes(now.text) : now.text.includes(was.text);
}
