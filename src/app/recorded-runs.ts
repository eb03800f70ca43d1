import { existsSync, statSync } from "node:fs";
import { findRun, readResult } from "../artifacts/find-run.js";
import { artifactsRoot, type RunFiles, runFiles } from "../artifacts/layout.js";
import { isLocked } from "../artifacts/run-lock.js";
import { readPlan, resumeCommand } from "../artifacts/run-plan.js";
import type { PassAtK, RunPlan, RunResult, StatusCounts } from "../domain/run.js";
import type { RunRow } from "../domain/run-row.js";
import { withIndex, withMemoryIndex } from "./run-index.js";
import { countsOf } from "./run-rows.js";

export interface RunList {
	/** Newest first. */
	rows: RunRow[];
	/** Those whose files do not hold what they should; `problem` names file and field. */
	damaged: { runId: string; problem: string }[];
}

/** Runs of the workspace, those too that a live process writes. */
export async function listRuns(workspace: string): Promise<RunList> {
	const root = artifactsRoot(workspace);
	return await withIndex(root, (index) => ({
		rows: index.rows().map((row) => withLiveOutcome(row, root)),
		damaged: index.damaged(),
	}));
}

/** Runs that ship with the program, in a folder laid out like `artifacts`. */
export async function listShippedRuns(root: string): Promise<RunRow[]> {
	return await withMemoryIndex(root, (index) => index.rows().map((row) => ({ ...row, recorded: true })));
}

function withLiveOutcome(row: RunRow, root: string): RunRow {
	const isLive = row.outcome === "interrupted" && isLocked(runFiles(root, row.runId).lock);
	return isLive ? { ...row, outcome: "running" } : row;
}

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

function sizesOf(files: RunFiles): RecordedRun["files"] {
	const { plan, log, rollouts, report, result, manifest } = files;
	return [plan, log, rollouts, report, result, manifest]
		.filter((path) => existsSync(path))
		.map((path) => ({ path, bytes: statSync(path).size }));
}
