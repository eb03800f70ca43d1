import { dirname } from "node:path";
import type { RunFiles } from "../artifacts/layout.js";
import { BLOCKED_WORDINGS } from "../compare/blocked-wordings.js";
import { type ClaimEvidence, claimGates, figureText, statusOf } from "../compare/claim-gates.js";
import { claimLines } from "../compare/claim-text.js";
import type { EvalClaim } from "../domain/claims.js";
import type { RunPlan, RunResult } from "../domain/run.js";
import type { TrainingCheck } from "../domain/training.js";
import { meanPassAtK } from "../stats/pass-at-k.js";
import { passInterval } from "../stats/pass-interval.js";
import { claimsOn } from "./read-claims.js";

/** For a run's report, a sentence each: whether its own score could be claimed, and what claims.yaml rests on it. */
export async function claimsOfRun(
	{ root, runId, rollouts }: RunFiles,
	plan: RunPlan,
	result: RunResult,
	training: TrainingCheck,
): Promise<string[]> {
	const stated = await claimsOn(dirname(root), [{ runId, path: rollouts }]);
	return [...ownClaim(plan, result, training), ...claimLines(stated)];
}

/** Goes through the same gates as a sentence of claims.yaml that states pass@1. */
function ownClaim(plan: RunPlan, result: RunResult, training: TrainingCheck): string[] {
	const seen = new Set(training.state === "checked" ? training.seen.map(({ taskId }) => taskId) : []);
	const tasks = result.tasks.filter(({ taskId, n }) => n > 0 && !seen.has(taskId));
	const { value } = meanPassAtK(tasks, 1);
	const claim: EvalClaim = {
		id: "its own score",
		text: `pass@1 is ${value === null ? "-" : value.toFixed(4)}`,
		k: 1,
		eval: result.runId,
		within: 0.005,
		...(value === null ? {} : { value }),
	};
	const interval = passInterval(tasks, 1);
	const problem = whyNoScore(result);
	const evidence: ClaimEvidence =
		problem === null
			? {
					sources: [{ name: result.runId, contamination: plan.contamination, training }],
					figure: { kind: "eval", claim, value, interval, tasks: tasks.length },
				}
			: { problem };
	const gates = claimGates(claim, evidence, BLOCKED_WORDINGS);
	const figure = "figure" in evidence ? figureText(evidence.figure) : null;
	return claimLines([{ id: claim.id, text: claim.text, ...statusOf(gates), figure }]);
}

function whyNoScore({ outcome, config }: RunResult): string | null {
	if (outcome !== "completed") return `the run is ${outcome}: not all of it was judged`;
	if (config.backend === "mock") return "the candidates are a seeded mix of recorded ones, no model made them";
	if (config.stopOnAccepted !== null)
		return "tasks stopped when they succeeded, so that pass@k is no unbiased estimate";
	return null;
}
