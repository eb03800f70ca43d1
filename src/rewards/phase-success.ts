import type { Phase, Verdict } from "../domain/verdict.js";

export interface PhaseSuccess {
	/** Compiled and loaded: the tests could begin. */
	loaded: boolean;
	/** null: the task has no tests of this visibility. `skipped` differs from `failed` for the original reward only. */
	publicTests: "passed" | "failed" | "skipped" | null;
	hiddenTests: "passed" | "failed" | "skipped" | null;
}

/** What the correctness rewards look at, read from a verdict. */
export function phaseSuccessOf(verdict: Verdict): PhaseSuccess {
	const publicCount = verdict.tests.filter((test) => test.visibility === "public").length;
	const hasHidden = verdict.tests.some((test) => test.visibility === "hidden") || verdict.total > publicCount;
	if (verdict.status === "accepted") {
		return {
			loaded: true,
			publicTests: publicCount === 0 ? null : "passed",
			hiddenTests: hasHidden ? "passed" : null,
		};
	}
	const results = new Map(verdict.phases.map((phase) => [phase.phase, phase.result]));
	const loaded = (["extract", "apply", "compile", "load"] satisfies Phase[]).every(
		(phase) => results.get(phase) !== "failed",
	);
	return {
		loaded: loaded && !BEFORE_TESTS.has(verdict.phase),
		publicTests: publicCount === 0 ? null : (results.get("public_tests") ?? "skipped"),
		hiddenTests: hasHidden ? (results.get("hidden_tests") ?? "skipped") : null,
	};
}

/** A verdict that was reached in one of these phases never came to its tests. */
const BEFORE_TESTS: ReadonlySet<Phase> = new Set(["extract", "apply", "compile", "load"]);
