import { join } from "node:path";
import { expect, test } from "vitest";
import { remainingTasks } from "../../../src/app/remaining-tasks.js";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { readPlan, writePlan } from "../../../src/artifacts/run-plan.js";
import type { GenerationConfig } from "../../../src/domain/generation.js";
import type { Status } from "../../../src/domain/verdict.js";
import { assay, jsonLines, takeResultAway } from "./assay-command.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

const TASKS = ["a", "b", "c"].map((id) => functionTask(id));
const signal = new AbortController().signal;

async function record(workspace: string, experiment: string | null, taskIds: readonly string[], recorded: Status[]) {
	return await runBestOfN({
		...surroundings(workspace),
		random: Math.random,
		verifier: fakeVerifier(),
		inputs: memoryInputs(
			TASKS.filter(({ id }) => taskIds.includes(id)),
			{ recorded },
		),
		config: runConfig({ n: 2, experiment }),
		resume: null,
	});
}

async function remaining(workspace: string, experiment: string, n = 2) {
	return await remainingTasks(workspace, { ...runConfig({ n }), experiment }, memoryInputs(TASKS), signal);
}

test("runs of an experiment are listed and filtered by its name", async () => {
	const workspace = temporaryFolder();
	const { runId } = await record(workspace, "base", ["a"], ["accepted"]);
	await record(workspace, "tuned", ["a"], ["accepted"]);
	await record(workspace, null, ["a"], ["accepted"]);
	const listed = await assay(workspace, ["runs", "list", "--experiment", "base", "--json"]);
	expect(jsonLines(listed.stdout)).toMatchObject([{ runId, experiment: "base" }]);
	expect((await assay(workspace, ["runs", "list"])).stdout).toMatch(/EXPERIMENT[\s\S]*tuned/);
	expect((await assay(workspace, ["runs", "show", runId])).stdout).toMatch(/experiment\s+base/);
});

test("an experiment lacks the tasks that are neither solved nor have all of their candidates", async () => {
	const workspace = temporaryFolder();
	await record(workspace, "base", ["a"], ["wrong_answer", "accepted"]);
	await record(workspace, "base", ["b"], ["wrong_answer", "wrong_answer"]);
	await record(workspace, "other", ["c"], ["accepted", "accepted"]);
	expect(await remaining(workspace, "base")).toMatchObject({ taskIds: ["c"], doneCount: 2 });
	expect(await remaining(workspace, "base", 3)).toMatchObject({ taskIds: ["b", "c"], doneCount: 1 });
	expect(await remaining(workspace, "new")).toMatchObject({ taskIds: ["a", "b", "c"], doneCount: 0 });
});

const GENERATION: GenerationConfig = {
	model: "m",
	template: { id: "direct.v1", sha256: "a".repeat(64) },
	sampling: { temperature: 0.8, topP: 0.95, maxTokens: 256, stop: [] },
	logprobs: true,
	concurrency: 8,
	server: null,
	allowDownload: false,
};

test.each([
	["another model", { ...GENERATION, model: "other" }, false],
	["another template", { ...GENERATION, template: { id: "direct.v1", sha256: "b".repeat(64) } }, false],
	["another temperature", { ...GENERATION, sampling: { ...GENERATION.sampling, temperature: 0.2 } }, false],
	["no model", null, false],
	["another concurrency", { ...GENERATION, concurrency: 1 }, true],
])(
	"a run of the experiment with %s counts only when its candidates are of the same kind",
	async (_, generation, counts) => {
		const workspace = temporaryFolder();
		const { runId } = await record(workspace, "base", ["a"], ["accepted", "accepted"]);
		const files = runFiles(join(workspace, "artifacts"), runId);
		const plan = readPlan(files);
		writePlan(files, { ...plan, config: { ...plan.config, generation: GENERATION } });
		const config = { ...runConfig({ n: 2, generation }), experiment: "base" };
		expect(await remainingTasks(workspace, config, memoryInputs(TASKS), signal)).toMatchObject(
			counts
				? { taskIds: ["b", "c"], runIds: [runId], otherRunIds: [] }
				: { taskIds: ["a", "b", "c"], runIds: [], otherRunIds: [runId] },
		);
	},
);

test("what a killed run of the experiment had finished counts", async () => {
	const workspace = temporaryFolder();
	const { runId } = await record(workspace, "base", ["a"], ["accepted", "accepted"]);
	takeResultAway(runFiles(join(workspace, "artifacts"), runId));
	expect(await remaining(workspace, "base")).toMatchObject({ taskIds: ["b", "c"] });
});

test("--skip-existing names what it needs, and the name of an experiment is a word", async () => {
	const workspace = temporaryFolder();
	const tasks = join(import.meta.dirname, "../../../fixtures/tasks/tiny");
	const alone = await assay(workspace, ["run", tasks, "--backend", "mock", "--skip-existing"]);
	expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining("--experiment NAME") });
	const odd = await assay(workspace, ["run", tasks, "--experiment", "a,b"]);
	expect(odd).toMatchObject({ code: 2, stderr: expect.stringContaining("letters, digits") });
	const file = await assay(workspace, ["run", tasks, "--backend", "mock", "--samples", "some.jsonl"]);
	expect(file).toMatchObject({ code: 2, stderr: expect.stringContaining("--samples FILE") });
});
