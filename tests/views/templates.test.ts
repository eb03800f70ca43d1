import { expect, test } from "vitest";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

async function start(options: Parameters<typeof openInMemory>[0] = {}): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 120, rows: 40, ...options });
	await screen.until((text) => text.includes(options?.screen === 4 ? "Traces" : "two_sum"));
	return screen;
}

const CTRL_T = "\x14";

test("the palette opens the templates; one is read, and Esc goes back and out", async () => {
	const screen = await start();
	screen.keys(":prompt templ\r");
	const list = await screen.until((text) => text.includes("Prompt templates") && text.includes("direct-tests.v1"));
	expect(list).toMatch(/self-debug\.v1 +function, chat/);
	screen.keys("j\r");
	const one = await screen.until((text) => text.includes("Template direct.v1"));
	expect(one).toContain("[system]");
	expect(one).toContain("{{task}}");
	screen.keys("\x1b");
	await screen.until((text) => text.includes("Prompt templates"));
	screen.keys("\x1b");
	await screen.until((text) => !text.includes("Prompt templates"));
});

for (const [columns, rows] of [
	[80, 24],
	[200, 60],
] as const) {
	test(`two templates differ line by line at ${columns}x${rows}, beside each other where there is room`, async () => {
		const screen = await start({ columns, rows });
		screen.keys(`${CTRL_T}`);
		await screen.until((text) => text.includes("Prompt templates"));
		screen.keys("jvjv");
		const text = await screen.until((shown) => shown.includes("direct.v1 → direct-tests.v1"));
		expect(text).toContain("Your code must pass these tests:");
		await quiet(screen);
		expectGolden(`templates-${columns}x${rows}`, await screen.lines());
	});
}

test("a step's prompt leads to its template", async () => {
	const screen = await start({ screen: 4, workbench: createFakeWorkbench({ traces: true }) });
	await screen.until((text) => text.includes("self-debug-demo"));
	screen.keys("\r");
	await screen.until((text) => text.includes("fizzbuzz") && !text.includes("reading"));
	screen.keys("j\rll");
	await screen.until((text) => text.includes("Steps 11"));
	screen.keys("P");
	await screen.until((text) => text.includes("Template self-debug.v1"));
});
