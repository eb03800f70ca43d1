import { expect, test } from "vitest";
import { openInMemory } from "./screen-in-memory.js";

test("a diff has its sides beside each other once its pane is zoomed, and below each other again after", async () => {
	const screen = openInMemory({ columns: 120, rows: 40 });
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
