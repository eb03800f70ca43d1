import { afterEach, expect, test } from "vitest";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

const open: ScreenInMemory[] = [];
afterEach(() => {
	for (const screen of open.splice(0)) screen.abort();
});

test("a diff has its sides beside each other once its pane is zoomed, and below each other again after", async () => {
	const screen = openInMemory({ columns: 120, rows: 40 });
	open.push(screen);
	await screen.until((text) => text.includes("fizzbuzz"));
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	screen.keys("l\r]");
	const twoSides = /\d+ {3}def two_sum.*│ +\d+ {3}def two_sum/;
	const oneSide = await screen.until((text) => text.includes("@@"));
	expect(oneSide).not.toMatch(twoSides);
	screen.keys("z");
	await screen.until((text) => twoSides.test(text));
	screen.keys("z");
	await screen.until((text) => text.includes("@@") && !twoSides.test(text));
});
