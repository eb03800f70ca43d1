import { existsSync, statSync } from "node:fs";
import { readBookmarks } from "../artifacts/bookmarks.js";
import { findRun, readResult } from "../artifacts/find-run.js";
import { artifactsRoot, type RunFiles, runFiles } from "../artifacts/layout.js";
import { isLocked } from "../artifacts/run-lock.js";
import { readPlan, resumeCommand } from "../artifacts/run-plan.js";
import type { PassAtK, RunPlan, RunResult, StatusCounts } from "../domain/run.js";
import type { RunRow } from "../domain/run-row.js";
import { withIndexOf } from "./run-index.js";
import { countsOf } from "./run-rows.js";

export interface RunList {
	/** Newest first. */
	rows: RunRow[];
	/** Those whose files do not hold what they should; `problem` names file and field. */
	damaged: { runId: string; problem: string }[];
}

/** Runs of the workspace (the first root), those too that a live process writes; then those that ship with the program. */
export async function listRuns(roots: readonly string[]): Promise<RunList> {
	const list: RunList = { rows: [], damaged: [] };
	for (const root of roots) {
		const recorded = root !== roots[0];
		const found = await withIndexOf(roots, root, (index) => ({ rows: index.rows(), damaged: index.damaged() }));
		list.rows.push(...found.rows.map((row) => withLiveOutcome({ ...row, recorded }, root)));
		list.damaged.push(...found.damaged);
	}
	return list;
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
	/** Marked places in its log, as numbers of events, in order. */
	bookmarks: number[];
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
		bookmarks: readBookmarks(files),
		resume: outcome === "completed" || outcome === "running" ? null : resumeCommand(plan, workspace),
	};
}

function sizesOf(files: RunFiles): RecordedRun["files"] {
	const { plan, log, rollouts, report, result, manifest } = files;
	return [plan, log, rollouts, report, result, manifest]
		.filter((path) => existsSync(path))
		.map((path) => ({ path, bytes: statSync(path).size }));
}
