import { afterEach, describe, expect, test } from "vitest";
import { parseFilter } from "../../src/store/row-filter.js";
import { underlineTerms } from "../../views/text/underlined.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

const open: ScreenInMemory[] = [];
afterEach(() => {
	for (const screen of open.splice(0)) screen.abort();
});

async function start(): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 100, rows: 30 });
	open.push(screen);
	await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
	return screen;
}

const marks = (screen: ScreenInMemory) => [...screen.model.ui.getState().marks].sort();

describe("what a filter found", () => {
	const underlined = (text: string, filter: string) =>
		underlineTerms(text, parseFilter(filter)).replaceAll("\x1b[4m", "<").replaceAll("\x1b[24m", ">");

	test("is underlined wherever it is, also by a pattern", () => {
		expect(underlined("two_sum Two", "two")).toBe("<two>_sum <Two>");
		expect(underlined("task_00017", "~0+1")).toBe("task_<0001>7");
		expect(underlined("a.b*c", "b*")).toBe("a.<b*>c");
	});

	test("is underlined once where words overlap, and not at all where it must not be", () => {
		expect(underlined("fibonacci", "fibo bona")).toBe("<fibona>cci");
		expect(underlined("fibonacci", "!fib")).toBe("fibonacci");
		expect(underlined("fibonacci", "~x*")).toBe("fibonacci");
	});

	test("is seen in the list", async () => {
		const screen = await start();
		screen.keys("/sum");
		await screen.until((text) => text.includes("1 of 42"));
		expect(screen.written()).toMatch(/\x1b\[[0-9;]*\b4\b[0-9;]*msum/);
	});
});

describe("the list of tasks", () => {
	test("s and a letter sort it at once", async () => {
		const screen = await start();
		screen.keys("si");
		await screen.until((text) => text.includes("by id"));
		screen.keys("sc");
		await screen.until((text) => text.includes("by candidates"));
		screen.keys("S");
		await screen.until((text) => text.includes("by candidates, reversed"));
	});

	test("V marks from the last mark to the cursor, in both directions", async () => {
		const screen = await start();
		screen.keys("j jV");
		await screen.until((text) => text.includes("3 marked"));
		expect(marks(screen)).toEqual(["fizzbuzz", "is_palindrome", "reverse_string"]);
		screen.keys("gV");
		await screen.until((text) => text.includes("4 marked"));
		expect(marks(screen)).toContain("two_sum");
	});

	test("V without a mark says how a range is made", async () => {
		const screen = await start();
		screen.keys("V");
		await screen.until((text) => text.includes("mark the one end with Space"));
	});
});
