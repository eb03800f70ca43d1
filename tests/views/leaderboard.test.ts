import { expect, test } from "vitest";
import type { RunRow } from "../../src/domain/run-row.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenInMemory, type ScreenOptions } from "./screen-in-memory.js";

const RUNS = 48;

/** Runs of 47 files of samples, and one of a model that was asked for fewer candidates. */
async function start(options: ScreenOptions = {}): Promise<ScreenInMemory> {
	const workbench = createFakeWorkbench();
	const [like] = await workbench.listRuns();
	const rows = Array.from({ length: RUNS }, (_, i): RunRow => {
		const runId = `20261121-0900${String(RUNS - 1 - i).padStart(2, "0")}-verify-${i === RUNS - 1 ? "outs" : `r${String(100 + i)}`}`;
		return { ...(like as RunRow), runId, recorded: false, kind: "verify", samples: `/samples/model-${i}.jsonl` };
	});
	workbench.listRuns = () => Promise.resolve(rows);
	const screen = openInMemory({ columns: 80, rows: 24, screen: 7, workbench, ...options });
	await screen.until((text) => text.includes(`Runs ${RUNS}`) && text.includes("sandbox bwrap"));
	await quiet(screen);
	screen.keys("jk");
	return screen;
}

async function startRanking(options: ScreenOptions = {}): Promise<ScreenInMemory> {
	const screen = await start(options);
	screen.keys("B");
	await screen.until((text) => text.includes("2 of 47 could be first") && text.includes("[ranking]"));
	return screen;
}

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
	[200, 60],
] as const) {
	test(`a leaderboard of 47 runs at ${columns}x${rows}`, async () => {
		const screen = await startRanking({ columns, rows });
		await quiet(screen);
		expectGolden(`leaderboard-${columns}x${rows}`, await screen.lines());
	});
}

test("without marks one key ranks all runs that the filter shows, with marks these", async () => {
	const screen = await start();
	screen.keys("/model-1\r");
	await screen.until((text) => text.includes("Runs 11 of 48"));
	screen.keys("B");
	await screen.until((text) => text.includes("2 of 11 could be first"));
	screen.keys("q");
	await screen.until((text) => text.includes("Runs 11 of 48"));
	screen.keys("a\x1b");
	await screen.until((text) => text.includes("Runs 48 · 11 marked"));
	screen.keys("B");
	await screen.until((text) => text.includes("2 of 11 could be first"));
});

test("more than four marked runs are ranked, not compared", async () => {
	const screen = await start();
	screen.keys("     v");
	await screen.until((text) => text.includes("5 are marked: v compares two to 4, B ranks any number"));
	screen.keys("aB");
	await screen.until((text) => text.includes("2 of 47 could be first"));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("48 marked"));
	screen.keys("a");
	await screen.until((text) => !text.includes("marked"));
});

test("the board scrolls to its last row, and finds a row by its name", async () => {
	const screen = await startRanking();
	screen.keys("G");
	await screen.until((text) => /▸ +47 mock r146/.test(text));
	screen.keys("/r120\r");
	await screen.until((text) => text.includes("1 of 47 · /r120") && /▸ +21 mock r120/.test(text));
	screen.keys("\x1b");
	await screen.until((text) => !text.includes("/r120"));
	screen.keys("/first\r");
	await screen.until((text) => text.includes("2 of 47 · /first"));
});

test("what is not on the board is there with its reason, and so is how the figures came about", async () => {
	const screen = await startRanking();
	expect(await screen.text()).toContain("left out 1");
	screen.keys("]");
	await screen.until((text) =>
		text.includes("gpt-oss-120b (20261121-090000-verify-outs): 6 tasks have another number"),
	);
	screen.keys("]");
	await screen.until((text) => text.includes("contamination unknown: no model made the candidates."));
});

test("Enter opens the run, and ^o comes back to the board", async () => {
	const screen = await startRanking();
	screen.keys("j\r");
	await screen.until((text) => text.includes("[2 Best-of-N") && text.includes("r101"));
	screen.keys("\x0f");
	await screen.until((text) => text.includes("2 of 47 could be first") && /▸ +2 mock r101/.test(text));
});

test("v compares the first two, or the marked ones by their letters, and comes back to the board", async () => {
	const screen = await startRanking();
	screen.keys("v");
	await screen.until((text) => text.includes("A mock r100") && text.includes("B mock r101"));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("2 of 47 could be first"));
	screen.keys("jj j v");
	await screen.until((text) => text.includes("A mock r102") && text.includes("B mock r104"));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("47 · 2 marked"));
	screen.keys("\x1b\x1b");
	await screen.until((text) => text.includes("Runs 48"));
});

test("checkpoints are ranked as well, those that were never evaluated apart", async () => {
	const screen = openInMemory({ columns: 120, rows: 40, screen: 6 });
	await screen.until((text) => text.includes("└ tiny-1") && text.includes("sandbox bwrap"));
	screen.keys("B");
	await screen.until((text) => text.includes("2 of 3 could be first") && text.includes("left out 1"));
	screen.keys("W");
	await screen.until((text) => text.includes("Write the report as"));
	screen.keys("m");
	// The command that did it stands in the messages.
	await screen.until((text) => /--leaderboard --leave-out .*--out \S+leaderboard\.md/s.test(text));
});
