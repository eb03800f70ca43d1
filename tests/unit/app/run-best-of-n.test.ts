import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type BestOfNOptions, runBestOfN } from "../../../src/app/run-best-of-n.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { readRollouts } from "../../../src/artifacts/rollout-file.js";
import { readPlan } from "../../../src/artifacts/run-plan.js";
import { RunEvent } from "../../../src/domain/events.js";
import { ArtifactManifest, type RunResult } from "../../../src/domain/run.js";
import { AssayError } from "../../../src/lib/errors.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, sample, surroundings, temporaryFolder } from "./run-fixtures.js";

const TASKS = ["a", "HumanEval/1", ".."].map((id) => functionTask(id));

async function run(workspace: string, over: Partial<BestOfNOptions> = {}) {
	const around = surroundings(workspace);
	const verifier = fakeVerifier();
	const options = { ...around, verifier, inputs: memoryInputs(TASKS), config: runConfig(), resume: null, ...over };
	const result = await runBestOfN(options);
	return { result, events: around.events, verifier, files: runFiles(join(workspace, "artifacts"), result.runId) };
}

function loggedEvents(path: string): RunEvent[] {
	const lines = readFileSync(path, "utf8").trimEnd().split("\n");
	return lines.map((line) => RunEvent.parse(JSON.parse(line)));
}

function statuses({ statusCounts }: RunResult) {
	return statusCounts;
}

test("a run judges every candidate of every task and counts them", async () => {
	const { result, verifier } = await run(temporaryFolder());
	expect(result.outcome).toBe("completed");
	expect(result.sampleCount).toBe(9);
	expect(statuses(result)).toEqual({ accepted: 3, wrong_answer: 3, runtime_error: 3 });
	expect(result.passAtK).toEqual([
		{ k: 1, value: expect.closeTo(1 / 3, 12), tasks: 3 },
		{ k: 3, value: 1, tasks: 3 },
	]);
	expect(result.rewardMeans.binary).toBeCloseTo(1 / 3);
	expect(verifier.judged).toHaveLength(9);
	expect(verifier.mostAtOnce).toBeLessThanOrEqual(2 * verifier.concurrency);
});

test("the log holds every event that is not ephemeral, numbered without gaps, as the listener saw them", async () => {
	const { events, files } = await run(temporaryFolder());
	const logged = loggedEvents(files.log);
	expect(logged.map(({ seq }) => seq)).toEqual(logged.map((_, index) => index));
	expect(events.filter(({ type }) => type !== "run.progress")).toEqual(logged);
	expect(logged.filter(({ type }) => type === "task.finished")).toHaveLength(3);
	expect(logged.at(-1)?.type).toBe("run.finished");
});

test("the place in a verdict's event leads to its rollout", async () => {
	const { files } = await run(temporaryFolder());
	const bytes = readFileSync(files.rollouts);
	for (const event of loggedEvents(files.log)) {
		if (event.type !== "verdict.recorded") continue;
		const { offset, bytes: length } = event.rollout;
		const rollout = JSON.parse(bytes.subarray(offset, offset + length).toString("utf8"));
		expect([rollout.candidate.taskId, rollout.candidate.sampleIndex]).toEqual([event.taskId, event.sampleIndex]);
	}
});

test("the manifest names every file of the run, and nothing is left half-written", async () => {
	const { files } = await run(temporaryFolder());
	const manifest = ArtifactManifest.parse(JSON.parse(readFileSync(files.manifest, "utf8")));
	expect(manifest.files.map(({ path }) => path).filter((path) => path.startsWith("patches/"))).toHaveLength(9);
	for (const { path, bytes } of manifest.files) {
		expect(readFileSync(join(files.root, path)).length).toBe(bytes);
	}
	const names = readdirSync(files.root, { recursive: true }).map(String);
	expect(names.filter((name) => name.endsWith(".tmp") || name.endsWith(".lock"))).toEqual([]);
	expect(existsSync(join(files.root, "index.sqlite"))).toBe(true);
});

test("the plan is on disk before the first event", async () => {
	const workspace = temporaryFolder();
	const seen: boolean[] = [];
	await run(workspace, {
		onEvent: (event) => {
			const files = runFiles(join(workspace, "artifacts"), event.runId);
			if (event.type === "run.planned") seen.push(readPlan(files).config.backend === "static");
		},
	});
	expect(seen).toEqual([true]);
});

test("a judge error is in no score and earns no reward", async () => {
	const { result, files } = await run(temporaryFolder(), {
		inputs: memoryInputs(TASKS, { recorded: ["accepted", "judge_error", "judge_error"] }),
	});
	expect(statuses(result)).toEqual({ accepted: 3, judge_error: 6 });
	expect(result.tasks.map(({ n, accepted }) => [n, accepted])).toEqual([
		[1, 1],
		[1, 1],
		[1, 1],
	]);
	expect(result.passAtK[0]).toEqual({ k: 1, value: 1, tasks: 3 });
	expect(result.rewardMeans.binary).toBe(1);
	for await (const { rollout } of readRollouts(files.rollouts)) {
		expect(rollout.rewards.length).toBe(rollout.verdict.status === "judge_error" ? 0 : 3);
	}
});

test("when the signal fires, what is done is kept and the rest can be resumed", async () => {
	const workspace = temporaryFolder();
	const stop = new AbortController();
	let verdicts = 0;
	const first = await run(workspace, {
		signal: stop.signal,
		verifier: fakeVerifier({ concurrency: 1 }),
		onEvent: (event) => {
			if (event.type === "verdict.recorded" && ++verdicts === 4) stop.abort();
		},
	});
	expect(first.result.outcome).toBe("cancelled");
	expect(first.result.sampleCount).toBe(4);
	expect(first.result.message).toContain(`--resume ${first.result.runId}`);

	const second = await run(workspace, { resume: first.result.runId });
	expect(second.result.outcome).toBe("completed");
	expect(second.result.sampleCount).toBe(9);
	expect(second.verifier.judged).toHaveLength(5);
	const logged = loggedEvents(second.files.log);
	expect(logged.map(({ seq }) => seq)).toEqual(logged.map((_, index) => index));
	expect(logged.filter(({ type }) => type === "verdict.recorded")).toHaveLength(9);
	expect(logged.filter(({ type }) => type === "task.finished")).toHaveLength(3);
});

test("a run that is complete is not run again", async () => {
	const workspace = temporaryFolder();
	const first = await run(workspace);
	const second = await run(workspace, { resume: "latest" });
	expect(second.result).toEqual(first.result);
	expect(second.verifier.judged).toEqual([]);
});

test("a failing judge is recorded as a failed run and thrown", async () => {
	const workspace = temporaryFolder();
	const failing = fakeVerifier({
		before: () => {
			throw new AssayError("judge", "the judge does not start");
		},
	});
	await expect(run(workspace, { verifier: failing })).rejects.toThrow("the judge does not start");
	const [name = ""] = readdirSync(join(workspace, "artifacts", "runs"));
	const result = JSON.parse(readFileSync(join(workspace, "artifacts", "runs", name), "utf8"));
	expect([result.outcome, result.message]).toEqual(["failed", "the judge does not start"]);
});

test("after a bug the run is left as it is, unlocked, and can be resumed", async () => {
	const workspace = temporaryFolder();
	const failing = fakeVerifier({
		concurrency: 1,
		before: ({ taskId }) => {
			if (taskId !== "a") throw new TypeError("a bug");
		},
	});
	await expect(run(workspace, { verifier: failing })).rejects.toThrow(TypeError);
	const { result, verifier } = await run(workspace, { resume: "latest" });
	expect(result.sampleCount).toBe(9);
	expect(verifier.judged.filter((key) => key.startsWith("a/"))).toEqual([]);
});

test("a backend that has nothing for any task is refused before anything is written", async () => {
	const workspace = temporaryFolder();
	await expect(run(workspace, { config: runConfig({ backend: "patch" }) })).rejects.toThrow("has nothing for any");
	expect(existsSync(join(workspace, "artifacts"))).toBe(false);
});

test("the candidates of a samples file are handed out by task, whatever their order in the file", async () => {
	const file = ["..", "a", "HumanEval/1", "a", "..", "a", "a"].map((taskId, index) => ({
		taskId,
		sampleIndex: index,
		completion: `# accepted ${index}`,
		solution: null,
		place: `/samples.jsonl:${index + 1}`,
	}));
	const { files, result } = await run(temporaryFolder(), {
		inputs: memoryInputs(TASKS, { samples: file }),
		config: runConfig({ samples: "/samples.jsonl" }),
	});
	expect(result.sampleCount).toBe(6);
	const seen: string[] = [];
	for await (const { rollout } of readRollouts(files.rollouts)) {
		seen.push(`${rollout.candidate.taskId} ${rollout.candidate.sampleIndex} ${rollout.candidate.completion}`);
	}
	expect(seen.sort()).toEqual([
		".. 0 # accepted 0",
		".. 1 # accepted 4",
		"HumanEval/1 0 # accepted 2",
		"a 0 # accepted 1",
		"a 1 # accepted 3",
		"a 2 # accepted 5",
	]);
});

test("a sample of a task that is not there is refused before anything is judged", async () => {
	const workspace = temporaryFolder();
	const inputs = memoryInputs(TASKS, { samples: [sample("a", 0, "accepted"), sample("x", 1, "accepted")] });
	const config = runConfig({ samples: "/samples.jsonl" });
	await expect(run(workspace, { inputs, config })).rejects.toThrow(
		'/samples.jsonl:2: field task_id: /tasks.jsonl has no task "x"',
	);
	expect(readdirSync(workspace)).toEqual([]);
});

test("the word mock is in the result, the report and every rollout of a mock run", async () => {
	const { result, files } = await run(temporaryFolder(), { config: runConfig({ backend: "mock", n: 4 }) });
	expect(result.config.backend).toBe("mock");
	expect(readFileSync(files.report, "utf8")).toContain("**mock**");
	for await (const { rollout } of readRollouts(files.rollouts)) {
		expect([rollout.candidate.backend, rollout.candidate.model]).toEqual(["mock", "mock"]);
	}
});

test("a run with one candidate has its diff where a person looks first", async () => {
	const { files } = await run(temporaryFolder(), {
		inputs: memoryInputs([functionTask("only")], { recorded: ["accepted"] }),
	});
	const diff = readFileSync(files.singlePatch, "utf8");
	expect(diff).toContain("--- a/solution.py\n+++ b/solution.py\n@@ -1,1 +1,1 @@\n-# accepted starter\n");
});
