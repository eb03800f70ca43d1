import { expect, test } from "vitest";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

async function start(): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 120, rows: 40, workbench: createFakeWorkbench() });
	await screen.until((text) => text.includes("Tasks 42"));
	return screen;
}

test("f narrows the tasks by a value with its count, which is what the list then shows; once more takes it away", async () => {
	const screen = await start();
	screen.keys("f");
	const shown = await screen.until((text) => text.includes("Narrow tasks by"));
	const [, word = "", count = ""] = /▸ (level:\w+) +(\d+) of 42/.exec(shown) ?? [];
	screen.keys("\r");
	await screen.until((text) => text.includes(`Tasks ${count} of 42 · /${word}`));
	screen.keys("f");
	await screen.until((text) => text.includes(`${word} `) && text.includes("in force"));
	screen.keys("\r");
	await screen.until((text) => text.includes("Tasks 42") && !text.includes(`/${word}`));
});

test("f narrows the runs by kind, outcome, backend, tier and source", async () => {
	const screen = await start();
	screen.keys("7");
	await screen.until((text) => /▸ .*✓ completed/.test(text));
	screen.keys("f");
	const shown = await screen.until((text) => text.includes("Narrow runs by"));
	for (const field of ["kind:", "outcome:", "backend:", "tier:", "source:"]) expect(shown).toContain(field);
	screen.keys("\r");
	await screen.until((text) => /Runs \d+ of \d+ · \/kind:/.test(text));
});
