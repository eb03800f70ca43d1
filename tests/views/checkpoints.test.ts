import { describe, expect, test } from "vitest";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

async function start(options: Parameters<typeof openInMemory>[0] = {}): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 80, rows: 24, screen: 6, ...options });
	await screen.until((text) => text.includes("└ tiny-1") && text.includes("sandbox bwrap"));
	// Takes the word of welcome away.
	await quiet(screen);
	screen.keys("kj");
	return screen;
}

/** N+2 beside N+1, with the task that got worst. */
async function startComparing(options: Parameters<typeof openInMemory>[0] = {}): Promise<ScreenInMemory> {
	const screen = await start(options);
	screen.keys("gjjv");
	await screen.until((text) => text.includes("cannot tell B from A") && text.includes("two_sum"));
	return screen;
}

const cursorLine = (text: string) => /▸[ *A-D] *(?:└ )?(\S+)/m.exec(text)?.[1] ?? "";

describe("golden screens", () => {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
		[200, 60],
	] as const) {
		test(`families of checkpoints at ${columns}x${rows}`, async () => {
			const screen = await start({ columns, rows });
			await quiet(screen);
			expectGolden(`checkpoints-${columns}x${rows}`, await screen.lines());
		});

		test(`two checkpoints at ${columns}x${rows}, and both sides of a task`, async () => {
			const screen = await startComparing({ columns, rows });
			await screen.until((text) => columns < 100 || text.includes("@@"));
			await quiet(screen);
			expectGolden(`comparison-${columns}x${rows}`, await screen.lines());
			screen.keys("\r");
			await screen.until((text) => text.includes("@@"));
			await quiet(screen);
			expectGolden(`compared-task-${columns}x${rows}`, await screen.lines());
		});
	}

	test("without Unicode and without colours nothing but ASCII is written", async () => {
		const screen = openInMemory({
			columns: 80,
			rows: 24,
			screen: 6,
			look: { ascii: true, depth: "no colour" },
		});
		await screen.until((text) => text.includes("tiny-2") && text.includes("sandbox bwrap"));
		screen.keys("gjjv");
		await screen.until((text) => text.includes("cannot tell B from A"));
		screen.keys("\r");
		await screen.until((text) => text.includes("@@"));
		await quiet(screen);
		expectGolden("compared-task-ascii-80x24", await screen.lines());
		expect(screen.written()).not.toMatch(/[^\x00-\x7f]/);
	});
});

test("the cursor starts on the newest checkpoint that has a parent, so that one key compares the two", async () => {
	const screen = await start();
	expect(cursorLine(await screen.text())).toContain("tiny-");
	screen.keys("v");
	await screen.until((text) => /A tiny(-1)? .* · B tiny-/.test(text));
});

test("up to four that are marked have letters", async () => {
	const screen = await start();
	screen.keys("g    ");
	await screen.until((text) => text.includes("4 marked"));
	for (const letter of ["A", "B", "C", "D"]) expect(await screen.text()).toMatch(new RegExp(`^[▸ ]${letter}`, "m"));
	screen.keys("v");
	await screen.until((text) => text.includes("Not comparable as they are:"));
	screen.keys("\x1b\x1b");
	await screen.until((text) => !text.includes("marked"));
});

test("what differs is told by name, and put up with by name", async () => {
	const screen = await start();
	screen.keys("g G v");
	await screen.until((text) => text.includes("! n: 6 tasks have another number: 8 and 4"));
	screen.keys("a");
	await screen.until((text) => text.includes("Compare in spite of"));
	screen.keys("a");
	await screen.until((text) => text.includes("cannot tell B from A"));
	screen.keys("@");
	await screen.until((text) => /assay compare .*--allow n/s.test(text));
});

test("flips alone, the worst task last, and every other part", async () => {
	const screen = await startComparing();
	expect(cursorLine(await screen.text())).toBe("two_sum");
	screen.keys("cc");
	await screen.until((text) => text.includes("2 of 6 · flips only"));
	expect(await screen.text()).not.toContain("reverse_string");
	screen.keys("S");
	await screen.until((text) => cursorLine(text) === "two_sum" && text.indexOf("fizzbuzz") < text.indexOf("two_sum"));
	screen.keys("]");
	await screen.until((text) => text.includes("[forgotten]") && text.includes("by split"));
	screen.keys("]");
	await screen.until((text) => text.includes("p, sign-flip over tasks"));
	screen.keys("]");
	await screen.until((text) => text.includes("pass@1 over generations") && text.includes("training loss over steps"));
});

test("what was forgotten is shown split by split with interval and test, down to the tasks and their candidates", async () => {
	const screen = await startComparing();
	screen.keys("]");
	await screen.until((text) => text.includes("[forgotten]") && text.includes("by split"));
	const shown = await screen.text();
	expect(shown).toMatch(/▸ +all tasks +6 +1 of 5 +\S+ +1 +1\.0000/);
	expect(shown).toMatch(/dev +3 +1 of 2 +0\.01-0\.91 +1 +1\.0000/);
	expect(shown).toContain("p: McNemar, by Holm over the groups");
	screen.keys("c");
	await screen.until((text) => text.includes("by tag") && /hashing +3 +1 of 3/.test(text));
	screen.keys("c");
	await screen.until((text) => text.includes("by split"));
	screen.keys("j\r");
	await screen.until((text) => text.includes("1 of 6 · /split:dev lost:b"));
	expect(cursorLine(await screen.text())).toBe("two_sum");
	screen.keys("\r");
	await screen.until((text) => text.includes("@@"));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("/split:dev lost:b"));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("[forgotten]") && /▸ +dev/.test(text));
	screen.keys("/test\r");
	await screen.until((text) => text.includes("/test") && !text.includes("all tasks  "));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("all tasks  "));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("Checkpoints 4"));
});

test("a word of the filter is a task, a tag, or how it changed", async () => {
	const screen = await startComparing();
	screen.keys("/hashing worse\r");
	await screen.until((text) => text.includes("1 of 6 · /hashing worse"));
	screen.keys("\x1b");
	await screen.until((text) => !text.includes("/hashing"));
});

test("next to a task its neighbours have been read: going there shows them at once", async () => {
	const screen = await startComparing();
	screen.keys("\r");
	await screen.until((text) => text.includes("@@"));
	await screen.model.cache.settled();
	screen.keys("L");
	await screen.until((text) => text.includes("fizzbuzz [diff]"));
	expect(await screen.text()).not.toContain("reading");
	expect(await screen.text()).toContain("A 0/8  B 4/4  +1.000  up");
});

test("a pair of candidates has verdicts, tests and both programs", async () => {
	const screen = await startComparing();
	screen.keys("\r");
	await screen.until((text) => text.includes("@@"));
	screen.keys("l");
	await screen.until((text) => /▸\S {1,2}.*#1\b/.test(text));
	screen.keys("]");
	await screen.until((text) => text.includes("[tests]") && text.includes("public public-0"));
	screen.keys("]");
	await screen.until((text) => text.includes("[A]") && text.includes("def "));
	screen.keys("]");
	await screen.until((text) => text.includes("[B]"));
	screen.keys("\x1b\x1b");
	await screen.until((text) => text.includes("Checkpoints 4"));
});

test("the report is written in the format that is chosen", async () => {
	const screen = await startComparing();
	screen.keys("W");
	await screen.until((text) => text.includes("Write the report as"));
	screen.keys("j");
	await screen.until((text) => text.includes("report written to /home/user/artifacts/reports/compare.json"));
});

test("what a candidate wrote is shown with its control codes as letters", async () => {
	const screen = await startComparing();
	screen.keys("\rl");
	await screen.until((text) => text.includes("@@"));
	expect(screen.written()).not.toContain("\x1b]0;owned");
});
