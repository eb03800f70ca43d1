import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { compareRuns } from "../../../src/app/compare-runs.js";
import { evaluateRun } from "../../../src/app/evaluate-run.js";
import { exportRollouts } from "../../../src/app/export-rollouts.js";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { type RunFiles, runFiles } from "../../../src/artifacts/layout.js";
import type { RunConfig, RunResult } from "../../../src/domain/run.js";
import type { Status } from "../../../src/domain/verdict.js";
import { reduce } from "../../../src/store/reduce.js";
import { createRunState } from "../../../src/store/run-state.js";
import { selectCandidate, selectPassAtK } from "../../../src/store/select-run.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, sample, surroundings, temporaryFolder } from "./run-fixtures.js";

/** The first two of each are its group; what follows is there for the asking. */
const SAMPLES: Readonly<Record<string, readonly Status[]>> = {
	mixed: ["accepted", "wrong_answer", "accepted", "judge_error", "accepted"],
	none: ["wrong_answer", "runtime_error", "wrong_answer", "accepted"],
	all: ["accepted", "accepted", "wrong_answer", "wrong_answer"],
	short: ["wrong_answer", "accepted"],
	unasked: [],
};
const MIXED = { nMax: 4, groups: "mixed" } as const;
const ALSO_NONE = { nMax: 4, groups: "mixed+none" } as const;

async function run(over: Partial<RunConfig>, given: { workspace?: string; resume?: string } = {}) {
	const around = surroundings(given.workspace ?? temporaryFolder());
	const verifier = fakeVerifier({ concurrency: 1 });
	const samples = Object.entries(SAMPLES).flatMap(([id, statuses]) => statuses.map((s, i) => sample(id, i, s)));
	const result = await runBestOfN({
		...around,
		verifier,
		inputs: memoryInputs(
			Object.keys(SAMPLES).map((id) => functionTask(id)),
			{ samples },
		),
		config: runConfig({ n: 2, samples: "/samples.jsonl", ...over }),
		resume: given.resume ?? null,
	});
	return { result, verifier, files: runFiles(join(around.workspace, "artifacts"), result.runId), ...around };
}

test("tasks whose first n are mixed get candidates up to n-max, after all first ones; others get n", async () => {
	const { result, verifier, events } = await run({ widen: MIXED });
	const first = ["mixed/0", "mixed/1", "none/0", "none/1", "all/0", "all/1", "short/0", "short/1"];
	expect(verifier.judged).toEqual([...first, "mixed/2", "mixed/3"]);
	expect(result.sampleCount).toBe(10);
	expect(events.filter(({ type }) => type === "task.widened")).toMatchObject([
		{ taskId: "mixed", why: "mixed", from: 2, to: 4 },
	]);
	const finished = events.flatMap((event) => (event.type === "task.finished" ? [event.taskId] : []));
	expect(finished.sort()).toEqual(["all", "mixed", "none", "short"]);
	const progress = events.filter((event) => event.type === "run.progress").at(-1);
	expect(progress).toMatchObject({ done: 10, total: 10 });
});

test("tasks without an accepted candidate get more where that is asked for", async () => {
	const { result } = await run({ widen: ALSO_NONE });
	expect(result.tasks.map(({ taskId, beyond }) => [taskId, beyond])).toEqual([
		["mixed", { why: "mixed", n: 1, accepted: 1, statuses: { accepted: 1, judge_error: 1 } }],
		["none", { why: "none_accepted", n: 2, accepted: 1, statuses: { accepted: 1, wrong_answer: 1 } }],
		["all", null],
		["short", null],
	]);
});

test("every estimate is that of the first n alone, in the result, on the screen, in eval and in compare", async () => {
	const plain = await run({});
	const { result, events, workspace } = await run({ widen: ALSO_NONE }, { workspace: plain.workspace });
	expect(result.passAtK).toEqual(plain.result.passAtK);
	expect(result.rewardMeans).toEqual(plain.result.rewardMeans);
	expect(result.tasks.map((task) => ({ ...task, beyond: null }))).toEqual(plain.result.tasks);
	const state = events.reduce(reduce, createRunState());
	expect(selectPassAtK(state)).toEqual(selectPassAtK(plain.events.reduce(reduce, createRunState())));
	expect(state.tasks.map(({ n, beyond }) => [n, beyond?.n ?? null])).toEqual([
		[2, 1],
		[2, 2],
		[2, null],
		[2, null],
	]);
	const { signal } = new AbortController();
	const [a, b] = await Promise.all(
		[plain.result.runId, result.runId].map((id) => evaluateRun({ workspace, run: id, ks: [1, 2], signal })),
	);
	expect(b?.passAtK).toEqual(a?.passAtK);
	expect(b?.figures).toEqual(a?.figures);
	expect(b).toMatchObject({ sampleCount: 12, beyondN: 4, mixedTasks: a?.mixedTasks });
	expect(b?.selection?.random).toBe(a?.selection?.random);
	// None of the first two of one task is accepted, but a later one is.
	expect([a?.selection?.oracle, b?.selection?.oracle]).toEqual([3 / 4, 1]);
	const compared = await compareRuns({
		workspace,
		sources: [plain.result.runId, result.runId],
		k: 1,
		seed: 1,
		resamples: 100,
		allowed: [],
		signal,
	});
	expect(compared.sets.map(({ score, sampleCount, beyondN }) => [score.value, sampleCount, beyondN])).toEqual([
		[0.5, 8, 0],
		[0.5, 8, 4],
	]);
});

test("a rule picks from all candidates that a task got", async () => {
	const { result, events } = await run({ widen: ALSO_NONE, select: "public" });
	const state = events.reduce(reduce, createRunState());
	expect(state.tasks.map(({ taskId, picked }) => ({ taskId, samples: picked?.samples }))).toEqual(result.picked?.tasks);
	expect(selectCandidate(state, "none", 3)?.picked).toEqual({ selector: "public", of: 4 });
	expect(selectCandidate(state, "mixed", 3)?.picked).toBeNull();
	expect(result.picked?.tasks.map(({ taskId, samples }) => [taskId, samples.length])).toEqual([
		["mixed", 3],
		["none", 4],
		["all", 2],
		["short", 2],
	]);
});

let whole: { result: RunResult; files: RunFiles };
beforeAll(async () => {
	whole = await run({ widen: ALSO_NONE, select: "public" });
});

test.each([0, 1, 7, 8, 9, 11, 12])(
	"a run that was killed after %i rollouts ends as if it had not been",
	async (kept) => {
		const workspace = temporaryFolder();
		const files = runFiles(join(workspace, "artifacts"), whole.result.runId);
		cpSync(whole.files.root, files.root, { recursive: true });
		for (const path of [files.manifest, files.result, files.report]) rmSync(path);
		const lines = readFileSync(files.rollouts, "utf8").split("\n");
		writeFileSync(
			files.rollouts,
			lines
				.slice(0, kept)
				.map((line) => `${line}\n`)
				.join(""),
		);
		const { result, verifier } = await run({}, { workspace, resume: whole.result.runId });
		expect(verifier.judged).toHaveLength(12 - kept);
		const { tasks, picked, passAtK, rewardMeans, statusCounts } = whole.result;
		expect(result).toMatchObject({ tasks, picked, passAtK, rewardMeans, statusCounts });
		const types = readFileSync(files.log, "utf8").match(/"type":"task\.(?!picked)\w+"/g) ?? [];
		const counted = Object.groupBy(types, (type) => type);
		expect(Object.values(counted).map((group) => group?.length)).toEqual([4, 4, 2]);
	},
);

test("training data hold what was made beyond the first n like any other program, and estimates do not", async () => {
	const programs = ["wrong_answer", "runtime_error", "accepted", "accepted"].map((status, i) => ({
		...sample("none", i, "accepted"),
		completion: `# ${status}\ndef f():\n    return ${i}\n`,
	}));
	const inputs = memoryInputs([functionTask("none")], { samples: programs });
	const around = surroundings(temporaryFolder());
	const config = runConfig({ n: 2, samples: "/samples.jsonl", widen: ALSO_NONE });
	const result = await runBestOfN({ ...around, verifier: fakeVerifier(), inputs, config, resume: null });
	expect(result.tasks).toMatchObject([{ n: 2, accepted: 0, beyond: { n: 2, accepted: 2 } }]);
	expect(result.passAtK[0]).toMatchObject({ k: 1, value: 0 });
	const folder = join(around.workspace, "data");
	const common = {
		workspace: around.workspace,
		runs: ["latest"],
		template: "direct.v1",
		name: "d",
		replace: false,
		perTask: null,
	};
	const options = { ...common, seed: 1, splits: null, anyLicense: true, inputs, signal: new AbortController().signal };
	const sft = await exportRollouts({ ...options, format: "sft", shape: "chat", folder });
	expect(sft.examples).toBe(2);
	const text = readFileSync(join(folder, "examples.jsonl"), "utf8");
	expect(text).toContain("return 2");
	expect(text).toContain("return 3");
	// A failure of the first n and a success beyond them make a pair, too.
	const pairs = { ...options, format: "preference", shape: "chat", folder: `${folder}-pairs` } as const;
	expect((await exportRollouts(pairs)).examples).toBeGreaterThan(0);
});
