import { expect, test } from "vitest";
import { keysOfNumbers, radixSort, ranksOfTexts } from "../../../src/store/radix-sort.js";
import { narrows, parseFilter } from "../../../src/store/row-filter.js";
import { createRowOrder, type RowSource } from "../../../src/store/row-order.js";
import { createTestTurns } from "./turns.js";

/** A seeded generator of whole numbers below 2^32. */
function numbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state;
	};
}

function finish<T>(work: Generator<void, T>): T {
	for (;;) {
		const step = work.next();
		if (step.done) return step.value;
	}
}

test("the radix sort gives what a comparing sort gives, equal keys in their order", () => {
	const next = numbers(1);
	for (const count of [0, 1, 2, 1000, 40_000]) {
		const values = Float32Array.from({ length: count }, () => Math.fround(((next() % 2000) - 1000) / 7));
		const rows = Uint32Array.from({ length: count }, (_, i) => i);
		const sorted = finish(radixSort(rows, finish(keysOfNumbers(count, (row) => values[row] as number))));
		const compared = [...rows].sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
		expect([...sorted]).toEqual(compared);
	}
});

test("unknown numbers come last, and minus before plus", () => {
	const values = [Number.NaN, 1e-30, -1e30, Number.POSITIVE_INFINITY, 0, -2, 3];
	const keys = finish(keysOfNumbers(values.length, (row) => values[row] as number));
	expect([...finish(radixSort(Uint32Array.from(values.keys()), keys))]).toEqual([2, 5, 4, 1, 6, 3, 0]);
});

test("texts get the places they have when sorted, equal ones the same", () => {
	const next = numbers(2);
	const texts = Array.from({ length: 3000 }, () => `task ${next() % 500}`);
	const ranks = [...finish(ranksOfTexts(texts))];
	const byRank = [...texts.keys()].sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b);
	const byText = [...texts.keys()].sort((a, b) => {
		const [one, other] = [texts[a] as string, texts[b] as string];
		return one < other ? -1 : one > other ? 1 : a - b;
	});
	expect(byRank).toEqual(byText);
	expect(ranks[texts.indexOf(texts[7] as string)]).toBe(ranks[7]);
});

test("a filter that gets longer narrows, one with a longer !word does not", () => {
	const is = (before: string, after: string) => narrows(parseFilter(before), parseFilter(after));
	expect(is("", "a")).toBe(true);
	expect(is("a", "ab")).toBe(true);
	expect(is("b", "abc")).toBe(true);
	expect(is("ab", "ab c")).toBe(true);
	expect(is("ab", "a")).toBe(false);
	expect(is("!a", "!ab")).toBe(false);
	expect(is("!ab", "!a")).toBe(true);
	expect(is("~a", "~ab")).toBe(false);
	expect(is("~a", "~a b")).toBe(true);
	// Another tag begins like this one.
	expect(is("tag:string", "tag:strings")).toBe(false);
	expect(is("!tag:strings", "!tag:string")).toBe(false);
	expect(is("tag", "tag:string")).toBe(true);
});

const COUNT = 100_000;
/** Rows whose texts are their numbers; a look at the clock is a millisecond, so that work takes many turns. */
function order() {
	const turns = createTestTurns();
	let looked = 0;
	const seen: number[] = [];
	const source: RowSource<"row" | "last digit"> = {
		version: 1,
		count: COUNT,
		rows: null,
		matcher: (term) => (row) => {
			looked++;
			return term.isIn(String(row));
		},
		keys: (sort) => (sort === "row" ? null : keysOfNumbers(COUNT, (row) => row % 10)),
	};
	const rows = createRowOrder({ source, sort: "row", turns, changed: () => seen.push(rows.count) });
	return { rows, turns, seen, looked: () => looked };
}
const shown = (rows: { count: number; rowAt(position: number): number }) =>
	Array.from({ length: rows.count }, (_, i) => rows.rowAt(i));

test("first matches are there before the last rows are looked at, and keys come in between", () => {
	const { rows, turns, seen, looked } = order();
	rows.setFilter("99");
	expect(looked()).toBeLessThan(COUNT);
	expect(rows.isPartial).toBe(true);
	expect(turns.run()).toBeGreaterThan(3);
	expect(rows.isPartial).toBe(false);
	expect(seen.some((count) => count > 0 && count < rows.count)).toBe(true);
	expect(shown(rows)).toEqual(Array.from({ length: COUNT }, (_, i) => i).filter((i) => String(i).includes("99")));
});

test("a narrower filter looks only at what the one before let through", () => {
	const { rows, turns, looked } = order();
	rows.setFilter("99");
	turns.run();
	const before = { looked: looked(), count: rows.count };
	rows.setFilter("999");
	turns.run();
	expect(looked() - before.looked).toBe(before.count);
	expect(shown(rows)).toEqual(Array.from({ length: COUNT }, (_, i) => i).filter((i) => String(i).includes("999")));
});

test("a key in the middle of a search starts the next one; the end is the same", () => {
	const { rows, turns } = order();
	rows.setFilter("9");
	rows.setFilter("98");
	rows.setFilter("987");
	turns.run();
	expect(shown(rows)).toEqual(Array.from({ length: COUNT }, (_, i) => i).filter((i) => String(i).includes("987")));
	rows.setFilter("");
	expect(rows.count).toBe(COUNT);
});

test("filtered rows are in the order of the sort, also backwards", () => {
	const { rows, turns } = order();
	rows.setSort("last digit", false);
	rows.setFilter("12345");
	turns.run();
	expect(shown(rows)).toEqual([12345]);
	rows.setFilter("1234");
	turns.run();
	const wanted = Array.from({ length: COUNT }, (_, i) => i)
		.filter((i) => String(i).includes("1234"))
		.sort((a, b) => (a % 10) - (b % 10) || a - b);
	expect(shown(rows)).toEqual(wanted);
	rows.setSort("last digit", true);
	turns.run();
	expect(shown(rows)).toEqual(wanted.reverse());
});
