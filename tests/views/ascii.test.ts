import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { drawFrame, type Frame } from "../../views/screens/frame.js";
import { asciiCell } from "../../views/terminal/ascii.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { KEYS, numbers } from "./random-keys.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

const folder = new URL("../../views/", import.meta.url);
/** Drawn only where the terminal has more than ASCII, or never shown as they are. */
const ELSEWHERE = /^(charts|text\/cells|terminal\/ascii|keys\/|reader\/words)/;

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

const ASCII_KEYS = KEYS.filter((key) => /^[\x00-\x7f]*$/.test(key));
const FIRST_KEYS = { Tasks: "1", "the run form": "1r", "Best-of-N": "2", Traces: "4\r", Runs: "7", "the log": "7L" };

/** All that is drawn, before it becomes ASCII. */
function textsOf(frame: Frame): string {
	const { header, info, panes, notice, hints, dialog } = frame;
	const inPanes = panes.flatMap(({ title, rows }) => [title, ...rows]);
	const inDialog = dialog ? [dialog.title, dialog.keys, ...dialog.rows] : [];
	return [header, ...info, ...inPanes, ...notice, hints, ...inDialog].join("\n");
}

for (const [place, firstKeys] of Object.entries(FIRST_KEYS)) {
	test(`whatever keys follow on ${place}, every sign that is drawn has one of its own in ASCII`, async () => {
		const next = numbers(place.length);
		const workbench = createFakeWorkbench({ taskCount: 60, traces: true });
		const screen = openInMemory({ columns: 120, rows: 40, workbench, look: { ascii: true } });
		await screen.until((text) => text.includes("two_sum"));
		const missing = new Set<string>();
		for (let i = 0; i < 240; i++) {
			const { dialog } = screen.model.ui.getState();
			if (i % 40 === 0) {
				for (let layer = 0; layer < 4; layer++) {
					screen.keys("\x1b");
					await new Promise((later) => setTimeout(later, 25));
				}
				for (const key of firstKeys) {
					screen.keys(key);
					await quiet(screen);
				}
			} else if (dialog?.kind === "confirm") screen.keys("n");
			else screen.keys(ASCII_KEYS[Math.floor(next() * ASCII_KEYS.length)] ?? "j");
			await new Promise((turn) => setImmediate(turn));
			for (const char of textsOf(drawFrame(screen.model))) if (char > "~" && asciiCell(char) === "?") missing.add(char);
		}
		expect([...missing]).toEqual([]);
		expect(screen.written()).toMatch(/^[\x00-\x7f]*$/);
		screen.abort();
	});
}
