import { describe, expect, test } from "vitest";
import { drawHeader } from "../../views/screens/header.js";
import { cellWidth } from "../../views/text/cells.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

const textOf = (screen: ScreenInMemory, width: number) =>
	drawHeader(screen.model, width).replace(/\x1b\[[0-9;]*m/g, "");

/** A run that stays where it is after `events` events. */
async function withLiveRun(events: number): Promise<ScreenInMemory> {
	const workbench = createFakeWorkbench({
		pace: (emit) => {
			for (let i = 0; i < events; i++) emit();
		},
	});
	const screen = openInMemory({ columns: 120, rows: 40, workbench });
	await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
	screen.keys("r\r");
	await screen.until((text) => text.includes("● live"));
	screen.keys("1");
	await screen.until((text) => text.includes("[1 Tasks]"));
	return screen;
}

describe("the header", () => {
	test("is as wide as the screen, whatever that is", async () => {
		const screen = await withLiveRun(20);
		for (let width = 60; width <= 300; width++) expect(cellWidth(textOf(screen, width))).toBe(width);
	});

	test("a run that goes on is told at its tab and in the status bar, with its rate", async () => {
		const screen = await withLiveRun(40);
		const wide = textOf(screen, 200);
		expect(wide).toMatch(/2 Best-of-N●/);
		expect(wide).toMatch(/● 1 live run \d+\/s ETA \d\d:\d\d {2}!0/);
		expect(textOf(screen, 60)).toMatch(/2●|2 Best-of-N●/);
		expect(textOf(screen, 60)).toContain("●1");
	});

	test("shows the way to the task that is read, and loses the beginning of the path first", async () => {
		const screen = openInMemory({ columns: 120, rows: 40 });
		await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
		screen.keys("\r");
		await screen.until((text) => text.includes("fixtures/tasks › two_sum"));
		expect(textOf(screen, 60)).toMatch(/…\S* › two_sum/);
		expect(textOf(screen, 60)).toContain("sandbox bwrap  !0");
	});

	test("names the workspace where there is room for everything else", async () => {
		const screen = openInMemory({ columns: 120, rows: 40 });
		await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
		expect(textOf(screen, 120)).toContain("in /home/user");
		expect(textOf(screen, 60)).not.toContain("/home/user");
	});
});
