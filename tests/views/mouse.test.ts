import { expect, test } from "vitest";
import { openInMemory, quiet, type ScreenInMemory, type ScreenOptions } from "./screen-in-memory.js";

const MOUSE_ON = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF = "\x1b[?1006l\x1b[?1000l";
/** As a terminal reports them, from cells counted from 0. */
const click = (x: number, y: number) => `\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`;
const wheel = (x: number, y: number, way: "up" | "down") => `\x1b[<${way === "up" ? 64 : 65};${x + 1};${y + 1}M`;

async function start(options: ScreenOptions = {}): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 120, rows: 40, ...options });
	await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
	await quiet(screen);
	return screen;
}

/** The first cell of a text on the screen. */
async function find(screen: ScreenInMemory, text: string): Promise<[number, number]> {
	const lines = await screen.lines();
	const y = lines.findIndex((line) => line.includes(text));
	if (y < 0) throw new Error(`${text} is not on the screen:\n${lines.join("\n")}`);
	return [lines[y]?.indexOf(text) ?? 0, y];
}
const clickOn = async (screen: ScreenInMemory, text: string) => screen.keys(click(...(await find(screen, text))));

test("until m is pressed the mouse is the terminal's, and after it was pressed again", async () => {
	const screen = await start();
	expect(screen.written()).not.toContain("\x1b[?100");
	await clickOn(screen, "fizzbuzz");
	await quiet(screen);
	expect(await screen.text()).toContain("▸ two_sum");
	screen.keys("m");
	await screen.until((text) => text.includes("mouse on"));
	expect(screen.written()).toContain(MOUSE_ON);
	screen.keys("m");
	await screen.until((text) => text.includes("mouse off"));
	expect(screen.written()).toContain(MOUSE_OFF);
});

test("the palette switches it too", async () => {
	const screen = await start();
	screen.keys(":mouse\r");
	await screen.until((text) => text.includes("mouse on"));
});

test("a click selects a task, another one opens it", async () => {
	const screen = await start();
	screen.keys("m");
	await clickOn(screen, "reverse_string");
	await screen.until((text) => text.includes("▸ reverse_string") && !text.includes("▸reverse_string"));
	await clickOn(screen, "reverse_string");
	await screen.until((text) => text.includes("▸reverse_string"));
});

test("a click on a pane focuses it, and opens nothing that was selected there", async () => {
	const screen = await start();
	screen.keys("m\r");
	await screen.until((text) => text.includes("▸two_sum"));
	await clickOn(screen, "▸ two_sum ");
	await screen.until((text) => text.includes("▸Tasks 42"));
});

test("the wheel scrolls what is below it, whatever is in focus", async () => {
	const screen = await start({ rows: 20 });
	screen.keys("m");
	screen.keys(wheel(80, 8, "down"));
	await screen.until((text) => text.includes("4-") && text.includes("▸Tasks 42"));
	screen.keys(wheel(10, 8, "down"));
	await screen.until((text) => text.includes("▸ is_palindrome"));
	screen.keys(wheel(10, 8, "up"));
	await screen.until((text) => text.includes("▸ two_sum"));
});

test("tabs in the header are clicked, and cells of the board, and rows of tables", async () => {
	const screen = await start({ columns: 160 });
	screen.keys("m");
	await clickOn(screen, "7  fixtures");
	await screen.until((text) => text.includes("[7 Runs]") && text.includes("48 kB"));
	await clickOn(screen, "…3000-best-of-n");
	await screen.until((text) => text.includes("[2 Best-of-N]") && text.includes("48/48 judged"));
	const [, board] = await find(screen, "Board");
	const [x, y] = await find(screen, "fizzbuzz");
	expect(y).toBe(board + 2);
	const width = Math.max(8, Math.min(24, Math.floor((160 * 0.3 - 2) * 0.3)));
	screen.keys(click(x + width + 1 + 2 * 3, y));
	await screen.until((text) => text.includes("fizzbuzz #3"));
	await clickOn(screen, " Charts ");
	await screen.until((text) => text.includes("▸Charts"));
});

test("items of a list and of the palette are clicked; beside them a click closes", async () => {
	const screen = await start();
	screen.keys("ms");
	await screen.until((text) => text.includes("Sort tasks by"));
	await clickOn(screen, "i  id");
	await clickOn(screen, "i  id");
	await screen.until((text) => text.includes("by id"));
	screen.keys("?");
	await screen.until((text) => text.includes("Keys"));
	screen.keys(click(0, 39));
	await screen.until((text) => !text.includes("Everywhere"));
	screen.keys(":theme");
	await screen.until((text) => text.includes(": theme_"));
	await clickOn(screen, "next colour theme");
	await screen.until((text) => text.includes("theme light"));
});

test("a question is answered by a key, never by a click", async () => {
	const screen = await start();
	screen.keys("mH");
	await screen.until((text) => text.includes("Show hidden tests?"));
	for (let y = 0; y < 40; y++) screen.keys(click(60, y) + wheel(60, y, "down"));
	await quiet(screen);
	expect(await screen.text()).toContain("Show hidden tests?");
});

test("clicks and the wheel anywhere on any screen break nothing", async () => {
	const screen = await start({ columns: 80, rows: 24 });
	screen.keys("m");
	for (const keys of ["", "o\r", "7", "?\x1b!", "\x1b2/x"]) {
		screen.keys(keys);
		await quiet(screen);
		for (let y = 0; y < 26; y += 2)
			for (let x = 0; x < 84; x += 7) screen.keys(wheel(x, y, "down") + click(x, y) + wheel(x, y, "up"));
		await quiet(screen);
		expect(screen.model.faults.size).toBe(0);
	}
});

test("the mouse is given back at the end, and taken again after an editor had the terminal", async () => {
	const screen = await start();
	screen.keys("m");
	await screen.until((text) => text.includes("mouse on"));
	screen.keys("e");
	await quiet(screen);
	expect(screen.outside).toHaveLength(1);
	const [before = "", after = ""] = screen.written().split("\x1b[?1049l");
	expect(before).toContain(MOUSE_ON);
	expect(before.slice(before.lastIndexOf(MOUSE_ON))).toContain("\x1b[?1000l");
	expect(after).toContain(MOUSE_ON);
	screen.abort();
	await screen.closed;
	expect(screen.written().lastIndexOf("\x1b[?1000l")).toBeGreaterThan(screen.written().lastIndexOf(MOUSE_ON));
});
