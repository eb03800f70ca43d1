import { expect, test } from "vitest";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

async function start(): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 120, rows: 40 });
	await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
	return screen;
}

test("e hands the file of the task to the editor, and gives it the terminal as it was", async () => {
	const screen = await start();
	await screen.until((text) => text.includes("Given a list of numbers"));
	screen.keys("e");
	await screen.until((text) => text.includes("$ a-program"));
	expect(screen.outside).toEqual([{ kind: "editor", text: { path: "fixtures/tasks/two_sum.yaml", line: 1 } }]);
	expect(screen.rawModes).toEqual([true, false, true]);
	expect(screen.written()).toMatch(/\x1b\[\?1049l.*\x1b\[\?1049h/s);
	expect(await screen.isAlternate()).toBe(true);
	expect(await screen.text()).toContain("fizzbuzz");
});

test("what a tab of a candidate shows is opened under a name that says what it is", async () => {
	const screen = await start();
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	screen.keys("e");
	await screen.until((text) => text.includes("two_sum-0.py"));
	screen.keys("de");
	await screen.until((text) => text.includes("two_sum-0.diff"));
	const [code, diff] = screen.outside.map(({ text }) => ("text" in text ? text.text : ""));
	expect(code).toContain("def two_sum");
	expect(diff).toContain("--- starter code");
});

test("a pager never gets a candidate's control characters", async () => {
	const screen = await start();
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	screen.keys("l]]]E");
	await screen.until((text) => text.includes("two_sum-1.txt"));
	const [program] = screen.outside;
	expect(program).toMatchObject({ kind: "pager" });
	const text = program && "text" in program.text ? program.text.text : "";
	expect(text).not.toBe("");
	expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
});
