import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rolloutsFromCodeSelf, rolloutsToCodeSelf } from "../../../src/app/convert-rollouts.js";
import { evaluateRun } from "../../../src/app/evaluate-run.js";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { readRollouts } from "../../../src/artifacts/rollout-file.js";
import type { GenerationRecord } from "../../../src/domain/generation.js";
import type { Rollout } from "../../../src/domain/run.js";
import { STATUSES } from "../../../src/domain/statuses.js";
import { promptInputOf } from "../../../src/domain/task.js";
import { type PromptTemplate, templateOf, templateSha256 } from "../../../src/generate/prompt-templates.js";
import { promptSha256, renderPrompt } from "../../../src/generate/render-prompt.js";
import { CodeSelfRollout } from "../../../src/tasks/codeself-record.js";
import { assay, jsonLines } from "./assay-command.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

const DIRECT = direct();

function direct(): PromptTemplate {
	const template = templateOf("direct.v1");
	if (template === null) throw new Error("direct.v1 is gone");
	return template;
}

const signal = new AbortController().signal;

async function rolloutsOf(path: string): Promise<Rollout[]> {
	const rollouts: Rollout[] = [];
	for await (const { rollout } of readRollouts(path)) rollouts.push(rollout);
	return rollouts;
}

async function recorded(workspace: string) {
	const inputs = memoryInputs([functionTask("a"), functionTask("b")], { recorded: STATUSES });
	const config = runConfig({ n: STATUSES.length });
	const run = await runBestOfN({ ...surroundings(workspace), verifier: fakeVerifier(), inputs, config, resume: null });
	return { inputs, files: runFiles(join(workspace, "artifacts"), run.runId) };
}

/** One record as CodeSelf writes it: one public test and two hidden ones. */
function codeSelfRecord(sampleIndex: number, failsAt: "public_tests" | "hidden_tests" | null, over: object = {}) {
	const phase = (name: string, status: string, tests: number) => ({
		name,
		status,
		duration_seconds: 0.01,
		exit_code: status === "passed" ? 0 : null,
		stdout: "",
		stderr: "",
		error: status === "failed" ? "AssertionError: expected_value_of_a_test" : "",
		tests_run: tests,
		test_outcomes: Array.from({ length: tests }, (_, i) => ({
			name: `t${i}`,
			status,
			error: status === "failed" ? "AssertionError: expected_value_of_a_test" : "",
		})),
	});
	const publicStatus = failsAt === "public_tests" ? "failed" : "passed";
	const hiddenStatus = failsAt === "public_tests" ? "skipped" : failsAt === "hidden_tests" ? "failed" : "passed";
	const status = failsAt === null ? "passed" : "failed";
	return {
		task_id: "toy/add-one",
		sample_index: sampleIndex,
		prompt_template: "direct_solution_v1",
		prompt: "Write add_one.",
		raw_completion: "```python\ndef add_one(x):\n    return x + 1\n```",
		parsed: { code: "def add_one(x):\n    return x + 1\n", status: "ok", parser: "fenced:python:1", error: "" },
		backend: "transformers",
		model_name: "tiny",
		generation_metadata: { prompt_tokens: 5, completion_tokens: 12 },
		execution: {
			task_id: "toy/add-one",
			status,
			passed: failsAt === null,
			duration_seconds: 0.04,
			phases: [
				phase("syntax", "passed", 0),
				phase("import", "passed", 0),
				phase("public_tests", publicStatus, 1),
				phase("hidden_tests", hiddenStatus, 2),
			],
			security_findings: [],
		},
		reward: {
			task_id: "toy/add-one",
			reward_name: "reward_v0_correctness",
			reward: failsAt === null ? 1 : failsAt === "public_tests" ? 0.4 : 0.5 / 0.9,
			components: [],
			penalties: [],
		},
		metadata: { seed: 20260601, include_hidden: true },
		...over,
	};
}

async function fromCodeSelf(records: readonly object[]) {
	const folder = temporaryFolder();
	const [source, out] = [join(folder, "theirs.jsonl"), join(folder, "ours.jsonl")];
	writeFileSync(source, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
	const converted = await rolloutsFromCodeSelf({ workspace: folder, source, out, signal });
	return { workspace: folder, out, converted, rollouts: await rolloutsOf(out) };
}

test("rollouts of every status go to CodeSelf's names and come back as they were; judge errors, which it has no word for, are left out", async () => {
	const workspace = temporaryFolder();
	const { inputs, files } = await recorded(workspace);
	const [theirs, back] = [join(workspace, "theirs.jsonl"), join(workspace, "back.jsonl")];
	const to = await rolloutsToCodeSelf({ workspace, source: "latest", out: theirs, inputs, signal });
	expect(to).toMatchObject({ written: 2 * (STATUSES.length - 1), unjudged: 2 });
	for (const record of jsonLines(readFileSync(theirs, "utf8"))) {
		expect(CodeSelfRollout.parse(record).execution.passed).toBe(record.execution.status === "passed");
	}
	const from = await rolloutsFromCodeSelf({ workspace, source: theirs, out: back, signal });
	expect(from).toEqual({ written: to.written, unjudged: 0, withoutPrompt: 0, claimed: 0, otherReward: 0 });
	const judged = (await rolloutsOf(files.rollouts)).filter(({ verdict }) => verdict.status !== "judge_error");
	expect(await rolloutsOf(back)).toEqual(judged);
});

test("CodeSelf's published example is reproduced: 4 rollouts, pass 75 %, mean reward 0.85, pass@1, 2, 4 of 0.75, 1, 1; ours pays less for failing early", async () => {
	const records = [null, null, null, "public_tests" as const].map((failsAt, i) => codeSelfRecord(i, failsAt));
	const { workspace, out, converted } = await fromCodeSelf(records);
	expect(converted).toEqual({ written: 4, unjudged: 0, withoutPrompt: 0, claimed: 4, otherReward: 0 });
	const evaluation = await evaluateRun({ workspace, run: out, ks: [1, 2, 4], signal });
	expect(evaluation.passAtK.map(({ value }) => value)).toEqual([0.75, 1, 1]);
	expect(evaluation.figures?.rewards.reward_v0_published?.mean).toBeCloseTo(0.85, 12);
	expect(evaluation.figures?.rewards.reward_v0_correctness?.mean).toBeCloseTo((3 + 0.2 / 0.9) / 4, 12);
	expect(evaluation.figures?.rewards.binary?.mean).toBe(0.75);
	expect(evaluation.figures?.rewards.fractional?.mean).toBe(0.75);
	expect(evaluation.inGuestCount).toBe(4);
	const { code, stdout } = await assay(workspace, ["eval", out, "--k", "1,2,4"]);
	expect(code).toBe(0);
	expect(stdout).toContain("4 candidates, 1 task");
	for (const figure of ["pass@1", "pass@2", "pass@4"])
		expect(stdout).toMatch(new RegExp(`^${figure} +${figure === "pass@1" ? "0.7500" : "1.0000"} `, "m"));
	expect(stdout).toMatch(/^accepted +3$/m);
	expect(stdout).toMatch(/^reward_v0_published +0\.8500 {2}mean reward/m);
});

test("what CodeSelf claims is marked as its own: in the candidate's process, tests unknown, nothing of hidden tests kept", async () => {
	const { rollouts } = await fromCodeSelf([codeSelfRecord(0, "hidden_tests"), codeSelfRecord(1, "public_tests")]);
	expect(rollouts.map(({ verdict }) => verdict)).toMatchObject([
		{ status: "wrong_answer", phase: "hidden_tests", passed: 1, total: 3, message: null, harness: "in_guest" },
		{ status: "wrong_answer", phase: "public_tests", passed: 0, total: 3, flags: ["judged_by_codeself"] },
	]);
	expect(JSON.stringify(rollouts[0])).not.toContain("expected_value_of_a_test");
	expect(rollouts[0]?.candidate.generation?.usage).toEqual({ promptTokens: 5, completionTokens: 12, estimated: false });
});

test("a candidate that CodeSelf's scan refused has no verdict, and one that ended early has the tests that others of its task show", async () => {
	const refused = {
		execution: {
			...codeSelfRecord(0, null).execution,
			status: "security_rejected",
			passed: false,
			phases: [
				{ name: "syntax", status: "passed" },
				{ name: "security", status: "security_rejected" },
			],
			security_findings: [{ rule: "blocked_import", message: "os" }],
		},
	};
	const broken = {
		parsed: { code: "def", status: "syntax_error", parser: "raw", error: "invalid syntax" },
		execution: {
			...codeSelfRecord(0, null).execution,
			status: "parse_error",
			passed: false,
			phases: [{ name: "syntax", status: "parse_error", error: "invalid syntax at line 1" }],
		},
		reward: { reward_name: "reward_v0_correctness", reward: -0.25 },
	};
	const { rollouts, converted } = await fromCodeSelf([
		codeSelfRecord(0, null, refused),
		codeSelfRecord(1, null, broken),
		codeSelfRecord(2, null),
	]);
	expect(converted).toMatchObject({ written: 3, unjudged: 1, otherReward: 0 });
	expect(rollouts.map(({ verdict }) => [verdict.status, verdict.total])).toEqual([
		["judge_error", 3],
		["compile_error", 3],
		["accepted", 3],
	]);
	expect(rollouts[0]).toMatchObject({
		rewards: [],
		verdict: { flags: ["codeself_blocked_import", "judged_by_codeself"] },
	});
});

test("another reward than the published one is counted, and a record that contradicts itself is refused with its line", async () => {
	const paid = codeSelfRecord(0, "public_tests", { reward: { reward_name: "composite", reward: 0.9 } });
	expect((await fromCodeSelf([paid])).converted.otherReward).toBe(1);
	const forged = codeSelfRecord(1, "public_tests");
	forged.execution.passed = true;
	await expect(fromCodeSelf([paid, forged])).rejects.toThrow(/theirs.jsonl:2: field execution.passed: says true/);
});

test("a record whose program was changed does not carry our verdict any more", async () => {
	const workspace = temporaryFolder();
	const { inputs } = await recorded(workspace);
	const [theirs, out] = [join(workspace, "theirs.jsonl"), join(workspace, "out.jsonl")];
	await rolloutsToCodeSelf({ workspace, source: "latest", out: theirs, inputs, signal });
	const [first] = jsonLines(readFileSync(theirs, "utf8"));
	writeFileSync(theirs, `${JSON.stringify({ ...first, parsed: { ...first.parsed, code: "# accepted, they say" } })}\n`);
	await expect(rolloutsFromCodeSelf({ workspace, source: theirs, out, signal })).rejects.toThrow(
		/theirs.jsonl:1: field metadata.assay: is of another candidate/,
	);
});

test("a prompt that was sent goes along; where the tasks have changed since, it stays away and is counted", async () => {
	const workspace = temporaryFolder();
	const { inputs, files } = await recorded(workspace);
	const prompt = renderPrompt(DIRECT, promptInputOf(functionTask("a")));
	const generation: GenerationRecord = {
		template: DIRECT.id,
		promptSha256: promptSha256(prompt),
		seed: 7,
		usage: null,
		finishReason: "stop",
		logprob: null,
		attempts: 1,
		costUsd: null,
		wallTimeMs: 1,
	};
	const rollouts = await rolloutsOf(files.rollouts);
	const lines = rollouts.map((rollout) => ({ ...rollout, candidate: { ...rollout.candidate, generation } }));
	writeFileSync(files.rollouts, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	const result = JSON.parse(readFileSync(files.result, "utf8"));
	result.config.tasks = files.rollouts;
	result.config.generation = {
		model: "m",
		template: { id: DIRECT.id, sha256: templateSha256(DIRECT) },
		sampling: { temperature: 1, topP: 1, maxTokens: 9, stop: [] },
		logprobs: false,
		concurrency: 1,
		server: null,
		allowDownload: false,
	};
	writeFileSync(files.result, JSON.stringify(result));
	const out = join(workspace, "theirs.jsonl");
	const converted = await rolloutsToCodeSelf({ workspace, source: "latest", out, inputs, signal });
	expect(converted.withoutPrompt).toBe(STATUSES.length - 1);
	const records = jsonLines(readFileSync(out, "utf8"));
	const prompts = Object.fromEntries(records.map((record) => [record.task_id, record.prompt]));
	expect(prompts).toMatchObject({ a: expect.stringContaining("Write f for a"), b: "" });
	expect(records[0].metadata.seed).toBe(7);
});

test("rollouts convert says how many were written, on a screen and as JSON", async () => {
	const workspace = temporaryFolder();
	await recorded(workspace);
	const out = join(workspace, "theirs.jsonl");
	const spoken = await assay(workspace, ["rollouts", "convert", "latest", "--to", "codeself", "--out", out]);
	expect(spoken).toMatchObject({ code: 0, stdout: "" });
	expect(spoken.stderr).toMatch(/^18 rollouts written to .*\n2 rollouts left out: the judge had trouble/);
	const told = await assay(workspace, ["rollouts", "convert", out, "--to", "assay", "--out", `${out}.back`, "--json"]);
	expect(JSON.parse(told.stdout)).toMatchObject({ written: 18, unjudged: 0 });
	expect(await assay(workspace, ["rollouts", "convert", "latest", "--out", out])).toMatchObject({ code: 2 });
});
