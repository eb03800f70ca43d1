import type { Rollout } from "../domain/run.js";
import type { PhaseResult, TestResult, Verdict, Visibility } from "../domain/verdict.js";
import { rewardV0OriginalNormalisation, WEIGHTS } from "../rewards/reward-v0-correctness.js";
import type { CodeSelfPhase, CodeSelfPhaseName, CodeSelfRollout, CodeSelfStatus } from "./codeself-record.js";

/**
 * A rollout under CodeSelf's field names. What that has no field for is kept in `metadata.assay`, from which
 * `rolloutOfCodeSelf` makes the same rollout again. The reward is the one that CodeSelf itself would give. null: the judge
 * had trouble, for which CodeSelf has no word; its statuses would all call the candidate wrong.
 */
export function codeSelfOfRollout(rollout: Rollout, prompt: string): CodeSelfRollout | null {
	const { candidate, verdict, ...rest } = rollout;
	const { taskId, sampleIndex, completion, code, backend, model, extraction, generation } = candidate;
	if (verdict.status === "judge_error") return null;
	const kept = { ...rest, candidate: { backend, model, extraction, generation }, verdict };
	return {
		task_id: taskId,
		sample_index: sampleIndex,
		prompt_template: generation?.template ?? "none",
		prompt,
		raw_completion: completion,
		parsed: {
			code: code ?? "",
			status: code === null ? "empty" : verdict.status === "compile_error" ? "syntax_error" : "ok",
			parser: extraction?.method ?? "none",
			error: verdict.status === "compile_error" ? (verdict.message ?? "") : "",
		},
		backend,
		model_name: model ?? backend,
		generation_metadata: generationMetadata(rollout),
		execution: {
			task_id: taskId,
			status: statusOf(verdict),
			passed: verdict.status === "accepted",
			duration_seconds: (verdict.wallTimeMs ?? 0) / 1000,
			phases: phasesOf(verdict),
			security_findings: [],
		},
		reward: rewardOf(verdict),
		metadata: {
			...(generation?.seed == null ? {} : { seed: generation.seed }),
			include_hidden: true,
			assay: JSON.stringify(kept),
		},
	};
}

function generationMetadata({ candidate: { generation } }: Rollout): CodeSelfRollout["generation_metadata"] {
	if (generation === null) return {};
	const { finishReason, logprob, costUsd, usage } = generation;
	const known = {
		finish_reason: finishReason,
		logprob,
		cost_usd: costUsd,
		prompt_tokens: usage?.promptTokens ?? null,
		completion_tokens: usage?.completionTokens ?? null,
	};
	return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null));
}

function statusOf({ status, cause }: Verdict): CodeSelfStatus {
	if (cause === "tampered") return "security_rejected";
	switch (status) {
		case "accepted":
			return "passed";
		case "no_code":
		case "patch_failed":
		case "compile_error":
			return "parse_error";
		case "time_limit_exceeded":
			return "timeout";
		case "memory_limit_exceeded":
		case "output_limit_exceeded":
		case "runtime_error":
		case "judge_error":
			return "runtime_error";
		case "wrong_answer":
			return "failed";
	}
}

/** As CodeSelf writes them: nothing after the phase that a candidate does not survive, but for skipped hidden tests. */
function phasesOf(verdict: Verdict): CodeSelfPhase[] {
	const before = (["extract", "apply", "compile"] as const).find((name) => failedIn(verdict, name));
	const phases: CodeSelfPhase[] = [];
	const add = (name: CodeSelfPhaseName, own: Partial<CodeSelfPhase> & { status: CodeSelfStatus }): void => {
		phases.push({
			name,
			duration_seconds: 0,
			exit_code: null,
			stdout: "",
			stderr: "",
			error: "",
			tests_run: 0,
			test_outcomes: [],
			...own,
		});
	};
	if (before !== undefined) {
		add("syntax", { status: "parse_error", error: verdict.message ?? "" });
		return phases;
	}
	add("syntax", { status: "passed", duration_seconds: secondsOf(verdict, "compile") });
	if (failedIn(verdict, "load")) {
		add("import", {
			status: statusOf(verdict),
			duration_seconds: secondsOf(verdict, "load"),
			exit_code: verdict.exitCode,
			error: verdict.message ?? "",
		});
		return phases;
	}
	add("import", { status: "passed", duration_seconds: secondsOf(verdict, "load"), exit_code: 0 });
	for (const visibility of ["public", "hidden"] as const) add(`${visibility}_tests`, testPhase(verdict, visibility));
	return phases;
}

function testPhase(verdict: Verdict, visibility: Visibility): Partial<CodeSelfPhase> & { status: CodeSelfStatus } {
	const tests = verdict.tests.filter((test) => test.visibility === visibility);
	if (tests.length === 0) return { status: "passed" };
	const name = `${visibility}_tests` as const;
	const result = verdict.status === "accepted" ? "passed" : phaseNamed(verdict, name)?.result;
	const status = result === "passed" ? "passed" : result === "failed" ? statusOf(verdict) : "skipped";
	return {
		status,
		duration_seconds: secondsOf(verdict, name),
		error: status === "passed" || visibility === "hidden" ? "" : (verdict.message ?? ""),
		tests_run: tests.length,
		test_outcomes: tests.map((test) => ({
			name: test.id,
			status: testStatus(test, status),
			duration_seconds: (test.wallTimeMs ?? 0) / 1000,
			stdout: "",
			stderr: "",
			error: test.message ?? "",
		})),
	};
}

function testStatus({ status }: TestResult, phase: CodeSelfStatus): CodeSelfStatus {
	if (status === "not_run") return "skipped";
	return status === "error" ? (phase === "passed" ? "runtime_error" : phase) : status;
}

function failedIn(verdict: Verdict, name: PhaseResult["phase"]): boolean {
	return verdict.status !== "accepted" && (verdict.phase === name || phaseNamed(verdict, name)?.result === "failed");
}

function secondsOf(verdict: Verdict, name: PhaseResult["phase"]): number {
	return (phaseNamed(verdict, name)?.wallTimeMs ?? 0) / 1000;
}

function phaseNamed({ phases }: Verdict, name: PhaseResult["phase"]): PhaseResult | undefined {
	return phases.find(({ phase }) => phase === name);
}

function rewardOf(verdict: Verdict): CodeSelfRollout["reward"] {
	const { value, parts, shares, penalty } = rewardV0OriginalNormalisation(verdict);
	const components = Object.entries(WEIGHTS).map(([name, weight]) => {
		const share = Object.entries(shares).find(([known]) => known === name)?.[1];
		const weighted = parts[name] ?? 0;
		return {
			name,
			value: weighted > 0 ? 1 : 0,
			weight: share ?? weight,
			weighted_value: weighted,
			available: share !== undefined,
		};
	});
	return {
		task_id: verdict.taskId,
		reward_name: "reward_v0_correctness",
		reward: value,
		score_before_penalty: components.reduce((sum, { weighted_value }) => sum + weighted_value, 0),
		total_penalty: penalty?.value ?? 0,
		components,
		penalties: penalty === null ? [] : [{ ...penalty, reason: verdict.status }],
		metrics: { passed: verdict.status === "accepted", duration_seconds: (verdict.wallTimeMs ?? 0) / 1000 },
	};
}
