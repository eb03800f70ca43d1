import { expect, test } from "vitest";
import { RECORDED_RUN } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenInMemory } from "./screen-in-memory.js";

/** The screen of runs, with the recorded run and two that were started here. */
async function start(columns: number, rows: number): Promise<ScreenInMemory> {
	const screen = openInMemory({ columns, rows });
	await screen.until((text) => text.includes("sandbox bwrap") && text.includes("fizzbuzz"));
	for (const count of [1, 2]) {
		screen.keys("1r");
		await screen.until((text) => text.includes("Enter starts"));
		screen.keys("\r");
		await screen.until((text) => text.includes(`10000${count}-best-of-n-test`));
		await quiet(screen);
	}
	screen.keys("7");
	await screen.until((text) => text.includes("Runs 3") && (columns < 100 || text.includes("made from")));
	await quiet(screen);
	return screen;
}

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
	[200, 60],
] as const) {
	test(`the runs and their lineage at ${columns}x${rows}`, async () => {
		const screen = await start(columns, rows);
		expectGolden(`runs-${columns}x${rows}`, await screen.lines());
	});
}

test("a run opens in Best-of-N, and plays from its start", async () => {
	const screen = await start(80, 24);
	screen.keys("G\r");
	await screen.until((text) => text.includes("[2 Best-of-N]") && text.includes(RECORDED_RUN.slice(-14)));
	screen.keys("7p");
	await screen.until((text) => text.includes("[2 Best-of-N]") && !text.includes("399/399 events"));
});

test("two marked runs stand side by side, task by task, and Esc leads back", async () => {
	const screen = await start(80, 24);
	screen.keys("v");
	await screen.until((text) => text.includes("mark two to four runs with Space"));
	screen.keys("  v");
	await screen.until((text) => text.includes("cannot tell B from A"));
	const text = await screen.text();
	expect(text).toContain("1 up, 1 down, 4 the same; solved by one alone: 1 up, 1 down");
	expect(text).toMatch(/two_sum +8\/8 +0\/4 +-1\.000 down/);
	expect(text).toMatch(/fizzbuzz +0\/8 +4\/4 +\+1\.000 up/);
	screen.keys("\x1b");
	await screen.until((shown) => shown.includes("2 marked"));
});

test("files are compared with their checksums when that is asked for", async () => {
	const screen = await start(120, 40);
	expect(await screen.text()).not.toContain("✗ changed");
	screen.keys("c");
	await screen.until((text) => text.includes("✗ changed assay.rollout.v1") && text.includes("✓ events"));
	expect(await screen.text()).toContain("1 file changed or missing");
});

test("a run is deleted only after a yes, and one that ships with the program never", async () => {
	const screen = await start(80, 24);
	screen.keys("D");
	await screen.until((text) => text.includes("Delete this run?"));
	screen.keys("n");
	await screen.until((text) => !text.includes("Delete this run?"));
	expect(await screen.text()).toContain("Runs 3");
	screen.keys("D");
	await screen.until((text) => text.includes("Delete this run?"));
	screen.keys("y");
	await screen.until((text) => text.includes("Runs 2"));
	screen.keys("GD");
	await screen.until((text) => text.includes("not deleted: this run ships with assay"));
});

test("runs are filtered as one types, sorted by a letter, and archived", async () => {
	const screen = await start(80, 24);
	screen.keys("/100001");
	await screen.until((text) => text.includes("Runs 1 of 3"));
	screen.keys("\x1b");
	await screen.until((text) => text.includes("Runs 3"));
	screen.keys("sz");
	await screen.until((text) => text.includes("by size"));
	screen.keys("A");
	await screen.until((text) => text.includes("6 files, 9.0 kB, checked"));
});

test("a run is started again with its tasks, backend, N and seed", async () => {
	const screen = await start(80, 24);
	screen.keys("Gr");
	await screen.until((text) => text.includes("[2 Best-of-N]") && text.includes("100003-best-of-n-test"));
	await quiet(screen);
	screen.keys("7");
	await screen.until((text) => text.includes("Runs 4"));
});
