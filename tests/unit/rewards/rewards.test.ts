import { expect, test } from "vitest";
import type { PhaseResult, TestResult, Verdict } from "../../../src/domain/verdict.js";
import { rewardsOf } from "../../../src/rewards/index.js";
import { rewardV0Correctness, rewardV0OriginalNormalisation } from "../../../src/rewards/reward-v0-correctness.js";
import { verdictFor } from "../app/fake-verifier.js";

type Results = Partial<Record<PhaseResult["phase"], PhaseResult["result"]>>;

/** A verdict on a task with one public and one hidden test. */
function verdict(status: Verdict["status"], results: Results, over: Partial<Verdict> = {}): Verdict {
	const phases = Object.entries(results).map(([phase, result]) => ({ phase, result, wallTimeMs: 0 }) as PhaseResult);
	const failed = phases.find(({ result }) => result === "failed");
	return {
		...verdictFor({ id: "t" }, { sampleIndex: 0, code: `# ${status}` }),
		phases,
		phase: failed?.phase ?? "hidden_tests",
		tests: [testResult("public"), testResult("hidden")],
		...over,
	};
}

function testResult(visibility: TestResult["visibility"]): TestResult {
	const counts = { assertsReached: 0, calls: 0, wallTimeMs: 0 };
	return { id: visibility, visibility, status: "not_run", message: null, line: null, ...counts };
}

const LOADED = { extract: "passed", compile: "passed", load: "passed" } as const;
const PUBLIC_FAILED = verdict("wrong_answer", { ...LOADED, public_tests: "failed", hidden_tests: "skipped" });
const HIDDEN_FAILED = verdict("wrong_answer", { ...LOADED, public_tests: "passed", hidden_tests: "failed" });

test("an accepted candidate earns 1 from every reward", () => {
	const accepted = verdict("accepted", { ...LOADED, public_tests: "passed", hidden_tests: "passed" }, { passed: 2 });
	expect(rewardsOf(accepted).map(({ name, value }) => [name, value])).toEqual([
		["binary", 1],
		["fractional", 1],
		["reward_v0_correctness", expect.closeTo(1, 12)],
	]);
	expect(rewardV0OriginalNormalisation(accepted).value).toBeCloseTo(1, 12);
});

test("a skipped hidden phase counts 0 and stays in the denominator", () => {
	expect(rewardV0Correctness(PUBLIC_FAILED).value).toBeCloseTo(0.2 / 0.9, 12);
});

test("the original normalisation gives the published 0.40 for a failed public test and 0.556 for a failed hidden one", () => {
	expect(rewardV0OriginalNormalisation(PUBLIC_FAILED).value).toBeCloseTo(0.4, 12);
	expect(rewardV0OriginalNormalisation(HIDDEN_FAILED).value).toBeCloseTo(0.5 / 0.9, 12);
});

test("failing a public test never earns more than failing only a hidden one", () => {
	expect(rewardV0Correctness(PUBLIC_FAILED).value).toBeLessThan(rewardV0Correctness(HIDDEN_FAILED).value);
});

test("a task without public tests is weighed on its hidden ones alone", () => {
	const failed = verdict(
		"wrong_answer",
		{ ...LOADED, public_tests: "skipped", hidden_tests: "failed" },
		{ tests: [testResult("hidden")] },
	);
	expect(rewardV0Correctness(failed).value).toBeCloseTo(0.2 / 0.6, 12);
});

test.each([
	["compile_error", { compile: "failed" }, -0.25],
	["no_code", { extract: "failed" }, -0.25],
	["patch_failed", { apply: "failed" }, -0.25],
	["runtime_error", { compile: "passed", load: "failed" }, -0.2],
	["time_limit_exceeded", { compile: "passed", load: "failed" }, -0.5],
] as const)("%s before any test earns only its penalty", (status, results, value) => {
	expect(rewardV0Correctness(verdict(status, results)).value).toBeCloseTo(value, 12);
	expect(rewardV0OriginalNormalisation(verdict(status, results)).value).toBeCloseTo(value, 12);
});

test("proven tampering costs -1, whatever the tests say; a flag costs nothing", () => {
	const tampered = { ...HIDDEN_FAILED, status: "runtime_error", cause: "tampered" } as const;
	expect(rewardV0Correctness(tampered).parts.unsafe_code).toBe(-1);
	expect(rewardV0Correctness({ ...HIDDEN_FAILED, flags: ["imports os"] })).toEqual(rewardV0Correctness(HIDDEN_FAILED));
});

test("the parts of a reward add up to it", () => {
	const timeout = verdict("time_limit_exceeded", { ...LOADED, public_tests: "passed", hidden_tests: "failed" });
	const { value, parts } = rewardV0Correctness(timeout);
	expect(Object.values(parts).reduce((a, b) => a + b, 0)).toBeCloseTo(value, 12);
	expect(value).toBeCloseTo(0.5 / 0.9 - 0.5, 12);
});

test("fractional is the share of all tests, run or not", () => {
	const half = rewardsOf({ ...HIDDEN_FAILED, passed: 3, total: 8 });
	expect(half.find(({ name }) => name === "fractional")?.value).toBe(3 / 8);
});

test("a judge error earns no reward at all, not even 0", () => {
	expect(rewardsOf(verdict("judge_error", LOADED))).toEqual([]);
});
