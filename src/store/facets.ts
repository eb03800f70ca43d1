const FIELDS = [
	"level",
	"split",
	"kind",
	"language",
	"tag",
	"source",
	"outcome",
	"backend",
	"tier",
	"length",
	"lost",
] as const;
const FACET = new RegExp(`^(?:${FIELDS.join("|")}):.`, "iu");

/** A word that stands for one value of a field: a filter with it shows only rows that have it. */
export function facetWord(field: (typeof FIELDS)[number], value: string): string {
	return `${field}:${value.toLowerCase().replace(/\s+/g, "_")}`;
}

/** Such a word is looked for as a whole: another value may begin with it. */
export const isFacetWord = (word: string) => FACET.test(word);

export interface Facet {
	word: string;
	/** Rows that the filter would show with it. */
	count: number;
	isOn: boolean;
}

/** More rows than these are not counted, so that no key has to wait. */
const COUNTED_ROWS = 200_000;

/** Every value that rows under the filter have, most frequent first within its field; the fields as they come. */
export function countFacets<Row>(
	rows: Iterable<Row>,
	{ filter, wordsOf }: { filter: string; wordsOf: (row: Row) => readonly string[] },
): Facet[] {
	const counts = new Map<string, number>();
	let counted = 0;
	for (const row of rows) {
		if (counted++ >= COUNTED_ROWS) break;
		for (const word of wordsOf(row)) counts.set(word, (counts.get(word) ?? 0) + 1);
	}
	const on = wordsIn(filter);
	const fields = [...new Set([...counts.keys()].map(fieldOf))];
	return [...counts]
		.map(([word, count]) => ({ word, count, isOn: on.includes(word) }))
		.sort(
			(a, b) =>
				fields.indexOf(fieldOf(a.word)) - fields.indexOf(fieldOf(b.word)) ||
				b.count - a.count ||
				(a.word < b.word ? -1 : 1),
		);
}

/** The filter with the facet, or without it where it had it. */
export function toggleFacet(filter: string, word: string): string {
	const words = wordsIn(filter);
	return (words.includes(word) ? words.filter((other) => other !== word) : [...words, word]).join(" ");
}

const wordsIn = (filter: string) => filter.split(/\s+/).filter((word) => word !== "");
const fieldOf = (word: string) => word.slice(0, word.indexOf(":"));
