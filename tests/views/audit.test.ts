import { expect, test } from "vitest";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

async function runsScreen(columns = 120, rows = 40): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns, rows });
	await screen.until((text) => text.includes("sandbox bwrap") && text.includes("fizzbuzz"));
	screen.keys("7");
	await screen.until((text) => text.includes("Runs 1"));
	await quiet(screen);
	return screen;
}

test("claims are checked from the screen of runs, each with its status and reasons", async () => {
	for (const [columns, rows] of [
		[120, 40],
		[80, 24],
	] as const) {
		const screen = await runsScreen(columns, rows);
		screen.keys("K");
		await screen.until((text) => text.includes("1 supported, 0 open, 1 blocked"));
		const text = await screen.text();
		expect(text).toMatch(/✓ a supported: It solves 62 %\./);
		expect(text).toContain("✗ b blocked: It is better.");
		// What a file says reaches the terminal as text.
		expect(text).toMatch(/interval: [^[]+\[31mnone/);
		screen.keys("\x1b");
		await screen.until((shown) => !shown.includes("blocked"));
	}
});

test("the run under the cursor is verified and scanned, and Esc goes back to its lineage", async () => {
	const screen = await runsScreen();
	screen.keys("V");
	await screen.until((text) => text.includes("with warnings, 1 wrong") && text.includes("weights: changed"));
	screen.keys("x");
	await screen.until((text) => text.includes("1 secret") && text.includes("[github, 40 characters]"));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("Lineage"));
	screen.keys("@");
	await screen.until((text) => text.includes("assay artifacts scan 2026"));
	expect(await screen.text()).toContain("assay artifacts verify 2026");
});

test("a verification of everything shows how far it is, and is stopped by Esc", async () => {
	const screen = await runsScreen();
	screen.keys("W");
	await screen.until((text) => text.includes("977 KiB of 1.9 MiB"));
	expect(await screen.text()).toContain("✗ changed: 5 files as recorded");
	screen.keys("\x1b");
	await screen.until((text) => text.includes("Lineage") && !text.includes("977 KiB"));
});
