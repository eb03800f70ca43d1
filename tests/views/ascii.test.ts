import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { asciiCell } from "../../views/terminal/ascii.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

const folder = new URL("../../views/", import.meta.url);
/** Drawn only where the terminal has more than ASCII, or never shown as they are. */
const ELSEWHERE = /^(charts|text\/cells|terminal\/ascii|keys\/)/;

test("every sign that screens draw has one of its own in ASCII", () => {
	const missing = readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((path) => /\.tsx?$/.test(path) && !ELSEWHERE.test(path))
		.flatMap((path) => {
			const code = readFileSync(new URL(path, folder), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
			return [...code].filter((char) => char > "~" && asciiCell(char) === "?").map((char) => `${path}: ${char}`);
		});
	expect(missing).toEqual([]);
});

test("with --ascii nothing but ASCII is written, on every screen, dialog and chart, at every size", async () => {
	for (const [columns, rows] of [
		[80, 24],
		[200, 60],
	] as const) {
		const screen = openInMemory({ columns, rows, look: { ascii: true } });
		await screen.until((text) => text.includes("two_sum"));
		screen.keys("o\r");
		await screen.until((text) => text.includes("event 399 of 399"));
		for (const keys of [
			"l\r",
			"]",
			"]",
			"]",
			"]",
			"d",
			"w",
			"?",
			"q",
			"i",
			"q",
			":",
			"\x03",
			"C",
			"]",
			"]",
			"]",
			"]",
			"]",
			"A",
			"L",
			"w",
			"q",
			"7",
			"l",
			"!",
			"q",
			"@",
			"q",
			"1",
			"r",
			"y",
			"s",
		]) {
			screen.keys(keys === "\x03" ? "\x7f" : keys);
			await quiet(screen);
		}
		expect([...new Set(screen.written())].filter((char) => char > "~")).toEqual([]);
		screen.abort();
	}
});
