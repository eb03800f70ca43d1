import type { Reward } from "../domain/run.js";
import type { Verdict } from "../domain/verdict.js";
import { phaseSuccessOf } from "./phase-success.js";

/**
 * The correctness reward of CodeSelf: a phase counts whole or not at all, penalties are added, the sum is clamped to
 * [-1, 1]. One difference: a phase of tests that was skipped counts 0 and stays in the denominator, so that failing
 * early never pays. No code and an unusable patch are penalised like a syntax error; `unsafe_code` needs proof of
 * tampering, a mere suspicion (a flag) costs nothing.
 */
export function rewardV0Correctness(verdict: Verdict): Reward {
	const { value, parts } = weigh(verdict, false);
	return { name: "reward_v0_correctness", value, parts };
}

/**
 * The same with CodeSelf's own normalisation, which drops skipped phases from the denominator. That inflates the
 * score of a candidate that fails a public test: 0.2 / 0.5 = 0.40 instead of 0.2 / 0.9 = 0.22, since the hidden tests
 * that it never reached are not held against it. Kept for comparison with numbers published under this name.
 */
export function rewardV0OriginalNormalisation(verdict: Verdict): Weighed {
	return weigh(verdict, true);
}

/** A reward with all that it was made of. */
export interface Weighed {
	value: number;
	/** Phases and penalties that count; they add up to `value` before clamping. */
	parts: Record<string, number>;
	/** Share of each phase that counts, passed or not. */
	shares: Partial<Record<keyof typeof WEIGHTS, number>>;
	penalty: { name: keyof typeof PENALTIES; value: number } | null;
}

export const WEIGHTS = {
	syntax_and_import_success: 0.2,
	public_test_fraction: 0.3,
	hidden_test_fraction: 0.4,
	/** No task has robustness tests yet, so this weight never enters a denominator; neither does it in CodeSelf. */
	robustness_test_fraction: 0.1,
} as const;

const PENALTIES = { syntax_error: -0.25, unsafe_code: -1, timeout: -0.5, runtime_error: -0.2 } as const;

function weigh(verdict: Verdict, dropSkipped: boolean): Weighed {
	const { loaded, publicTests, hiddenTests } = phaseSuccessOf(verdict);
	const phases = [
		{ name: "syntax_and_import_success" as const, passed: loaded },
		...countedPhase("public_test_fraction", publicTests, dropSkipped),
		...countedPhase("hidden_test_fraction", hiddenTests, dropSkipped),
	];
	const weightSum = phases.reduce((sum, phase) => sum + WEIGHTS[phase.name], 0);
	const parts: Record<string, number> = {};
	const shares: Weighed["shares"] = {};
	for (const { name, passed } of phases) {
		shares[name] = WEIGHTS[name] / weightSum;
		parts[name] = passed ? WEIGHTS[name] / weightSum : 0;
	}
	const name = penaltyOf(verdict);
	if (name !== null) parts[name] = PENALTIES[name];
	const sum = Object.values(parts).reduce((total, part) => total + part, 0);
	const penalty = name === null ? null : { name, value: PENALTIES[name] };
	return { value: Math.max(-1, Math.min(1, sum)), parts, shares, penalty };
}

function countedPhase(
	name: "public_test_fraction" | "hidden_test_fraction",
	result: "passed" | "failed" | "skipped" | null,
	dropSkipped: boolean,
): { name: typeof name; passed: boolean }[] {
	if (result === null || (result === "skipped" && dropSkipped)) return [];
	return [{ name, passed: result === "passed" }];
}

function penaltyOf(verdict: Verdict): keyof typeof PENALTIES | null {
	if (verdict.cause === "tampered") return "unsafe_code";
	switch (verdict.status) {
		case "no_code":
		case "patch_failed":
		case "compile_error":
			return "syntax_error";
		case "time_limit_exceeded":
			return "timeout";
		case "memory_limit_exceeded":
		case "output_limit_exceeded":
		case "runtime_error":
			return "runtime_error";
		case "judge_error":
		case "wrong_answer":
		case "accepted":
			return null;
	}
}
