import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluateRun } from "../../../src/app/evaluate-run.js";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

async function recorded(workspace: string) {
	const result = await runBestOfN({
		...surroundings(workspace),
		verifier: fakeVerifier(),
		inputs: memoryInputs([functionTask("a"), functionTask("b")], {
			recorded: ["accepted", "wrong_answer", "judge_error"],
		}),
		config: runConfig(),
		resume: null,
	});
	return { result, files: runFiles(join(workspace, "artifacts"), result.runId) };
}

const signal = new AbortController().signal;

test("a run is found by id, by the start of its id, as latest, by its result's and by its rollouts' path", async () => {
	const workspace = temporaryFolder();
	const { result, files } = await recorded(workspace);
	const { runId } = result;
	for (const run of [runId, runId.slice(0, -3), "latest", files.result, files.rollouts]) {
		const evaluation = await evaluateRun({ workspace, run, ks: [1, 2, 3], signal });
		expect(evaluation).toMatchObject({
			runId,
			backend: "static",
			taskCount: 2,
			sampleCount: 6,
			judgeErrors: 2,
			mixedTasks: 2,
		});
		expect(evaluation.passAtK).toEqual([
			{ k: 1, value: 0.5, tasks: 2, interval: null, seen: 0 },
			{ k: 2, value: 1, tasks: 2, interval: null, seen: 0 },
			{ k: 3, value: null, tasks: 0, interval: null, seen: 0 },
		]);
		expect(evaluation.rewardMeans).toEqual(result.rewardMeans);
	}
});

test("a result without its rollouts is evaluated from its task summaries", async () => {
	const workspace = temporaryFolder();
	const { result, files } = await recorded(workspace);
	rmSync(files.rollouts);
	const evaluation = await evaluateRun({ workspace, run: result.runId, ks: [1], signal });
	expect(evaluation).toMatchObject({
		sampleCount: 6,
		statusCounts: result.statusCounts,
		passAtK: [{ k: 1, value: 0.5, tasks: 2 }],
	});
});

test("an interrupted run is evaluated as far as it came", async () => {
	const workspace = temporaryFolder();
	const { result, files } = await recorded(workspace);
	rmSync(files.result);
	const evaluation = await evaluateRun({ workspace, run: result.runId, ks: [1], signal });
	expect(evaluation).toMatchObject({ outcome: null, sampleCount: 6 });
});

test("an ambiguous or unknown run is refused in one line", async () => {
	const workspace = temporaryFolder();
	await expect(evaluateRun({ workspace, run: "latest", ks: [1], signal })).rejects.toThrow("no run is recorded here");
	await recorded(workspace);
	await expect(evaluateRun({ workspace, run: "1999", ks: [1], signal })).rejects.toThrow('no run is called "1999"');
	await runBestOfN({
		...surroundings(workspace),
		random: Math.random,
		verifier: fakeVerifier(),
		inputs: memoryInputs([functionTask("a")]),
		config: runConfig(),
		resume: null,
	});
	await expect(evaluateRun({ workspace, run: "2026", ks: [1], signal })).rejects.toThrow("could be any of 2 runs");
});
