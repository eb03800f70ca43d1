import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CompareRunsOptions, compareRuns } from "../../../src/app/compare-runs.js";
import { comparisonMarkdown, conclusionText } from "../../../src/compare/comparison-text.js";
import { Comparison } from "../../../src/domain/comparison.js";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "assay-compare-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Line {
	taskId: string;
	sampleIndex: number;
	status: string;
	sandbox?: string;
	testsSha256?: string;
	codeSha256?: string;
}

function file(name: string, lines: readonly Line[]): string {
	const path = join(folder, name);
	writeFileSync(path, lines.map((line) => `${JSON.stringify({ sandbox: "bwrap", ...line })}\n`).join(""));
	return path;
}

/** `right[i]` of `n` samples of task i are accepted. */
function outcomes(right: readonly number[], n: number): Line[] {
	return right.flatMap((count, task) =>
		Array.from({ length: n }, (_, sampleIndex) => ({
			taskId: `t${String(task).padStart(3, "0")}`,
			sampleIndex,
			status: sampleIndex < count ? "accepted" : "wrong_answer",
		})),
	);
}

function compare(sources: readonly string[], more: Partial<CompareRunsOptions> = {}): Promise<Comparison> {
	const signal = new AbortController().signal;
	return compareRuns({ workspace: folder, sources, k: 1, seed: 1, resamples: 2000, allowed: [], signal, ...more });
}

const ramp = (tasks: number, shift: number) =>
	Array.from({ length: tasks }, (_, i) => Math.min(8, Math.max(0, (i % 7) + shift)));

test("a clear gain is called better, with its interval, its test and the tasks that changed, and the other way round", async () => {
	const a = file("a.jsonl", outcomes(ramp(60, 0), 8));
	const b = file("b.jsonl", outcomes(ramp(60, 1), 8));
	const { pairs, tasks, sets } = await compare([a, b]);
	expect(pairs[0]).toMatchObject({
		first: "a.jsonl",
		other: "b.jsonl",
		conclusion: "better",
		tasksUp: 60,
		tasksDown: 0,
	});
	expect(pairs[0]?.difference.value).toBeCloseTo(1 / 8, 12);
	expect(sets.map(({ score }) => score.tasks)).toEqual([60, 60]);
	expect(tasks.every(({ change }) => Math.abs(change - 1 / 8) < 1e-12)).toBe(true);
	expect((await compare([b, a])).pairs[0]?.conclusion).toBe("worse");
});

test("a difference that chance explains is no winner; the report says which one would have been found", async () => {
	const a = file("a.jsonl", outcomes(ramp(30, 0), 8));
	const b = file(
		"b.jsonl",
		outcomes(
			ramp(30, 0).map((right, i) => right + (i % 3 === 0 ? 1 : i % 3 === 1 ? -Math.min(1, right) : 0)),
			8,
		),
	);
	const comparison = await compare([a, b]);
	const [pair] = comparison.pairs;
	expect(pair?.conclusion).toBe("cannot_tell");
	expect(pair && conclusionText(pair, 1)).toMatch(
		/^cannot tell b.jsonl from a.jsonl: .*would be found in 4 of 5 comparisons$/,
	);
	expect(pair && conclusionText(pair, 1).match(/p = /g)).toHaveLength(1);
});

test("five tasks cannot carry a winner, whatever they say", async () => {
	const a = file("a.jsonl", outcomes([0, 0, 0, 0, 0], 4));
	const b = file("b.jsonl", outcomes([4, 4, 4, 4, 4], 4));
	const [pair] = (await compare([a, b])).pairs;
	expect(pair).toMatchObject({
		conclusion: "cannot_tell",
		reason: "5 tasks are too few: no outcome of the test could be significant",
	});
	expect(pair?.solved).toEqual({ gained: 5, lost: 0, p: expect.closeTo(0.0625, 12) });
});

test("with more than two sets p values are adjusted for their number, and intervals hold for all at once", async () => {
	const a = file("a.jsonl", outcomes(ramp(14, 0), 8));
	const others = Array.from({ length: 6 }, (_, i) =>
		file(
			`o${i}.jsonl`,
			outcomes(
				ramp(14, 0)
					.map((right, t) => right + (t < 8 ? 1 : t < 10 ? -1 : 0))
					.map((right) => Math.max(0, right)),
				8,
			),
		),
	);
	const { pairs, sets } = await compare([a, ...others]);
	expect(pairs.every(({ p, pAdjusted }) => pAdjusted >= p)).toBe(true);
	expect(pairs[0]?.pAdjusted).toBeCloseTo(Math.min(1, 6 * (pairs[0]?.p ?? 0)), 12);
	for (const { score, simultaneous } of sets) {
		expect((simultaneous?.high ?? 0) - (simultaneous?.low ?? 0)).toBeGreaterThan(
			(score.interval?.high ?? 0) - (score.interval?.low ?? 0),
		);
	}
});

test("the order of the lines changes nothing", async () => {
	const lines = outcomes(ramp(40, 0), 8);
	const b = file("b.jsonl", outcomes(ramp(40, 1), 8));
	const forth = await compare([file("a.jsonl", lines), b]);
	const back = await compare([file("a.jsonl", lines.toReversed()), b]);
	expect(back.pairs).toEqual(forth.pairs);
	expect(back.tasks).toEqual(forth.tasks);
});

test.each<[string, (lines: Line[]) => Line[], RegExp]>([
	[
		"another N",
		(lines) => lines.filter(({ sampleIndex }) => sampleIndex < 6),
		/not comparable: 20 tasks have another number of judged candidates: t000 has 8 in a.jsonl and 6 in b.jsonl/,
	],
	[
		"another tier",
		(lines) => lines.map((line) => ({ ...line, sandbox: "rlimit" })),
		/isolation tiers: a.jsonl bwrap, b.jsonl rlimit/,
	],
	[
		"other tasks",
		(lines) => lines.filter(({ taskId }) => taskId !== "t003"),
		/1 tasks of a.jsonl are not in every set: t003/,
	],
	[
		"other tests",
		(lines) => lines.map((line) => ({ ...line, testsSha256: line.taskId === "t001" ? "changed" : "same" })),
		/the tests of 1 tasks differ: t001/,
	],
])("%s is refused with what differs, and compared when it is allowed", async (_name, change, message) => {
	const lines = outcomes(ramp(20, 0), 8).map((line) => ({ ...line, testsSha256: "same" }));
	const sources = [file("a.jsonl", lines), file("b.jsonl", change(lines))];
	await expect(compare(sources)).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) });
	const comparison = await compare(sources, { allowed: ["n", "tier", "tasks", "tests"] });
	expect(comparison.differences).toHaveLength(1);
	expect(comparisonMarkdown(comparison)).toContain("Not judged under the same conditions");
});

test("a task whose tests changed is in no score", async () => {
	const lines = outcomes(ramp(20, 0), 8).map((line) => ({ ...line, testsSha256: "same" }));
	const changed = lines.map((line) => (line.taskId === "t001" ? { ...line, testsSha256: "changed" } : line));
	const { tasks } = await compare([file("a.jsonl", lines), file("b.jsonl", changed)], { allowed: ["tests"] });
	expect(tasks.map(({ taskId }) => taskId)).not.toContain("t001");
	expect(tasks).toHaveLength(19);
});

test("pass@k leaves out tasks with fewer than k judged candidates, by name", async () => {
	const lines = outcomes(ramp(20, 0), 8).filter(({ taskId, sampleIndex }) => taskId !== "t004" || sampleIndex < 3);
	const comparison = await compare([file("a.jsonl", lines), file("b.jsonl", lines)], { k: 5 });
	expect(comparison.leftOut).toEqual(["t004"]);
	expect(comparison.sets[0]?.score.tasks).toBe(19);
	expect(comparison.pairs[0]).toMatchObject({ p: 1, conclusion: "cannot_tell" });
});

test("judge errors are in no score", async () => {
	const lines = outcomes(ramp(20, 1), 8);
	const broken = lines.map((line) => (line.status === "accepted" ? line : { ...line, status: "judge_error" }));
	const { sets } = await compare([file("a.jsonl", lines), file("b.jsonl", broken)], { allowed: ["n"] });
	expect(sets[1]?.score.value).toBe(1);
	expect(sets[1]?.judgeErrors).toBe(broken.filter(({ status }) => status === "judge_error").length);
});

test("copies of one program are counted as what they are", async () => {
	const lines = outcomes(ramp(20, 0), 8).map((line) => ({
		...line,
		codeSha256: `${line.taskId}-${line.sampleIndex % 2}`,
	}));
	const { sets } = await compare([file("a.jsonl", lines), file("b.jsonl", outcomes(ramp(20, 0), 8))]);
	expect(sets.map(({ distinctShare }) => distinctShare)).toEqual([0.25, null]);
});

test.each<[string, (text: string) => string, RegExp]>([
	[
		"a candidate that is judged twice",
		(text) => `${text + text.split("\n")[0]}\n`,
		/b.jsonl:161: sample 0 of task t000 is already on line 1$/,
	],
	["a cut last line", (text) => text.slice(0, -20), /b.jsonl:160: the last line is cut$/],
	["an unknown status", (text) => text.replace("wrong_answer", "rong_answer"), /b.jsonl:1: field status: /],
	["a line that is no object", (text) => `3\n${text}`, /b.jsonl:1: expected object/],
	["an empty file", () => "", /b.jsonl: holds no judged candidate$/],
])("%s is refused with file and line", async (_name, change, message) => {
	const a = file("a.jsonl", outcomes(ramp(20, 0), 8));
	const b = file("b.jsonl", outcomes(ramp(20, 0), 8));
	writeFileSync(b, change(readFileSync(b, "utf8")));
	await expect(compare([a, b])).rejects.toMatchObject({ code: "usage", message: expect.stringMatching(message) });
});

test("a file named twice is refused", async () => {
	const a = file("a.jsonl", outcomes(ramp(20, 0), 8));
	await expect(compare([a, a])).rejects.toThrow("named twice");
});

test("what is printed as JSON is what the schema says", async () => {
	const a = file("a.jsonl", outcomes(ramp(20, 0), 8));
	const b = file("b.jsonl", outcomes(ramp(20, 1), 8));
	const comparison = await compare([a, b]);
	expect(Comparison.parse(JSON.parse(JSON.stringify(comparison)))).toEqual(comparison);
});
