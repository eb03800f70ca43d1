import { expect, test } from "vitest";
import { screenNamed } from "../../views/screens/screens.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

async function start(): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 100, rows: 30 });
	await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
	return screen;
}

test("^o goes back to the task one came from, ^y forward to the candidate one was at", async () => {
	const screen = await start();
	screen.keys("jjo\r");
	await screen.until((text) => text.includes("48/48 judged"));
	screen.keys("jl");
	screen.keys("\r");
	await screen.until((text) => text.includes("› fizzbuzz › #1"));
	screen.keys("\x0f");
	await screen.until((text) => text.includes("[1 Tasks]") && text.includes("▸ reverse_string"));
	screen.keys("\x19");
	await screen.until((text) => text.includes("› fizzbuzz › #1"));
});

test("there is an end in both directions, and it says so", async () => {
	const screen = await start();
	screen.keys("\x0f");
	await screen.until((text) => text.includes("there is nothing further back"));
	screen.keys("21\x0f\x0f\x0f");
	await screen.until((text) => text.includes("there is nothing further back"));
	screen.keys("\x19\x19\x19");
	await screen.until((text) => text.includes("there is nothing further on") && text.includes("[1 Tasks]"));
});

test("going elsewhere after going back forgets what was further on", async () => {
	const screen = await start();
	screen.keys("2\x0f");
	await screen.until((text) => text.includes("[1 Tasks]"));
	screen.keys("2\x19");
	await screen.until((text) => text.includes("there is nothing further on"));
});

test("a screen is found by its digit and by the beginning of its name", () => {
	expect(screenNamed("2")?.name).toBe("Best-of-N");
	expect(screenNamed("best")?.id).toBe(2);
	expect(screenNamed("TASKS")?.id).toBe(1);
	expect(screenNamed("9")).toBe(null);
});

test("the screen that was asked for is the first one", async () => {
	const screen = openInMemory({ columns: 100, rows: 30, screen: 2 });
	await screen.until((text) => text.includes("[2 Best-of-N]") && text.includes("No run is open"));
});
