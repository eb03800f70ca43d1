import { expect, test } from "vitest";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

async function atRun(columns = 80, rows = 24): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns, rows });
	await screen.until((text) => text.includes("fizzbuzz"));
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	return screen;
}

test("A lists the candidates of all tasks; the cursor there takes the board with it", async () => {
	const screen = await atRun();
	screen.keys("A");
	await screen.until((text) => text.includes("All candidates · 48"));
	screen.keys("G");
	await screen.until((text) => /▸ fibonacci +7 /.test(text));
	expect(screen.model.ui.getState()).toMatchObject({ boardTask: 5, sample: 7 });
	screen.keys("A");
	await screen.until((text) => text.includes("fibonacci · 2 of 8 accepted"));
});

test("/ filters the candidates as it is typed, and s sorts them", async () => {
	const screen = await atRun();
	screen.keys("A/accepted fizz");
	await screen.until((text) => text.includes("/accepted fizz 2 of 48"));
	screen.keys("\rsj\r");
	await screen.until((text) => text.includes("by state"));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("All candidates · 48 · by state"));
	screen.keys("g");
	await screen.until((text) => /▸ \S+ +\d+ ✓ accepted/.test(text));
});

test("columns that do not fit are reached sideways, and the first one stays", async () => {
	const screen = await atRun();
	screen.keys("A");
	await screen.until((text) => /→task +# state/.test(text));
	screen.keys("\x1b[1;2C\x1b[1;2C\x1b[1;2C");
	await screen.until((text) => /←.task +passed +cpu +memory +flags/.test(text));
	screen.keys("\x1b[1;2D\x1b[1;2D\x1b[1;2D");
	await screen.until((text) => /→task +# state/.test(text));
});
