import { expect, test } from "vitest";
import { tell } from "../../views/model/model.js";
import { spokenLine, spokenText } from "../../views/reader/words.js";
import { systemTimers } from "../../views/terminal/frame-clock.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, quiet } from "./screen-in-memory.js";

const DRAWN = /[─-╿▀-▟⠀-⣿▸◆✓✗●━]/u;

/** No line is broken. */
const WIDE = 400;

/** Nothing waits long: what is said does not depend on when. */
const timers = { ...systemTimers, after: (ms: number, run: () => void) => systemTimers.after(Math.min(ms, 5), run) };

/** The screens as a screen reader gets them, and the lines that keys lead to. */
async function listen(options: Parameters<typeof openInMemory>[0] = {}) {
	const screen = openInMemory({ screenReader: true, timers, columns: WIDE, ...options });
	await screen.until(() => {
		const { runRows, sandbox } = screen.model.ui.getState();
		return runRows.length > 0 && typeof sandbox === "object";
	});
	await quiet(screen);
	let heard = screen.written().length;
	const press = async (...keys: string[]) => {
		for (const key of keys) screen.keys(key);
		await quiet(screen);
		const news = screen.written().slice(heard);
		heard = screen.written().length;
		return news.split("\r\n").slice(0, -1);
	};
	return { screen, press };
}

const replayed = async (press: (...keys: string[]) => Promise<string[]>) => {
	const lines = await press("o", "\r");
	expect(lines.join("\n")).toContain("event 399 of 399");
	return lines;
};

test("a screen is lines of words: tab, title, rows and keys, with the selected row told as such", async () => {
	const { press } = await listen();
	const lines = await press("\x0c");
	expect(lines[0]).toMatch(/^tab: Tasks, .*sandbox/);
	expect(lines[1]).toBe("Tasks 42");
	expect(lines.filter((line) => line.startsWith("(selected)"))).toHaveLength(1);
	expect(lines[2]).toMatch(/^\(selected\) \w+, level \w+.* public and \d+ hidden tests.*, 1 of 42$/);
	expect(lines.at(-1)).toMatch(/^keys: Enter: read the task, .*question mark: help/);
});

test("a move says the row it leads to and nothing else", async () => {
	const { press } = await listen();
	const [line = "", ...rest] = await press("j");
	expect(line).toMatch(/^\(selected\) .*, 2 of 42$/);
	expect(rest).toEqual([]);
	expect(await press("k")).toHaveLength(1);
});

test("what is typed, a dialog, its choice and the way back are told shortly", async () => {
	const { press } = await listen();
	expect(await press("/two")).toContain("textbox: filter two, 1 of 42");
	expect(await press("\r")).not.toContain("Tasks 42");
	const palette = await press(":");
	expect(palette[0]).toBe("dialog: Commands");
	const typed = await press("sort");
	expect(typed[0]).toBe("textbox: sort");
	expect(typed).toHaveLength(2);
	const back = await press("\x10");
	expect(back[0]).toMatch(/^tab: Tasks/);
	expect(back).toHaveLength(2);
	const help = await press("?");
	expect(help[0]).toBe("dialog: Keys");
	expect(help.join("\n")).toMatch(/^Shift V: mark from the last mark to here$/m);
});

test("messages are lines too, with the word for how bad they are, each once", async () => {
	const { screen, press } = await listen();
	tell(screen.model, "warning", "the disk is nearly full");
	tell(screen.model, "note", "and all is well");
	expect(await press()).toEqual(["warning: the disk is nearly full", "and all is well"]);
	expect(await press()).toEqual([]);
});

test("a candidate of the board is told by its word, and charts as sentences with least, most and last", async () => {
	const { press } = await listen();
	await replayed(press);
	const [board = ""] = await press("l");
	expect(board).toMatch(/^\(selected\) .*, \d of \d accepted, sample 1 [a-z ]+$/);
	const charts = (await press("C")).join("\n");
	expect(charts).toMatch(/pass@k: \d+ values from [\d.]+ to [\d.]+, min [\d.]+, max [\d.]+, last [\d.]+/);
	expect(charts).toMatch(/accepted: \d+, [\d.]+ percent/);
	expect(charts).toMatch(/CPU time, accepted: min .*, max /);
});

test("a step of a paused replay says where it is", async () => {
	const { press } = await listen();
	await replayed(press);
	expect((await press(",")).join("\n")).toContain("event 398 of 399");
});

test("on every screen and dialog nothing is drawn, moved or written over, and nothing is said without a change", async () => {
	const { screen, press } = await listen();
	await replayed(press);
	for (const keys of ["l\r", "]", "]", "]", "d", "w", "i", "\x1b", "C", "]", "]", "]", "]", "]", "\x1b", "L", "k", "q"])
		await press(keys);
	for (const keys of [
		"A",
		"4",
		"j",
		"\r",
		"\t",
		"]",
		"7",
		"j",
		"l",
		"h",
		"s",
		"\x1b",
		"!",
		"\x1b",
		"1",
		"r",
		"j",
		"\x1b",
		"T",
		"z",
	])
		await press(keys);
	const said = screen.written().replace(/^\x1b\[\?2004h/, "");
	expect(said).not.toContain("\x1b");
	expect(said).not.toMatch(DRAWN);
	expect(await press()).toEqual([]);
	expect(await screen.isAlternate()).toBe(false);
});

test("the steps of a trace are told by what they were and led to", async () => {
	const { screen, press } = await listen({ workbench: createFakeWorkbench({ traces: true }) });
	const sources = await press("4");
	expect(sources.join("\n")).toMatch(/^\(selected\) \S+-self-debug-demo, /m);
	expect((await press("\r")).join("\n")).toMatch(/^\(selected\) \w+, try \d+, /m);
	const steps = (await press("\r")).join("\n");
	expect(steps).toMatch(/^\(selected\) 0 propose/m);
	expect(steps).toMatch(/^1 tests \d\/\d wrong answer/m);
	await press("\t", "]", "]", "]", "v");
	expect(screen.written()).not.toMatch(DRAWN);
});

test("with --ascii what is said is ASCII", async () => {
	const { screen, press } = await listen({ look: { ascii: true } });
	await replayed(press);
	await press("C", "?");
	expect(screen.written()).toMatch(/^[\x00-\x7f]*$/);
});

test("a list of many tasks is walked by pages, each saying only where it leads", async () => {
	const screen = openInMemory({
		screenReader: true,
		timers,
		columns: WIDE,
		workbench: createFakeWorkbench({ taskCount: 5000 }),
	});
	await screen.until((text) => text.includes("(selected)"));
	await quiet(screen);
	const before = screen.written().length;
	screen.keys("G");
	await quiet(screen);
	expect(screen.written().slice(before)).toMatch(/^\(selected\) [^\r]*, (\d+) of \1\r\n$/);
});

test("lines that are longer than the terminal is wide are broken between words", async () => {
	const { press } = await listen({ columns: 60 });
	const lines = await press("j");
	expect(lines.length).toBeGreaterThan(1);
	for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
	expect(lines.join(" ")).toMatch(/^\(selected\) \w+, level \w+, .* public and \d+ hidden tests, .*, \d+ of 42$/);
});

test("signs are words wherever they stand, and the letters of a text stay", () => {
	expect(spokenText("tests   ✓ 3   (✗)   ·   done")).toBe("tests, passed 3, (failed), none, done");
	expect(spokenLine("├ assert f(1) == 2   ✗   2 ms")).toBe("  assert f(1) == 2   failed   2 ms");
	expect(spokenLine('print("✓ok")')).toBe('print("✓ok")');
	expect(spokenLine("   6          raise ValueError")).toBe("   6          raise ValueError");
	expect(spokenText("Tasks 3 · by level")).toBe("Tasks 3, by level");
});
