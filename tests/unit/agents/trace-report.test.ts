import { expect, test } from "vitest";
import { TraceTally } from "../../../src/agents/trace-report.js";
import type { TraceStep } from "../../../src/domain/trace.js";
import type { Status } from "../../../src/domain/verdict.js";

interface Case {
	taskId: string;
	sampleIndex: number;
	/** Whether the public tests of each program pass; the first is the proposal, the others revise it. */
	tests: readonly boolean[];
	first: Status;
	final: Status;
}

/** Steps of a trace; each completion costs 10 + 5 tokens. */
function stepsOf({ taskId, sampleIndex, tests, first, final }: Case): TraceStep[] {
	const steps: TraceStep[] = [];
	const place = () => ({
		schema: "assay.step.v1" as const,
		...{ runId: "r", taskId, sampleIndex, step: steps.length, parent: null, at: null, wallTimeMs: null },
	});
	tests.forEach((passes, round) => {
		const of = steps.length;
		steps.push({
			...place(),
			...{ kind: "generation", purpose: round === 0 ? "propose" : "revise", prompt: null, template: null, model: null },
			...{ completion: "", code: "", problem: null, failure: null, finishReason: null, logprob: null },
			usage: { promptTokens: 10, completionTokens: 5, estimated: false },
		});
		steps.push({
			...place(),
			...{ kind: "tests", of, status: passes ? "accepted" : "wrong_answer", passed: 0, total: 1, tests: [] },
			...{ output: { bytes: 0, head: "", tail: "" }, message: null, feedback: null },
		});
	});
	const passed = tests.at(-1) === true;
	steps.push({ ...place(), kind: "submit", of: steps.length - 2, reason: passed ? "passed" : "revisions" });
	const verdict = { kind: "verdict" as const, of: 0, claimed: false, passed: null, total: null };
	steps.push({ ...place(), ...verdict, which: "first", status: first, reward: null });
	steps.push({ ...place(), ...verdict, which: "final", status: final, reward: final === "accepted" ? 1 : 0 });
	return steps;
}

function reportOf(cases: readonly Case[]) {
	const tally = new TraceTally();
	for (const step of cases.flatMap(stepsOf)) tally.add(step);
	return tally.report();
}

const [right, wrong] = ["accepted", "wrong_answer"] as const;
const CASES: readonly Case[] = [
	{ taskId: "a", sampleIndex: 0, tests: [false, true], first: wrong, final: right },
	{ taskId: "a", sampleIndex: 1, tests: [true], first: right, final: right },
	{ taskId: "b", sampleIndex: 0, tests: [false, false, true], first: wrong, final: right },
	{ taskId: "c", sampleIndex: 0, tests: [false, true], first: wrong, final: right },
	{ taskId: "d", sampleIndex: 0, tests: [false, false], first: right, final: wrong },
	{ taskId: "d", sampleIndex: 1, tests: [false, false], first: wrong, final: wrong },
];

test("every figure of a report is the one that counting by hand gives", () => {
	expect(reportOf(CASES)).toEqual({
		traceCount: 6,
		taskCount: 4,
		judgedCount: 6,
		finalPassRate: 4 / 6,
		meanReward: 4 / 6,
		// 2 + 1 + 3 + 2 + 2 + 2 runs of the public tests.
		meanToolCalls: 2,
		// 1 + 0 + 2 + 1 + 1 + 1; all but one trace has some.
		meanRevisions: 1,
		revisionRate: 5 / 6,
		publicPassRate: 4 / 6,
		// Twelve completions.
		tokens: { prompt: 120, completion: 60 },
		reasons: { passed: 4, revisions: 2 },
		claimedCount: 0,
		paired: {
			traces: 6,
			tasks: 4,
			firstPassRate: 2 / 6,
			finalPassRate: 4 / 6,
			// Tasks change by 1/2, 1, 1 and -1/2.
			change: 1 / 2,
			// Fewer than ten tasks carry no interval.
			interval: null,
			// Of 16 sign patterns over those four, 6 reach 2: none flipped, one of the halves, and their mirrors.
			p: 6 / 16,
			gained: 3,
			lost: 1,
			// Twice (1 + 4) of 16.
			mcNemarP: expect.closeTo(10 / 16, 12),
		},
	});
});

test("a submission that the judge could not judge is in no rate, and in no pair", () => {
	const report = reportOf([...CASES, { ...CASES[0], taskId: "e", sampleIndex: 0, final: "judge_error" } as Case]);
	expect(report).toMatchObject({ traceCount: 7, judgedCount: 6, finalPassRate: 4 / 6, meanReward: 4 / 6 });
	expect(report.paired).toMatchObject({ traces: 6, tasks: 4, change: 1 / 2 });
});

test("a run without revisions gains nothing, and says so with p = 1", () => {
	const plain = CASES.map((one) => ({ ...one, tests: one.tests.slice(0, 1), final: one.first }));
	expect(reportOf(plain)).toMatchObject({
		meanRevisions: 0,
		revisionRate: 0,
		paired: { change: 0, p: 1, gained: 0, lost: 0, mcNemarP: 1 },
	});
});
