import { expect, test } from "vitest";
import { SelectionTally } from "../../../src/app/selection-tally.js";
import type { Status } from "../../../src/domain/verdict.js";
import { verdictFor } from "./fake-verifier.js";

interface Sample {
	task: string;
	code: string;
	status: Status;
	publicPassed?: number;
	logprob?: number;
}

function selectionOf(samples: readonly Sample[]) {
	const tally = new SelectionTally();
	samples.forEach(({ task, code, status, publicPassed = 0, logprob }, sampleIndex) => {
		const candidate = {
			taskId: task,
			sampleIndex,
			completion: code,
			code,
			backend: "b",
			model: null,
			extraction: null,
		};
		const generation = {
			template: "t",
			promptSha256: "p",
			seed: null,
			usage: { promptTokens: 1, completionTokens: 10, estimated: false },
			finishReason: null,
			logprob: logprob ?? null,
			attempts: 1,
			costUsd: null,
			wallTimeMs: 1,
		};
		const tests = [0, 1].map((i) => ({
			id: `public-${i}`,
			visibility: "public" as const,
			status: i < publicPassed ? ("passed" as const) : ("failed" as const),
			message: null,
			line: null,
			assertsReached: 1,
			calls: 1,
			wallTimeMs: null,
		}));
		const verdict = { ...verdictFor({ id: task }, { sampleIndex, code }), status, tests };
		tally.add({
			candidate: { ...candidate, generation: logprob === undefined ? null : generation },
			verdict,
			behaviour: null,
			beyondN: false,
		});
	});
	return tally.selection();
}

const RIGHT = "def f(a):\n    b = a + 1\n    return b\n";
const RENAMED = "def f(a):  # the next\n    following = a + 1\n    return following\n";
const WRONG = "def f(a):\n    return a - 1\n";

test("the program written most often wins, whatever its local names, comments and layout", () => {
	const selection = selectionOf([
		{ task: "a", code: RIGHT, status: "accepted" },
		{ task: "a", code: RENAMED, status: "accepted" },
		{ task: "a", code: WRONG, status: "wrong_answer" },
	]);
	expect(selection).toMatchObject({ tasks: 1, oracle: 1 });
	expect(selection?.random).toBeCloseTo(2 / 3, 12);
	expect(selection?.scores.find(({ selector }) => selector === "majority")?.value).toBe(1);
});

test("public tests choose first and the majority among them; ties count with their average", () => {
	const selection = selectionOf([
		{ task: "a", code: RIGHT, status: "accepted", publicPassed: 2 },
		{ task: "a", code: `${WRONG}#`, status: "wrong_answer", publicPassed: 2 },
		{ task: "a", code: WRONG, status: "wrong_answer", publicPassed: 2 },
		{ task: "a", code: "def f(a):\n    return a * 2\n", status: "wrong_answer", publicPassed: 1 },
	]);
	const value = (name: string) => selection?.scores.find(({ selector }) => selector === name)?.value;
	expect(value("public")).toBeCloseTo(1 / 3, 12);
	expect(value("public+majority")).toBe(0);
});

test("log-probabilities choose only where every candidate has one, by the mean over its tokens", () => {
	const known = [
		{ task: "a", code: RIGHT, status: "accepted" as const, logprob: -1 },
		{ task: "a", code: WRONG, status: "wrong_answer" as const, logprob: -9 },
	];
	expect(selectionOf(known)?.scores.find(({ selector }) => selector === "logprob")?.value).toBe(1);
	const unknown = selectionOf([...known, { task: "a", code: WRONG, status: "wrong_answer" }]);
	expect(unknown?.scores.map(({ selector }) => selector)).not.toContain("logprob");
});

test("one candidate is no choice, and judge errors are none either", () => {
	expect(selectionOf([{ task: "a", code: RIGHT, status: "accepted" }])).toBeNull();
	expect(
		selectionOf([
			{ task: "a", code: RIGHT, status: "accepted" },
			{ task: "a", code: WRONG, status: "judge_error" },
		]),
	).toBeNull();
});
