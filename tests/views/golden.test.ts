import { expect, test } from "vitest";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

const SIZES = [
	[80, 24],
	[120, 40],
	[200, 60],
] as const;

async function golden(name: string, screen: ScreenInMemory): Promise<void> {
	// A pane that is still reading says only that.
	await screen.until((text) => !/ reading(?: {2}|│|$)/m.test(text));
	await quiet(screen);
	expectGolden(name, await screen.lines());
}

async function start(options: Parameters<typeof openInMemory>[0]): Promise<ScreenInMemory> {
	const screen = openInMemory(options);
	await screen.until((text) => text.includes("sandbox bwrap") && text.includes("fizzbuzz"));
	return screen;
}

for (const [columns, rows] of SIZES) {
	test(`the task list at ${columns}x${rows}`, async () => {
		const screen = await start({ columns, rows });
		await golden(`tasks-${columns}x${rows}`, screen);
	});

	test(`a recorded run at ${columns}x${rows}`, async () => {
		const screen = await start({ columns, rows });
		screen.keys("o");
		await screen.until((text) => text.includes("Open a run"));
		screen.keys("\r");
		await screen.until((text) => text.includes("event 399 of 399"));
		screen.keys("jl");
		await golden(`best-of-n-${columns}x${rows}`, screen);
	});
}

for (const [columns, rows] of [SIZES[0], SIZES[1]]) {
	test(`the charts of a recorded run at ${columns}x${rows}`, async () => {
		const screen = await start({ columns, rows });
		screen.keys("o\r");
		await screen.until((text) => text.includes("event 399 of 399"));
		screen.keys("C");
		await golden(`charts-${columns}x${rows}`, screen);
	});
}

test("the help of a candidate at 80x24", async () => {
	const screen = await start({ columns: 80, rows: 24 });
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	screen.keys("\r?");
	await golden("help-80x24", screen);
});

test("without Unicode and without colours nothing but ASCII is written", async () => {
	const screen = await start({ columns: 80, rows: 24, look: { ascii: true, depth: "no colour" } });
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	await golden("ascii-80x24", screen);
	expect(screen.written()).not.toMatch(/[^\x00-\x7f]/);
	const colours = [...screen.written().matchAll(/\x1b\[([0-9;]*)m/g)].flatMap((match) => (match[1] ?? "").split(";"));
	expect(colours.filter((code) => Number(code) >= 30)).toEqual([]);
});

test("plain Ink shows what the compositor shows", async () => {
	for (const [columns, rows] of [SIZES[0], SIZES[1]]) {
		const composed = await start({ columns, rows });
		const plain = await start({ columns, rows, compositor: false });
		for (const screen of [composed, plain]) {
			screen.keys("o\r");
			await screen.until((text) => text.includes("event 399 of 399"));
			screen.keys("jll");
			await quiet(screen);
		}
		expect(await plain.text()).toBe(await composed.text());
	}
});
