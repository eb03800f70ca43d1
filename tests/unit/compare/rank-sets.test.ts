import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compareRuns } from "../../../src/app/compare-runs.js";
import { rankRuns } from "../../../src/app/rank-runs.js";
import { compareSets } from "../../../src/compare/compare-sets.js";
import { comparisonMarkdown } from "../../../src/compare/comparison-text.js";
import { leaderboardMarkdown, leaderboardNotes } from "../../../src/compare/leaderboard-text.js";
import type { ResultSet } from "../../../src/compare/result-set.js";
import { Leaderboard } from "../../../src/domain/leaderboard.js";
import { seededRandom } from "../../../src/lib/seeded-random.js";
import { simultaneousDifferences } from "../../../src/stats/simultaneous.js";
import { temporaryFolder } from "../app/run-fixtures.js";

const BOOTSTRAP = { resamples: 2000, seed: 1, level: 0.95 };
const rest = {
	workspace: "/nowhere",
	k: 1,
	seed: 1,
	resamples: 2000,
	allowed: [],
	signal: new AbortController().signal,
};

/** One candidate a task; `solves(task)` says whether it is right. */
function results(folder: string, name: string, tasks: number, solves: (task: number) => boolean): string {
	const path = join(folder, name);
	const lines = Array.from({ length: tasks }, (_, task) =>
		JSON.stringify({
			taskId: `t${task}`,
			sampleIndex: 0,
			status: solves(task) ? "accepted" : "wrong_answer",
			sandbox: "bwrap",
		}),
	);
	writeFileSync(path, `${lines.join("\n")}\n`);
	return path;
}

test("a board has the best first, ranges of ranks, and groups of neighbours that cannot be told apart", async () => {
	const folder = temporaryFolder();
	const sources = [
		results(folder, "poor.jsonl", 100, (task) => task < 10),
		results(folder, "good.jsonl", 100, (task) => task < 80),
		results(folder, "as-good.jsonl", 100, (task) => task < 79 || task === 90),
		results(folder, "fair.jsonl", 100, (task) => task < 45),
	];
	const board = Leaderboard.parse(await rankRuns({ ...rest, sources }));
	expect(board.entries.map(({ set, rank }) => [set.name, rank])).toEqual([
		["as-good.jsonl", { first: 1, last: 2 }],
		["good.jsonl", { first: 1, last: 2 }],
		["fair.jsonl", { first: 3, last: 3 }],
		["poor.jsonl", { first: 4, last: 4 }],
	]);
	expect(board.groups).toEqual([
		{ first: 1, last: 2 },
		{ first: 3, last: 3 },
		{ first: 4, last: 4 },
	]);
	expect(board).toMatchObject({ tasks: 100, solvedByAll: 10, solvedByNone: 19 });
	expect(leaderboardNotes(board)[0]).toBe("2 of 4 could be first: as-good.jsonl, good.jsonl");
	expect(leaderboardMarkdown(board)).toContain("| 1 | as-good.jsonl | 0.8000 ");
});

test("what was judged otherwise than most is not on the board, with the reason; without that wish it refuses them all", async () => {
	const folder = temporaryFolder();
	const alike = [
		results(folder, "a.jsonl", 40, (task) => task < 10),
		results(folder, "b.jsonl", 40, (task) => task < 30),
		results(folder, "c.jsonl", 40, (task) => task < 20),
	];
	const fewer = results(folder, "fewer.jsonl", 39, () => true);
	const broken = join(folder, "broken.jsonl");
	writeFileSync(broken, '{"taskId":"t0","sampleIndex":0,"status":"accepted","sandbox":"bwrap"}\nnot json\n{}\n');
	const sources = [fewer, ...alike, broken, join(folder, "gone.jsonl")];
	await expect(rankRuns({ ...rest, sources })).rejects.toThrow();
	const board = Leaderboard.parse(await rankRuns({ ...rest, sources, leaveOut: true }));
	expect(board.entries.map(({ set }) => set.name)).toEqual(["b.jsonl", "c.jsonl", "a.jsonl"]);
	expect(board.tasks).toBe(40);
	const reasons = new Map(board.leftOut.map(({ name, reasons: why }) => [name, why.join()]));
	expect([...reasons.keys()].map((name) => name.replace(/.*\//, "")).sort()).toEqual([
		"broken.jsonl",
		"fewer.jsonl",
		"gone.jsonl",
	]);
	expect(reasons.get("fewer.jsonl")).toBe("1 tasks of a.jsonl are not in every set: t39");
	expect(reasons.get("broken.jsonl")).toContain("broken.jsonl:2");
	expect(leaderboardMarkdown(board)).toContain("- fewer.jsonl: 1 tasks of a.jsonl");
	expect(leaderboardNotes(board).at(-1)).toBe("3 results judged otherwise, not on the board");
	expect((await rankRuns({ ...rest, sources: alike, leaveOut: true })).entries).toEqual(
		(await rankRuns({ ...rest, sources: alike })).entries,
	);
});

test("what is hard for all does not hide an order: paired differences tell apart what intervals of scores do not", () => {
	const random = seededRandom(3);
	const hard = Float64Array.from({ length: 200 }, () => (random() < 0.5 ? 0 : 1));
	const better = hard.map((value, task) => (task % 12 === 0 ? 1 : value));
	const { value, reach } = simultaneousDifferences([hard, better], BOOTSTRAP).between(0, 1);
	expect(value).toBeGreaterThan(reach);
});

test("among equals, an order is claimed anywhere in at most 5 % of boards, give or take chance", () => {
	const random = seededRandom(11);
	let claimed = 0;
	for (let board = 0; board < 200; board++) {
		const columns = Array.from({ length: 6 }, () => Float64Array.from({ length: 60 }, () => (random() < 0.4 ? 1 : 0)));
		const known = simultaneousDifferences(columns, { resamples: 400, seed: board, level: 0.95 });
		const pairs = columns.flatMap((_, i) => columns.slice(i + 1).map((_, j) => known.between(i, i + 1 + j)));
		if (pairs.some(({ value, reach }) => Math.abs(value) > reach)) claimed++;
	}
	expect(claimed / 200).toBeLessThan(0.1);
});

test("what is learnt in one group and forgotten in another is shown group by group, where the whole shows nothing", () => {
	const set = (name: string, right: (task: number) => boolean): ResultSet => ({
		name,
		runId: null,
		path: name,
		sha256: "",
		subject: null,
		tiers: new Set(),
		config: null,
		plannedCount: null,
		statusCounts: {},
		sampleCount: 60,
		beyondN: 0,
		leftOutCount: 0,
		training: { state: "unknown", reason: "nobody said" },
		contamination: null,
		published: null,
		tasks: new Map(
			Array.from({ length: 60 }, (_, task) => {
				const outcome = { n: 1, accepted: right(task) ? 1 : 0, rightBySample: [right(task)] };
				return [`t${task}`, { ...outcome, distinctTexts: 0, withProgram: 0, testsSha256: null, testVersions: 1 }];
			}),
		),
	});
	const sets = [
		set("base", (task) => task % 2 === 0),
		set("tuned", (task) => task < 25 || (task % 2 === 0 && task < 35)),
	];
	const members = (from: number, to: number) => new Set(Array.from({ length: to - from }, (_, i) => `t${from + i}`));
	const groups = [
		{ by: "split" as const, name: "train", ids: members(0, 30) },
		{ by: "split" as const, name: "dev", ids: members(30, 60) },
		{ by: "split" as const, name: "elsewhere", ids: new Set(["other"]) },
	];
	const compared = compareSets(sets, {
		...BOOTSTRAP,
		k: 1,
		differences: [],
		seen: new Set(),
		seenIsScored: false,
		groups,
	});
	expect(compared.groups).toMatchObject([
		{ group: "dev", other: "tuned", gained: 0, lost: 12, solvedBefore: 15, net: { value: -0.4, tasks: 30 } },
		{ group: "train", other: "tuned", gained: 12, lost: 0, solvedBefore: 15, net: { value: 0.4, tasks: 30 } },
	]);
	// 12 of 15: Clopper and Pearson; twelve coins that fall alike, then Holm over the two splits.
	expect(compared.groups[0]).toMatchObject({
		forgotten: { low: expect.closeTo(0.5191, 4), high: expect.closeTo(0.9567, 4) },
		p: expect.closeTo(2 ** -11, 12),
		pAdjusted: expect.closeTo(2 ** -10, 12),
	});
	expect(compared.tasks.find(({ taskId }) => taskId === "t3")?.groups).toEqual([{ by: "split", name: "train" }]);
	expect(compared.groups[0]?.net.interval?.high).toBeLessThan(0);
	expect(compared.groups[1]?.net.interval?.low).toBeGreaterThan(0);
	expect(compared.pairs[0]?.conclusion).toBe("cannot_tell");
	expect(comparisonMarkdown(compared)).toContain(
		"| split | train | tuned | 30 | 15 | 0 | [0.0000, 0.2180] | 12 | 0.0010 | +0.4000 [",
	);
});

test("the published table of axiom-rl is shown with what is wrong with it", async () => {
	const { contradictions, pairs, sets } = await compareRuns({ ...rest, sources: ["fixtures/published/axiom-rl.yaml"] });
	expect(contradictions).toEqual([
		"base: its rows add up to 51/80 = 63.7 %, its total says 50/80 = 62.5 %",
		"fine-tuned was trained on the tasks that it is scored on: this is no evidence of anything that carries over",
		"base and base, measured again are one model, yet they differ by +21.25 points (p = 0.21)",
		"fine-tuned gains +32.50 points (p = 0.027) over base, but +11.25 points (p = 0.38) over base, measured again, the same model",
	]);
	expect(pairs.map(({ conclusion }) => conclusion)).toEqual(["cannot_tell", "cannot_tell"]);
	expect(sets.map(({ degenerateRate }) => degenerateRate)).toEqual([null, null, null]);
});

test("a table with more accepted than judged, or that names no other set of its own, is refused with file and field", async () => {
	const path = join(temporaryFolder(), "table.yaml");
	const written = async (set: string) => {
		writeFileSync(path, `schema: assay.published.v1\nsource: x\nsets:\n  - {name: a, ${set}}\n`);
		return await compareRuns({ ...rest, sources: [path] });
	};
	await expect(written("tasks: {t: 9/8}")).rejects.toThrow(
		/table.yaml: field sets.0.tasks.t: more accepted than judged/,
	);
	await expect(written("tasks: {t: 8 of 8}")).rejects.toThrow(/expected accepted\/judged, such as 3\/8/);
	await expect(written("sameModelAs: b, tasks: {t: 1/8}")).rejects.toThrow('a: no set is called "b"');
});
