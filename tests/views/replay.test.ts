import { describe, expect, test } from "vitest";
import type { Workbench } from "../../src/app/workbench.js";
import { placeOf } from "../../views/model/replay-actions.js";
import { fakeEvents } from "./fake-run.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

/** The run that ships with the program, opened from the list, at its end. */
async function openRun(workbench: Workbench = createFakeWorkbench()): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 120, rows: 40, workbench });
	await screen.until((text) => text.includes("two_sum"));
	screen.keys("o\r");
	await screen.until(atItsEnd);
	return screen;
}

const atItsEnd = (text: string) => /event (\d[\d\s]*) of \1 /.test(text);
const positionOf = (text: string) => Number(/event (\d[\d\s]*) of/.exec(text)?.[1]?.replace(/\D/g, ""));

describe("a replay on the screen", () => {
	test("goes to the event whose number is typed, to a time and to a share", async () => {
		const screen = await openRun();
		screen.keys("#12\r");
		await screen.until((text) => text.includes("event 12 of"));
		screen.keys("#1s\r");
		// The recording has an event every 10 ms.
		await screen.until((text) => text.includes("event 101 of") && text.includes("00:01 of"));
		screen.keys("#0:02\r");
		await screen.until((text) => text.includes("event 201 of"));
		screen.keys("#0%\r");
		await screen.until((text) => text.includes("event 0 of"));
	});

	test("says what a place looks like when what was typed is none, and Esc changes nothing", async () => {
		const screen = await openRun();
		screen.keys("#soon\r");
		await screen.until((text) => text.includes("an event's number, a time as 1:30 or 90s"));
		screen.keys("\x1b");
		const text = await screen.until((shown) => !shown.includes("Go to an event"));
		expect(atItsEnd(text)).toBe(true);
	});

	test("takes the cursor to the candidate that failed", async () => {
		const screen = await openRun();
		screen.keys("0)");
		// The first has no code, the next two are accepted and wrong.
		await screen.until((text) => /▸ +0 - no code/.test(text) && text.includes("1/48 judged"));
		screen.keys(")");
		await screen.until((text) => /▸ +2 ✗ wrong answer/.test(text) && text.includes("3/48 judged"));
		screen.keys("(");
		await screen.until((text) => /▸ +0 - no code/.test(text) && text.includes("1/48 judged"));
	});

	test("keeps bookmarks in the workspace, shows them, and goes to them", async () => {
		const workbench = createFakeWorkbench();
		const screen = await openRun(workbench);
		screen.keys("#30\rb#60\rb");
		await screen.until((text) => text.includes("bookmark at event 60") && (text.match(/◆/g) ?? []).length === 2);
		screen.keys("0B");
		const list = await screen.until((text) => text.includes("Go to a bookmark"));
		expect(list).toContain("event 30");
		expect(list).toContain("event 60");
		screen.keys("j\r");
		await screen.until((text) => text.includes("event 60 of"));
		screen.keys("b");
		await screen.until((text) => text.includes("bookmark taken away"));
		const again = await openRun(workbench);
		await again.until((text) => (text.match(/◆/g) ?? []).length === 1);
	});

	test("plays as fast as it goes to the end, and shows the speed", async () => {
		const screen = await openRun();
		screen.keys("0>>>>p");
		await screen.until((text) => text.includes("max") && atItsEnd(text));
	});

	test("a recording of more than a hundred thousand events opens in pieces, and goes back at once", async () => {
		const ids = Array.from({ length: 130 }, (_, i) => `task_${i}`);
		const events = fakeEvents("20261121-093000-best-of-n-demo", ids, 100);
		expect(events.length).toBeGreaterThan(100_000);
		let turns = 0;
		const workbench: Workbench = {
			...createFakeWorkbench(),
			async *readEvents() {
				for (const event of events) yield await Promise.resolve(event);
			},
		};
		const counting = setInterval(() => turns++, 0);
		const screen = await openRun(workbench);
		clearInterval(counting);
		expect(turns).toBeGreaterThan(40);
		screen.keys("#50000\r");
		await screen.until((text) => positionOf(text) === 50_000);
		screen.keys(",");
		await screen.until((text) => positionOf(text) === 49_999);
	});
});

test("places are events, times or shares", () => {
	expect(placeOf("1200")).toEqual({ kind: "event", position: 1200 });
	expect(placeOf(" 1,200 ")).toEqual({ kind: "event", position: 1200 });
	expect(placeOf("1:30")).toEqual({ kind: "time", ms: 90_000 });
	expect(placeOf("1:02:03.5")).toEqual({ kind: "time", ms: 3_723_500 });
	expect(placeOf("90s")).toEqual({ kind: "time", ms: 90_000 });
	expect(placeOf("250 ms")).toEqual({ kind: "time", ms: 250 });
	expect(placeOf("150%")).toEqual({ kind: "share", share: 1 });
	for (const text of ["", "-1", "1:2", "x", "1.5", "5d", "%"]) expect(placeOf(text)).toBeNull();
});
