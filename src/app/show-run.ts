import { existsSync, statSync } from "node:fs";
import { artifactsRoot, type RunFiles } from "../artifacts/layout.js";
import { findRun, readResult } from "../artifacts/list-runs.js";
import { readRollouts } from "../artifacts/rollout-file.js";
import { isLocked } from "../artifacts/run-lock.js";
import { readPlan, resumeCommand } from "../artifacts/run-plan.js";
import type { PassAtK, RunPlan, RunResult, StatusCounts } from "../domain/run.js";
import { RunTally } from "./run-tally.js";

export interface RecordedRun {
	plan: RunPlan;
	outcome: RunResult["outcome"] | "interrupted" | "running";
	message: string | null;
	sampleCount: number;
	statusCounts: StatusCounts;
	passAtK: PassAtK[];
	files: { path: string; bytes: number }[];
	/** The command that finishes the run; null when it is complete, or going on. */
	resume: string | null;
}

/** `run` is a run id, the start of one, or `latest`. Of a run without a result, the rollouts are counted. */
export async function showRun(workspace: string, run: string): Promise<RecordedRun> {
	const files = await findRun([artifactsRoot(workspace)], run);
	const plan = readPlan(files);
	const result = readResult(files);
	const outcome = result?.outcome ?? (isLocked(files.lock) ? "running" : "interrupted");
	const counts = result ?? (await countsOf(files));
	return {
		plan,
		outcome,
		message: result?.message ?? null,
		sampleCount: counts.sampleCount,
		statusCounts: counts.statusCounts,
		passAtK: counts.passAtK,
		files: sizesOf(files),
		resume: outcome === "completed" || outcome === "running" ? null : resumeCommand(plan, workspace),
	};
}

async function countsOf(files: RunFiles): Promise<Pick<RecordedRun, "sampleCount" | "statusCounts" | "passAtK">> {
	const tally = new RunTally();
	for await (const { rollout } of readRollouts(files.rollouts)) tally.add(rollout);
	return { sampleCount: tally.sampleCount, statusCounts: tally.statusCounts, passAtK: tally.passAtK() };
}

function sizesOf(files: RunFiles): RecordedRun["files"] {
	const { plan, log, rollouts, report, result, manifest } = files;
	return [plan, log, rollouts, report, result, manifest]
		.filter((path) => existsSync(path))
		.map((path) => ({ path, bytes: statSync(path).size }));
}
