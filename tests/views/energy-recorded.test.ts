import { expect, test } from "vitest";
import { AssayError } from "../../src/lib/errors.js";
import { fakeRecorded } from "./fake-rankings.js";
import { createFakeWorkbench } from "./fake-workbench.js";
import { expectGolden } from "./golden-text.js";
import { openInMemory, quiet, type ScreenOptions } from "./screen-in-memory.js";

async function openRecorded(options: ScreenOptions = {}) {
	const screen = openInMemory({ columns: 120, rows: 40, ranking: "/home/user/ranking.jsonl", ...options });
	await screen.until((text) => text.includes("4 tasks of 6 rerankable") && text.includes("sandbox bwrap"));
	await quiet(screen);
	return screen;
}

for (const [columns, rows] of [
	[80, 24],
	[120, 40],
	[200, 60],
] as const) {
	test(`a recorded ranking at ${columns}x${rows}`, async () => {
		const screen = await openRecorded({ columns, rows });
		expectGolden(`energy-recorded-${columns}x${rows}`, await screen.lines());
	});
}

test("a recorded ranking says when it was made and what it lacks, tab by tab, and ranks nothing", async () => {
	const workbench = createFakeWorkbench();
	workbench.rankCandidates = () => {
		throw new Error("it ranks");
	};
	const screen = await openRecorded({ workbench });
	expect(await screen.text()).toContain("RECORDED 2026-11-20 08:15 UTC by assay 0.1.0, trees 2026-11-21; run not here");
	expect(await screen.text()).toContain("recorded in ranking.jsonl");
	screen.keys("xacl\r");
	await screen.until((text) => text.includes("[ranks]") && text.includes("trees, static"));
	screen.keys("]");
	await screen.until((text) => /\[diff\][\s\S]*programs are not in a recorded ranking/.test(text));
	for (const tab of ["lines", "map", "swap", "similar"]) {
		screen.keys("]");
		await screen.until((text) => text.includes(`[${tab}]`) && /not in a recorded ranking|no other question/.test(text));
	}
	screen.keys("\r");
	await screen.until((text) => text.includes("is not in this workspace: the ranking alone is recorded"));
	screen.keys("v");
	await screen.until((text) => text.includes("✓ accepted"));
});

test("where its run is at hand, a recorded ranking leads to the code", async () => {
	const workbench = createFakeWorkbench();
	workbench.recordedRanking = fakeRecorded(
		["two_sum", "fizzbuzz", "reverse_string", "is_palindrome", "max_subarray", "fibonacci"],
		8,
		true,
	);
	const screen = await openRecorded({ workbench });
	expect(await screen.text()).toContain("trees 2026-11-21; run here");
	screen.keys("l\r]");
	await screen.until((text) => text.includes("[diff]") && /starter code → #\d/.test(text));
	screen.keys("\r");
	await screen.until((text) => text.includes("[2 Best-of-N]"));
});

test("a file that holds no ranking says why, and another one is asked for by its path", async () => {
	const workbench = createFakeWorkbench();
	const { recordedRanking } = workbench;
	const asked: string[] = [];
	workbench.recordedRanking = async (path) => {
		asked.push(path);
		if (path.endsWith("bad.jsonl")) throw new AssayError("usage", `${path}:1: is no ranking`, { hint: "take another" });
		return await recordedRanking(path);
	};
	const screen = openInMemory({ columns: 80, rows: 24, ranking: "/home/user/bad.jsonl", workbench });
	await screen.until((text) => text.includes("bad.jsonl:1: is no ranking") && text.includes("take another"));
	await quiet(screen);
	screen.keys("O");
	await screen.until((text) => text.includes("a recorded ranking…"));
	screen.keys("G\r");
	await screen.until((text) => text.includes("Open a recorded ranking"));
	screen.keys("\r");
	await screen.until((text) => text.includes("something has to be typed"));
	screen.keys("good.jsonl\r");
	await screen.until((text) => text.includes("4 tasks of 6 rerankable"));
	screen.keys("R");
	await quiet(screen);
	expect(asked).toEqual(["/home/user/bad.jsonl", "good.jsonl", "good.jsonl"]);
});
