import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

const folder = mkdtempSync(join(tmpdir(), "assay-log-pane-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const line = (i: number) =>
	`2026-11-21T09:30:${String(i % 60).padStart(2, "0")}.000Z ${i % 100 === 42 ? "ERROR it broke" : "INFO fine"} line ${i}`;
let files = 0;

async function atLog(count: number): Promise<{ screen: ScreenInMemory; path: string }> {
	const path = join(folder, `${files++}.log`);
	writeFileSync(path, Array.from({ length: count }, (_, i) => `${line(i)}\n`).join(""));
	const screen = openInMemory({ columns: 100, rows: 24, workbench: createFakeWorkbench({ logPath: path }) });
	await screen.until((text) => text.includes("fizzbuzz"));
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	screen.keys("L");
	await screen.until((text) => count === 0 || text.includes(`line ${count - 1}`));
	return { screen, path };
}

test("L shows the end of the run's log and follows it, until one scrolls away", async () => {
	const { screen, path } = await atLog(1000);
	expect(await screen.text()).toMatch(/1 000 lines .* following/);
	appendFileSync(path, "the newest line\n");
	await screen.until((text) => text.includes("the newest line"));
	screen.keys("g");
	await screen.until((text) => /line 0\b/.test(text));
	appendFileSync(path, "newer still\n");
	await screen.until((text) => text.includes("1 002 lines"));
	expect(await screen.text()).not.toContain("newer still");
	screen.keys("F");
	await screen.until((text) => text.includes("newer still"));
	screen.keys("q");
	await screen.until((text) => text.includes("event 399 of 399"));
});

test("rows far from the end are fetched when they are looked at", async () => {
	const { screen } = await atLog(20_000);
	screen.keys("g");
	await screen.until((text) => /line 0\b/.test(text));
	screen.keys("\x04\x04\x04");
	await screen.until((text) => /line 60\b/.test(text));
	screen.keys("G\x15\x15");
	await screen.until((text) => /line 19950\b/.test(text) && !/line 19999\b/.test(text));
});

test("/ jumps to matches as it is typed, n and N to others, & shows only those", async () => {
	const { screen } = await atLog(5000);
	screen.keys("g/line 77");
	await screen.until((text) => /▸ .*line 77\b/.test(text));
	screen.keys("\rn");
	await screen.until((text) => /▸ .*line 770\b/.test(text));
	screen.keys("N");
	await screen.until((text) => /▸ .*line 77\b/.test(text));
	screen.keys("&");
	await screen.until((text) => /only line 77: 11\b/.test(text) && text.includes("line 779"));
	screen.keys("&");
	await screen.until((text) => text.includes("line 4999"));
	screen.keys("/\x15~broke line 1\\d42$\r");
	await screen.until((text) => /▸ .*broke line 1042/.test(text));
});

test("e and E go from error to error", async () => {
	const { screen } = await atLog(1000);
	screen.keys("E");
	await screen.until((text) => /▸ .*ERROR it broke line 942/.test(text));
	screen.keys("E");
	await screen.until((text) => /▸ .*line 842\b/.test(text));
	screen.keys("e");
	await screen.until((text) => /▸ .*line 942\b/.test(text));
});

test("what comes while it is held is counted and shown afterwards", async () => {
	const { screen, path } = await atLog(100);
	screen.keys("P");
	await screen.until((text) => text.includes("held, 0 more"));
	appendFileSync(path, "one\ntwo\n");
	await screen.until((text) => text.includes("held, 2 more"));
	expect(await screen.text()).not.toContain(" two");
	screen.keys("P");
	await screen.until((text) => text.includes(" two"));
});

test("long lines are cut, moved sideways and wrapped; control characters are letters", async () => {
	const { screen, path } = await atLog(1);
	appendFileSync(path, `start ${"abcdefghij".repeat(30)} end \x1b[31mred\n${"z".repeat(50_000)}\n`);
	await screen.until((text) => text.includes("48.8 KiB in all"));
	expect(screen.written()).not.toContain("\x1b[31mred");
	screen.keys("w");
	await screen.until((text) => text.includes("zzzzzzzz"));
	screen.keys("wl");
	await screen.until((text) => /│ +…00\.000Z INFO/.test(text));
});

test("t puts the times of the lines into a column", async () => {
	const { screen } = await atLog(50);
	screen.keys("t");
	await screen.until((text) => /09:30:49\.000 +2026/.test(text));
});

test("a log at rest writes nothing", async () => {
	const { screen } = await atLog(500);
	await quiet(screen);
	const before = screen.bytes();
	await quiet(screen);
	expect(screen.bytes()).toBe(before);
});

test("$ shows the end of a line of megabytes, 0 its beginning, and keys go on from there", async () => {
	const { screen, path } = await atLog(300);
	const long = Array.from({ length: 300_000 }, (_, i) => String(i).padStart(9, "0")).join(" ");
	appendFileSync(path, `${long} the very end\nafter it\n`);
	await screen.until((text) => text.includes("2.9 MiB in all"));
	screen.keys("$");
	await screen.until((text) => /…\d+ .* 000299999 the very end *│/.test(text));
	expect(await screen.text()).not.toContain("in all");
	screen.keys("h".repeat(300));
	await screen.until((text) => /000299\d\d\d/.test(text) && text.includes("2.9 MiB in all"));
	screen.keys("0");
	await screen.until((text) => text.includes("000000000 000000001") && text.includes("after it"));
});

test("events of a run are told in words with their type first, v shows the lines as they stand in the file", async () => {
	const screen = openInMemory({ columns: 80, rows: 24, workbench: createFakeWorkbench() });
	await screen.until((text) => text.includes("fizzbuzz"));
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	screen.keys("L");
	await screen.until((text) => /run\.finished +completed/.test(text) && /verdict\.recorded +\S+ #\d+ +\w+/.test(text));
	screen.keys("v");
	await screen.until((text) => text.includes('{"seq":'));
	screen.keys("v/codeSha256\r");
	// What is searched for stands in the line alone.
	await screen.until((text) => /▸ \{"seq":/.test(text));
});

test("a verdict that refuses a candidate has the colour of errors, whatever its reason", async () => {
	const screen = openInMemory({ columns: 80, rows: 60, workbench: createFakeWorkbench() });
	await screen.until((text) => text.includes("fizzbuzz"));
	screen.keys("o\r");
	await screen.until((text) => text.includes("event 399 of 399"));
	screen.keys("L");
	await screen.until((text) => /run\.finished +completed/.test(text));
	const refused = await screen.coloursOf(/verdict\.recorded +\S+ #\d+ {2}(?!accepted)/);
	const accepted = await screen.coloursOf(/verdict\.recorded +\S+ #\d+ {2}accepted/);
	expect(new Set(refused)).toEqual(new Set([refused[0]]));
	expect(refused.length).toBeGreaterThan(2);
	expect(accepted).not.toContain(refused[0]);
	expect(accepted).not.toEqual([]);
});
