import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { stepLines } from "../../../commands/trace-text.js";
import { importTraces } from "../../../src/agents/import-traces.js";
import { TraceTally } from "../../../src/agents/trace-report.js";
import { summaryOf } from "../../../src/domain/step-words.js";
import { outlineOf, TraceStep } from "../../../src/domain/trace.js";

const folder = mkdtempSync(join(tmpdir(), "assay-traces-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function imported(path: string): Promise<TraceStep[][]> {
	const traces: TraceStep[][] = [];
	for await (const steps of importTraces(path)) traces.push(steps.map((step) => TraceStep.parse(step)));
	return traces;
}

function file(name: string, records: readonly object[]): string {
	const path = join(folder, name);
	writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
	return path;
}

test("an LDB record becomes a proposal, its failing tests, a revision and a submission that the file claims solved", async () => {
	const path = file("mbpp.ldb.jsonl", [
		{
			task_id: "MBPP/1",
			is_solved: true,
			solution: "b\n",
			implementations: ["a", "b"],
			test_feedback: [["assert f() == 2 # Real Execution Output: 1"], []],
		},
	]);
	const [steps = []] = await imported(path);
	expect(steps.map(({ kind, parent }) => [kind, parent])).toEqual([
		["generation", null],
		["tests", 0],
		["generation", 1],
		["tests", 2],
		["submit", 2],
		["verdict", 4],
	]);
	expect(steps[1]).toMatchObject({ feedback: "assert f() == 2 # Real Execution Output: 1", status: "wrong_answer" });
	expect(steps[3]).toMatchObject({ feedback: null, status: "accepted" });
	expect(steps[4]).toMatchObject({ of: 2, reason: "passed" });
	expect(steps[5]).toMatchObject({ status: "accepted", claimed: true });
	const tally = new TraceTally();
	for (const step of steps) tally.add(step);
	expect(tally.report()).toMatchObject({ tokens: null, paired: null, claimedCount: 1 });
});

test("how many tests passed is unknown where the file names failing ones alone, and one assertion keeps its id", async () => {
	const one = "assert f(1) == 1 # Real Execution Output: 0";
	const two = "assert f(2) == 2 # Real Execution Output: 0";
	const path = file("counts.jsonl", [
		{
			task_id: "MBPP/1",
			is_solved: true,
			solution: "c",
			implementations: ["a", "b", "c"],
			test_feedback: [[one, two], ["assert f(2) == 2 # Real Execution Output: 1"], []],
		},
		{ name: "mbpp_2", is_solved: false, solution: "d", reflections: ["It forgets 0."] },
	]);
	const tests = (await imported(path)).flat().filter((step) => step.kind === "tests");
	expect(tests.map(({ status, passed, total, output }) => [status, passed, total, output])).toEqual([
		["wrong_answer", null, null, null],
		["wrong_answer", null, null, null],
		["accepted", null, null, null],
		[null, null, null, null],
	]);
	expect(tests.map((step) => step.tests.map(({ id }) => id))).toEqual([
		["visible-1", "visible-2"],
		["visible-2"],
		[],
		[],
	]);
	const lines = tests.flatMap((step) => [...stepLines(step)]);
	expect(lines.join("\n")).not.toMatch(/\d of \d/);
});

test("a Reflexion record keeps its thoughts; programs that its file left out are null, not invented", async () => {
	const path = file("reflexion.jsonl", [
		{ name: "mbpp_1", is_solved: false, solution: "last", reflections: ["It forgets 0.", "It forgets 1."] },
		{ name: "mbpp_1", is_solved: true, solution: "again", reflections: [] },
	]);
	const [first = [], second = []] = await imported(path);
	expect(first.flatMap((step) => (step.kind === "generation" ? [[step.purpose, step.code]] : []))).toEqual([
		["propose", null],
		["reflect", null],
		["revise", null],
		["reflect", null],
		["revise", "last"],
	]);
	const words = first.map((step) => summaryOf(outlineOf(step)));
	expect(words.slice(0, 3)).toEqual(["propose, not kept", "not known", "reflect"]);
	expect(second.map(({ sampleIndex }) => sampleIndex)).toEqual([1, 1, 1]);
});

test("a record without a task or of other types is refused with file, line and field", async () => {
	await expect(imported(file("a.jsonl", [{ is_solved: true, solution: "" }]))).rejects.toThrow(
		/a.jsonl:1: field task_id/,
	);
	await expect(imported(file("b.jsonl", [{ name: "x", is_solved: "yes", solution: "" }]))).rejects.toThrow(
		/b.jsonl:1: field is_solved/,
	);
});

test("the report counts claims as claims, and pairs final with first proposals by task", () => {
	const key = { schema: "assay.step.v1" as const, runId: "r", parent: null, at: null, wallTimeMs: null };
	const tally = new TraceTally();
	for (let task = 0; task < 12; task++) {
		for (const [which, status] of [
			["first", task < 3 ? "accepted" : "wrong_answer"],
			["final", task < 9 ? "accepted" : "wrong_answer"],
		] as const) {
			const place = { ...key, taskId: `t${task}`, sampleIndex: 0, step: 0 };
			tally.add({ ...place, kind: "verdict", of: 0, which, claimed: false, status, passed: 1, total: 1, reward: null });
		}
	}
	const { paired, finalPassRate, claimedCount } = tally.report();
	expect(finalPassRate).toBe(9 / 12);
	expect(claimedCount).toBe(0);
	expect(paired).toMatchObject({ traces: 12, tasks: 12, gained: 6, lost: 0, firstPassRate: 0.25, change: 0.5 });
	expect(paired?.mcNemarP).toBeCloseTo(2 / 64, 12);
	expect(paired?.interval?.low).toBeGreaterThan(0);
});

const published = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));

test.skipIf(!existsSync(published)).each([
	["ldb/mbpp.ldb.codellama.jsonl", 500],
	["ldb/mbpp.ldb.gpt-3.5-turbo-0613.jsonl", 500],
	["ldb/mbpp.ldb.starcoder.jsonl", 500],
	["reflexion/mbpp-py._reflexion_5_gpt-4_pass_at_k_1_py.jsonl", 397],
	["reflexion/mbpp-rs._reflexion_5_gpt-4_pass_at_k_1_rs.jsonl", 354],
])("the published file %s imports whole: %d traces", async (name, count) => {
	const tally = new TraceTally();
	const traces = await imported(join(published, name));
	for (const step of traces.flat()) tally.add(step);
	expect(traces).toHaveLength(count);
	expect(tally.report()).toMatchObject({ traceCount: count, judgedCount: count, claimedCount: count, paired: null });
});
