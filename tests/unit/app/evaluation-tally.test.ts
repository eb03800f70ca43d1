import { join } from "node:path";
import { expect, test } from "vitest";
import { EvaluationTally } from "../../../src/app/evaluation-tally.js";
import { rejudge } from "../../../src/app/rejudge.js";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { programCandidate } from "../../../src/domain/run.js";
import type { Status } from "../../../src/domain/verdict.js";
import { rewardsOf } from "../../../src/rewards/index.js";
import { fakeVerifier, verdictFor } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

const signal = new AbortController().signal;

function tallyOf(
	samples: readonly { task: string; status: Status; code?: string; cpuTimeMs?: number }[],
): EvaluationTally {
	const tally = new EvaluationTally();
	samples.forEach(({ task, status, code = `# ${status}\n${status} = 1\n`, cpuTimeMs = 2 }, sampleIndex) => {
		const held = status === "no_code" ? null : code;
		const candidate = { ...programCandidate(task, sampleIndex, "static", held), completion: code };
		const verdict = { ...verdictFor({ id: task }, { sampleIndex, code: held }), status, cpuTimeMs };
		tally.add({ candidate, verdict, rewards: rewardsOf(verdict), beyondN: false });
	});
	return tally;
}

test("four rollouts, three of them right: pass@1/2/4 are .75/1/1, and binary rewards average .75", () => {
	const right = { task: "a", status: "accepted" as const };
	const { passAtK, rewards } = tallyOf([right, right, right, { task: "a", status: "wrong_answer" }]).figures([1, 2, 4]);
	expect(passAtK.map(({ value }) => value)).toEqual([0.75, 1, 1]);
	expect(rewards.binary).toMatchObject({ count: 4, mean: 0.75, median: 1, min: 0, max: 1 });
	expect(passAtK[0]?.interval).toBeNull();
});

test("ten tasks and more have an interval, which holds the score", () => {
	const samples = Array.from({ length: 48 }, (_, i) => ({
		task: `t${i % 12}`,
		status: i % 3 === 0 ? ("accepted" as const) : ("wrong_answer" as const),
	}));
	const [score] = tallyOf([...samples, { task: "t0", status: "wrong_answer" }]).passAtK([1]);
	expect(score?.interval?.low).toBeLessThan(score?.value ?? 0);
	expect(score?.interval?.high).toBeGreaterThan(score?.value ?? 1);
});

test("figures are the same to the last digit in whatever order candidates were judged", () => {
	const samples = Array.from({ length: 90 }, (_, i) => ({
		task: `t${i % 13}`,
		status: i % 3 === 0 ? ("accepted" as const) : ("wrong_answer" as const),
		code: `x = ${i % 7}\n`,
	}));
	expect(tallyOf([...samples].reverse()).figures([1, 2])).toEqual(tallyOf(samples).figures([1, 2]));
});

test("rates count judged candidates only; copies of a program are counted as what they are", () => {
	const { parseFailureRate, degenerateRate, informativeShare, distinctShare } = tallyOf([
		{ task: "a", status: "accepted" },
		{ task: "a", status: "accepted" },
		{ task: "a", status: "wrong_answer" },
		{ task: "b", status: "no_code" },
		{ task: "b", status: "compile_error" },
		{ task: "b", status: "judge_error" },
	]).figures([1]);
	expect(parseFailureRate).toBe(1 / 5);
	expect(degenerateRate).toBe(2 / 5);
	expect(informativeShare).toBe(1 / 2);
	expect(distinctShare).toBeCloseTo((2 / 3 + 2 / 2) / 2, 12);
});

test("a task whose right candidates come near the time limit is named", () => {
	const { time } = tallyOf([
		{ task: "far", status: "accepted", cpuTimeMs: 10 },
		{ task: "far", status: "time_limit_exceeded", cpuTimeMs: 2000 },
		{ task: "near", status: "accepted", cpuTimeMs: 900 },
		{ task: "near", status: "time_limit_exceeded", cpuTimeMs: 2010 },
	]).figures([1]);
	expect(time).toEqual({
		timeLimited: 2,
		slowestAcceptedMs: 900,
		near: [{ taskId: "near", slowestAcceptedMs: 900, stoppedAtMs: 2010 }],
	});
});

test("nothing judged says nothing", () => {
	const { passAtK, ...figures } = new EvaluationTally().figures([1]);
	expect(passAtK).toEqual([{ k: 1, value: null, tasks: 0, interval: null, seen: 0 }]);
	expect(figures).toMatchObject({ informativeShare: null, parseFailureRate: null, distinctShare: null, rewards: {} });
});

test("judging again finds verdicts that change, bounds their share, and leaves out tasks that are gone", async () => {
	const workspace = temporaryFolder();
	const tasks = [functionTask("a"), functionTask("b"), functionTask("gone")];
	const recorded = ["accepted", "wrong_answer", "accepted", "judge_error"] as Status[];
	const inputs = memoryInputs(tasks, { recorded });
	const config = runConfig();
	const result = await runBestOfN({
		...surroundings(workspace),
		verifier: fakeVerifier(),
		inputs,
		config,
		resume: null,
	});
	const flaky = fakeVerifier();
	const again = await rejudge({
		rollouts: runFiles(join(workspace, "artifacts"), result.runId).rollouts,
		config,
		inputs: memoryInputs(tasks.slice(0, 2), { recorded }),
		verifier: {
			...flaky,
			verify: async (task, candidate, options) => {
				const verdict = await flaky.verify(task, candidate, options);
				return task.id === "b" && candidate.sampleIndex === 2 ? { ...verdict, status: "time_limit_exceeded" } : verdict;
			},
		},
		share: 1,
		seed: 1,
		signal,
	});
	expect(again).toMatchObject({ judged: 6, missing: 3 });
	expect(again.disagreements).toEqual([
		{ taskId: "b", sampleIndex: 2, recorded: "accepted", again: "time_limit_exceeded" },
	]);
	expect(again.flakiness?.interval.high).toBeGreaterThan(1 / 6);
});
