import { describe, expect, test } from "vitest";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

async function start(options: Parameters<typeof openInMemory>[0] = {}): Promise<ScreenInMemory> {
	const screen = openInMemory({
		columns: 120,
		rows: 40,
		screen: 4,
		workbench: createFakeWorkbench({ traces: true }),
		...options,
	});
	await screen.until((text) => text.includes("self-debug-demo") && text.includes("ldb.jsonl"));
	return screen;
}

/** The list of the debug run's traces. */
async function startInList(options: Parameters<typeof openInMemory>[0] = {}): Promise<ScreenInMemory> {
	const screen = await start(options);
	screen.keys("\r");
	await screen.until((text) => text.includes("fizzbuzz") && !text.includes("reading"));
	return screen;
}

/** A trace of which a try branches, at its steps. */
async function startInTrace(options: Parameters<typeof openInMemory>[0] = {}): Promise<ScreenInMemory> {
	const screen = await startInList(options);
	screen.keys("j\r");
	await screen.until((text) => text.includes("Steps 11"));
	return screen;
}

const cursorRow = (text: string) =>
	/▸ +(\d+ .*?) *(?:││|$)/m.exec(text.slice(text.indexOf("Steps ")))?.[1]?.trim() ?? "";

describe("golden screens", () => {
	for (const [columns, rows] of [
		[80, 24],
		[120, 40],
		[200, 60],
	] as const) {
		test(`a trace that branches at ${columns}x${rows}`, async () => {
			const screen = await startInTrace({ columns, rows });
			screen.keys("nnd");
			await screen.until((text) => text.includes("@@"));
			await quiet(screen);
			expectGolden(`traces-${columns}x${rows}`, await screen.lines());
		});
	}

	test("without Unicode nothing but ASCII is written", async () => {
		const screen = await startInList({ columns: 80, rows: 24, look: { ascii: true, depth: "no colour" } });
		screen.keys("j\rnn");
		await screen.until((text) => text.includes("turned since"));
		await quiet(screen);
		expectGolden("traces-ascii-80x24", await screen.lines());
		expect(screen.written()).not.toMatch(/[^\x00-\x7f]/);
	});
});

describe("runs and files with traces", () => {
	test("are listed, and Esc comes back to them", async () => {
		const screen = await startInList();
		screen.keys("\x1b");
		const text = await screen.until((shown) => shown.includes("Traces of 2 runs and files"));
		expect(text).toContain("script  2 of 3 accepted  2 tasks");
		screen.keys("j\r");
		await screen.until((shown) => shown.includes("ldb.jsonl") && shown.includes("Traces 3"));
	});
});

describe("the list of traces", () => {
	test("says how each ended and can be filtered by that", async () => {
		const screen = await startInList({ columns: 200, rows: 60 });
		const text = await screen.text();
		expect(text).toMatch(/two_sum +1 ✓ accepted +3 passed/);
		expect(text).toMatch(/fizzbuzz +0 ✗ wrong answer +0 revisions/);
		screen.keys("/wrong\r");
		await screen.until((shown) => shown.includes("/wrong 1 of 3"));
	});

	test("is sorted by a letter", async () => {
		const screen = await startInList();
		screen.keys("sr");
		const text = await screen.until((shown) => shown.includes("by revisions"));
		expect(text.search(/two_sum +1/)).toBeLessThan(text.search(/two_sum +0/));
	});
});

describe("a trace", () => {
	test("is walked in the order of time with h and l, along the tree with j and k", async () => {
		const screen = await startInTrace();
		screen.keys("ll");
		await screen.until((text) => cursorRow(text).startsWith("2 ├ revise"));
		screen.keys("$");
		await screen.until((text) => cursorRow(text).startsWith("10 final ✓ accepted"));
		screen.keys("0jj");
		await screen.until((text) => cursorRow(text).startsWith("2 ├ revise"));
	});

	test("n goes to the steps where a test turned, and says when there is none further on", async () => {
		const screen = await startInTrace();
		screen.keys("n");
		await screen.until((text) => cursorRow(text).startsWith("3 │ tests ✗ 0/2") && text.includes("turned since step 1"));
		screen.keys("n");
		await screen.until((text) => cursorRow(text).startsWith("5   tests ✗ 1/2"));
		screen.keys("n");
		await screen.until((text) => cursorRow(text).startsWith("7"));
		screen.keys("n");
		await screen.until((text) => text.includes("no test turned after this step"));
	});

	test("tests say what each was before", async () => {
		const screen = await startInTrace();
		screen.keys("n");
		const text = await screen.until((shown) => shown.includes("turned since step 1"));
		expect(text).toContain("✓→✗ passed before");
	});

	test("H and L go to the traces beside it", async () => {
		const screen = await startInTrace();
		screen.keys("H");
		await screen.until((text) => text.includes("two_sum #0") && text.includes("Steps 7"));
		screen.keys("LL");
		await screen.until((text) => text.includes("fizzbuzz #0"));
	});

	test("shows prompt, completion, feedback and reward, and escapes what the model wrote", async () => {
		const screen = await startInTrace();
		screen.keys("ll\r[");
		await screen.until((text) => text.includes("[completion]") && text.includes("Here it is:"));
		screen.keys("[");
		await screen.until((text) => text.includes("[prompt]") && text.includes("You write Python."));
		screen.keys("[");
		await screen.until((text) => text.includes("[reward]") && text.includes("the model is told none of this"));
		screen.keys("[");
		await screen.until((text) => text.includes("[feedback]") && text.includes("the model is told:"));
		expect(screen.written()).not.toContain("\x1b]0;owned");
		expect(screen.written()).not.toContain("\x1b[2Jgot");
	});

	test("plays to its end and stops there", async () => {
		const screen = await startInTrace();
		screen.keys(">>p");
		await screen.until((text) => text.includes("playing 16x"));
		await screen.until((text) => cursorRow(text).startsWith("10 final") && !text.includes("playing"));
	});

	test("is compared with the marked one of its task", async () => {
		const screen = await startInList();
		screen.keys(" jv");
		const text = await screen.until(
			(shown) => shown.includes("two_sum, two traces") && shown.includes("no difference"),
		);
		expect(text).toMatch(/try #0 +│ +try #1/);
		expect(text).toMatch(/1 revisions.*│.*3 revisions/);
	});

	test("without a mark another try of its task is chosen", async () => {
		const screen = await startInList();
		screen.keys("v");
		await screen.until((text) => text.includes("Compare #0 with"));
		screen.keys("\r");
		await screen.until((text) => text.includes("two_sum, two traces"));
	});
});
