import { expect, test } from "vitest";
import type { PublicResult } from "../../../src/agents/feedback.js";
import { type DebugOptions, type DebugOutcome, type DraftStep, selfDebug } from "../../../src/agents/self-debug.js";
import type { PromptInput } from "../../../src/domain/task.js";
import { type Completion, GenerationFailure, type Prompt } from "../../../src/generate/language-model.js";
import { templateOf } from "../../../src/generate/prompt-templates.js";

const INPUT: PromptInput = {
	taskId: "sum",
	title: "Sum",
	language: "python",
	kind: "function",
	prompt: "Add the numbers up to n.",
	starterCode: "def f(n):\n",
	entryPoint: "f",
	publicTests: ["assert f(1) == 1", "assert f(3) == 6"],
	completionMode: "whole",
};

/** Passes as many public tests as the program's first line says; all of them: accepted. */
function judged(code: string): PublicResult {
	const passed = Number(/# passes (\d)/.exec(code)?.[1] ?? 0);
	return {
		status: passed === 2 ? "accepted" : "wrong_answer",
		message: null,
		line: null,
		passed,
		tests: [0, 1].map((i) => ({
			id: `public-${i + 1}`,
			status: i < passed ? ("passed" as const) : ("failed" as const),
			message: i < passed ? null : `got ${i}`,
			line: 1,
		})),
		output: { bytes: 0, head: "", tail: "" },
	};
}

interface Ran {
	steps: DraftStep[];
	outcome: DebugOutcome;
	prompts: Prompt[];
	tested: string[];
}

type Answer = string | GenerationFailure;

async function run(answers: readonly Answer[], options: Partial<DebugOptions> = {}, input = INPUT): Promise<Ran> {
	const template = templateOf("direct");
	if (template === null) throw new Error("no template");
	const ran = { steps: [] as DraftStep[], prompts: [] as Prompt[], tested: [] as string[] };
	const tools = {
		ask: (prompt: Prompt): Promise<Completion> => {
			const answer = answers[Math.min(ran.prompts.length, answers.length - 1)] ?? "";
			ran.prompts.push(prompt);
			if (answer instanceof GenerationFailure) return Promise.reject(answer);
			return Promise.resolve({
				text: answer,
				model: "scripted",
				finishReason: "stop",
				usage: { promptTokens: 100, completionTokens: 20, estimated: false },
				logprob: null,
				seed: null,
				attempts: 1,
				costUsd: null,
			});
		},
		extract: (completion: string) => (completion.includes("def") ? completion : null),
		test: (code: string) => {
			ran.tested.push(code);
			return Promise.resolve(judged(code));
		},
		now: () => ran.prompts.length * 1000,
	};
	const all: DebugOptions = {
		strategy: "feedback",
		template,
		maxRevisions: 3,
		branch: 1,
		maxTokens: null,
		maxWallMs: null,
		...options,
	};
	const loop = selfDebug(input, all, tools);
	for (;;) {
		const next = await loop.next();
		if (next.done === true) return { ...ran, outcome: next.value };
		ran.steps.push(next.value);
	}
}

const code = (passes: number, body = "pass") => `# passes ${passes}\ndef f(n):\n    ${body}\n`;
const textOf = (prompt: Prompt | undefined) => JSON.stringify(prompt);

test("a program that passes its public tests is handed in without a revision", async () => {
	const { outcome, steps, prompts } = await run([code(2)]);
	expect(outcome).toMatchObject({ reason: "passed", revisions: 0, of: 0 });
	expect(steps.map(({ kind }) => kind)).toEqual(["generation", "tests", "submit"]);
	expect(prompts).toHaveLength(1);
});

test("a failing program comes back to the model with the failing test and what came out, and nothing else", async () => {
	const { outcome, steps, prompts } = await run([code(1), code(2)]);
	expect(outcome).toMatchObject({ code: code(2), reason: "passed", revisions: 1 });
	expect(steps.map(({ kind, parent }) => [kind, parent])).toEqual([
		["generation", null],
		["tests", 0],
		["generation", 0],
		["tests", 2],
		["submit", 2],
	]);
	const asked = textOf(prompts[1]);
	expect(asked).toContain("assert f(3) == 6");
	expect(asked).toContain("got 1");
	expect(asked).toContain("# passes 1");
	expect(asked).not.toContain("Test public-1 fails");
});

test("after the last revision the attempt that passes most is handed in, the latest of equals", async () => {
	const { outcome } = await run([code(0), code(1, "a"), code(1, "b"), code(0, "c")]);
	expect(outcome).toMatchObject({ code: code(1, "b"), reason: "revisions", revisions: 3 });
	expect(outcome.first).toEqual({ code: code(0), of: 0 });
});

test.each([
	["none", { strategy: "none" as const }, "no_revisions", 1],
	["tokens", { maxTokens: 200 }, "tokens", 2],
	["seconds", { maxWallMs: 2000 }, "seconds", 2],
	["revisions", { maxRevisions: 1 }, "revisions", 2],
])("the loop ends for its budget of %s, and says so", async (_name, options, reason, asked) => {
	const { outcome, prompts } = await run([code(0, "a"), code(0, "b"), code(0, "c"), code(0, "d")], options);
	expect(outcome.reason).toBe(reason);
	expect(prompts).toHaveLength(asked);
});

test("a revision that is one of the programs before it ends the loop", async () => {
	expect((await run([code(0, "a"), code(0, "b"), code(0, "a")])).outcome).toMatchObject({
		reason: "unchanged",
		revisions: 2,
	});
});

test("retrying asks the same again and shows nothing of what failed", async () => {
	const { prompts, outcome } = await run([code(0), code(0), code(2)], { strategy: "retry" });
	expect(outcome.reason).toBe("passed");
	expect(new Set(prompts.map(textOf)).size).toBe(1);
});

test("reflection asks what is wrong first, and the answer goes into the next prompt", async () => {
	const { prompts, steps } = await run([code(1), "It forgets the last number.", code(2)], { strategy: "reflection" });
	expect(textOf(prompts[1])).toContain("Write no code");
	expect(textOf(prompts[2])).toContain("It forgets the last number.");
	expect(steps.flatMap((step) => (step.kind === "generation" ? [step.purpose] : []))).toEqual([
		"propose",
		"reflect",
		"revise",
	]);
});

test("an edit that cannot be applied is told to the model, and the next one starts from the same program", async () => {
	const bad = "<<<<<<< SEARCH\nnothing like it\n=======\nx\n>>>>>>> REPLACE\n";
	const good = "<<<<<<< SEARCH\n# passes 1\n=======\n# passes 2\n>>>>>>> REPLACE\n";
	const { prompts, steps, outcome } = await run([code(1), bad, good], { strategy: "edit-blocks" });
	expect(steps[2]).toMatchObject({
		kind: "generation",
		code: null,
		problem: "SEARCH of block 1 is not in the program",
	});
	expect(textOf(prompts[2])).toContain("Your last answer could not be used. SEARCH of block 1 is not in the program.");
	expect(textOf(prompts[2])).toContain("got 1");
	expect(outcome).toMatchObject({ code: code(2), reason: "passed" });
});

test("a diff is applied to the program before it", async () => {
	const diff = "```diff\n--- a/solution\n+++ b/solution\n@@ -1,2 +1,2 @@\n-# passes 1\n+# passes 2\n def f(n):\n```";
	expect((await run([code(1), diff], { strategy: "edit-diff" })).outcome).toMatchObject({
		code: code(2),
		reason: "passed",
	});
});

test("an answer without a program costs a revision, and the whole is asked for again", async () => {
	const { outcome, prompts, tested } = await run(["I cannot do that.", code(2)], { strategy: "edit-blocks" });
	expect(outcome).toMatchObject({ code: code(2), revisions: 1 });
	expect(textOf(prompts[1])).toContain("There is no program in the answer.");
	expect(tested).toHaveLength(1);
});

test("with branches the best of a round is gone on with, and the steps say which program each came from", async () => {
	const { outcome, steps } = await run([code(0, "a"), code(0, "b"), code(1, "c"), code(0, "d"), code(2, "e")], {
		branch: 2,
		maxRevisions: 4,
	});
	expect(outcome.reason).toBe("passed");
	const made = steps.filter((step) => step.kind === "generation");
	expect(made.map(({ step, parent }) => [step, parent])).toEqual([
		[0, null],
		[2, 0],
		[4, 0],
		[6, 4],
		[8, 4],
	]);
});

test("without public tests the first proposal is handed in: there is nothing that may be shown", async () => {
	const { outcome, tested } = await run([code(0)], {}, { ...INPUT, publicTests: [] });
	expect(outcome).toMatchObject({ reason: "no_public_tests", code: code(0) });
	expect(tested).toEqual([]);
});

test("a model that gives nothing ends the loop with what there is; trouble that meets every request ends the run", async () => {
	const lost = new GenerationFailure("timeout", "no answer in 60 s");
	expect((await run([code(1), lost])).outcome).toMatchObject({ reason: "lost", code: code(1) });
	const { outcome, steps } = await run([lost]);
	expect(outcome).toMatchObject({ reason: "lost", code: null, of: null });
	expect(steps[0]).toMatchObject({ kind: "generation", failure: "timeout", problem: "no answer in 60 s" });
	await expect(run([new GenerationFailure("unauthorized", "wrong key", { fatal: true })])).rejects.toThrow("wrong key");
});
