import { expect, test } from "vitest";
import { compareTrainings, type TrainingRecord } from "../../../src/compare/compare-trainings.js";
import { trainingComparisonMarkdown, verdictLines } from "../../../src/compare/training-comparison-text.js";
import { TrainingComparison } from "../../../src/domain/training-comparison.js";
import type { TrainingEvaluation } from "../../../src/domain/training-job.js";

const TASKS = 12;

/** Four samples of each task, so many of them right. */
function evaluation(step: number, right: (task: number) => number): TrainingEvaluation {
	const tasks = Array.from({ length: TASKS }, (_, task) => ({
		taskId: `t/${task}`,
		rewards: [0, 1, 2, 3].map((sample) => (sample < right(task) ? 1 : 0)),
	}));
	return { v: 1, step, tasks };
}

function training(name: string, given: Partial<TrainingRecord> = {}): TrainingRecord {
	return {
		name,
		method: "grpo",
		model: "/m",
		data: "/d",
		seed: 1,
		isFinished: true,
		budget: { steps: 60, tokens: 100_000, judgedSamples: 3840, wallTimeMs: 60_000 },
		before: evaluation(0, (task) => task % 2),
		after: evaluation(60, (task) => (task % 2) + 1),
		asked: { prompts: "abc", samples: 4, temperature: 1, maxNewTokens: 96, reward: "binary" },
		...given,
	};
}

test("what a training gained is told with an interval over tasks", () => {
	const { trainings } = compareTrainings([training("a"), training("b")]);
	expect(trainings[0]?.before?.reward).toMatchObject({ value: 0.125, tasks: TASKS });
	expect(trainings[0]?.after?.pass.value).toBe(0.375);
	expect(trainings[0]?.gain).toMatchObject({ reward: { value: 0.25, tasks: TASKS }, p: 2 / 2 ** TASKS });
	const { interval } = trainings[0]?.before?.reward ?? {};
	expect(interval?.low).toBeLessThan(0.125);
	expect(interval?.high).toBeGreaterThan(0.125);
});

test("equal budgets are matched, and a method that gained more on every task is told from the other", () => {
	const better = training("b", { method: "ppo", after: evaluation(60, (task) => (task % 2) + 2) });
	const comparison = compareTrainings([training("a"), better]);
	expect(comparison.matched).toEqual({ steps: true, tokens: true, judgedSamples: true, wallTimeMs: true });
	expect(comparison.differences).toEqual([]);
	expect(comparison.pairs).toMatchObject([{ first: "a", other: "b", difference: { value: 0.25 }, conclusion: "more" }]);
	expect(verdictLines(comparison)).toEqual(["Budgets are matched within 10 %.", "b gained significantly more than a."]);
	expect(TrainingComparison.parse(comparison)).toEqual(comparison);
});

test("budgets that are not matched are said to be so before anything else", () => {
	const longer = training("b", { budget: { steps: 60, tokens: 300_000, judgedSamples: null, wallTimeMs: 62_000 } });
	const comparison = compareTrainings([training("a"), longer]);
	expect(comparison.matched).toEqual({ steps: true, tokens: false, judgedSamples: null, wallTimeMs: true });
	expect(verdictLines(comparison)[0]).toBe(
		"Budgets are not matched within 10 %: tokens learnt from; samples judged to learn from (not known). A difference is that of the two runs, not of their methods.",
	);
	expect(trainingComparisonMarkdown(comparison)).toContain(
		"| samples judged to learn from | 3840 | not known | not known |",
	);
});

test("other models, other held-out prompts and missing measurements are named", () => {
	const other = training("b", { model: "/n", after: null, isFinished: false });
	const { differences, pairs, trainings } = compareTrainings([training("a"), other]);
	expect(differences).toEqual([
		"they began with different models: a /m, b /n",
		"not measured on held-out prompts before and after: b",
		"not finished: b",
	]);
	expect(trainings[1]?.gain).toBeNull();
	expect(pairs).toMatchObject([{ difference: null, p: null, conclusion: "cannot_tell" }]);
});

test("a few tasks carry no conclusion, and samples without a verdict are in no mean", () => {
	const few = (right: number): TrainingEvaluation => ({
		v: 1,
		step: 60,
		tasks: [
			{ taskId: "t/0", rewards: [right, null] },
			{ taskId: "t/1", rewards: [null, null] },
		],
	});
	const [a, b] = [0.5, 1].map((right) => training(`r${right}`, { before: few(0), after: few(right) }));
	if (a === undefined || b === undefined) throw new TypeError("two were made");
	const { trainings, pairs } = compareTrainings([a, b]);
	expect(trainings[0]?.after?.reward).toEqual({ value: 0.5, interval: null, tasks: 1 });
	expect(trainings[0]?.after?.pass.value).toBe(0);
	expect(pairs[0]?.conclusion).toBe("cannot_tell");
});
