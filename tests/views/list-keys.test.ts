import { describe, expect, test } from "vitest";
import { parseFilter } from "../../src/store/row-filter.js";
import { underlineTerms } from "../../views/text/underlined.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { openInMemory, type ScreenInMemory } from "./screen-in-memory.js";

async function start(): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns: 100, rows: 30 });
	await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
	return screen;
}

const marks = (screen: ScreenInMemory) => [...screen.model.ui.getState().marks].sort();

describe("what a filter found", () => {
	const underlined = (text: string, filter: string) =>
		underlineTerms(text, parseFilter(filter)).replaceAll("\x1b[4m", "<").replaceAll("\x1b[24m", ">");

	test("is underlined wherever it is, also by a pattern", () => {
		expect(underlined("two_sum Two", "two")).toBe("<two>_sum <Two>");
		expect(underlined("task_00017", "~0+1")).toBe("task_<0001>7");
		expect(underlined("a.b*c", "b*")).toBe("a.<b*>c");
	});

	test("is underlined once where words overlap, and not at all where it must not be", () => {
		expect(underlined("fibonacci", "fibo bona")).toBe("<fibona>cci");
		expect(underlined("fibonacci", "!fib")).toBe("fibonacci");
		expect(underlined("fibonacci", "~x*")).toBe("fibonacci");
	});

	test("is seen in the list", async () => {
		const screen = await start();
		screen.keys("/sum");
		await screen.until((text) => text.includes("1 of 42"));
		expect(screen.written()).toMatch(/\x1b\[[0-9;]*\b4\b[0-9;]*msum/);
	});
});

describe("the list of tasks", () => {
	test("s and a letter sort it at once", async () => {
		const screen = await start();
		screen.keys("si");
		await screen.until((text) => text.includes("by id"));
		screen.keys("sc");
		await screen.until((text) => text.includes("by candidates"));
		screen.keys("S");
		await screen.until((text) => text.includes("by candidates, reversed"));
	});

	test("V marks from the last mark to the cursor, in both directions", async () => {
		const screen = await start();
		screen.keys("j jV");
		await screen.until((text) => text.includes("3 marked"));
		expect(marks(screen)).toEqual(["fizzbuzz", "is_palindrome", "reverse_string"]);
		screen.keys("gV");
		await screen.until((text) => text.includes("4 marked"));
		expect(marks(screen)).toContain("two_sum");
	});

	test("V without a mark says how a range is made", async () => {
		const screen = await start();
		screen.keys("V");
		await screen.until((text) => text.includes("mark the one end with Space"));
	});
});

describe("without an open run", () => {
	test("the runs there are stand on Best-of-N, and Enter opens one", async () => {
		for (const columns of [80, 120, 200]) {
			const screen = openInMemory({ columns, rows: 30 });
			await screen.until((text) => text.includes("two_sum") && text.includes("sandbox bwrap"));
			screen.keys("2");
			const shown = await screen.until((text) => text.includes("1 run to open"));
			expect(shown).toContain("▸ 20261121-093000-best-of-n-demo");
			expect(shown).toContain("Enter open the run");
			expect(shown).not.toContain("h l");
			screen.keys("\r");
			await screen.until((text) => text.includes("48/48 judged"));
		}
	});

	test("where there is none the way to start one is said", async () => {
		const workbench = { ...createFakeWorkbench(), listRuns: () => Promise.resolve([]) };
		const screen = openInMemory({ columns: 80, rows: 24, workbench });
		screen.keys("2");
		await screen.until((text) => text.includes("there is no run yet") && text.includes("where r starts one"));
	});
});

test("names of tasks are whole while there is anything else to leave out", async () => {
	const name = "longest_unique_run";
	const fake = createFakeWorkbench();
	const workbench = {
		...fake,
		async *listTasks(signal: AbortSignal) {
			for await (const row of fake.listTasks(signal)) yield { ...row, id: `${name}_${row.id}`.slice(0, 22) };
		},
	};
	for (const columns of [80, 120]) {
		const screen = openInMemory({ columns, rows: 30, workbench });
		screen.model.taskResults.set("x", { runId: "x", accepted: 1, n: 2, statuses: [], shares: [0.5] });
		await screen.until((text) => text.includes(`${name}_two`) && text.includes("trend"));
	}
});
