import { existsSync, statSync } from "node:fs";
import { findRun, listRunIds, readResult } from "../artifacts/find-run.js";
import { artifactsRoot, type RunFiles, runFiles } from "../artifacts/layout.js";
import { readRollouts } from "../artifacts/rollout-file.js";
import { isLocked } from "../artifacts/run-lock.js";
import { readPlan, resumeCommand } from "../artifacts/run-plan.js";
import type { PassAtK, RunPlan, RunResult, StatusCounts } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { RunTally } from "./run-tally.js";
import type { RunRow } from "./workbench.js";

/** A run of a folder of artifacts; `damaged` ones say why in `problem`, with file and field. */
export type RunEntry =
	| { kind: "recorded"; row: RunRow }
	| { kind: "running"; row: Omit<RunRow, "outcome"> & { outcome: "running" } }
	| { kind: "damaged"; runId: string; problem: string };

/** Runs of the workspace (the first root), then those that ship with the program; newest first in each. */
export async function* readRunEntries(roots: readonly string[]): AsyncGenerator<RunEntry> {
	for (const [index, root] of roots.entries()) {
		for (const runId of await listRunIds(root)) yield await entryOf(runFiles(root, runId), index > 0);
	}
}

/** Without those that are going on now, and those whose files do not hold what they should. */
export async function listRuns(roots: readonly string[]): Promise<RunRow[]> {
	const rows: RunRow[] = [];
	for await (const entry of readRunEntries(roots)) if (entry.kind === "recorded") rows.push(entry.row);
	return rows;
}

async function entryOf(files: RunFiles, recorded: boolean): Promise<RunEntry> {
	try {
		const result = readResult(files);
		if (result === null) {
			const row = await unfinishedRow(files, recorded);
			if (isLocked(files.lock)) return { kind: "running", row: { ...row, outcome: "running" } };
			return { kind: "recorded", row: { ...row, outcome: "interrupted" } };
		}
		const { runId, command, outcome, startedAt, config, taskCount, sampleCount, statusCounts } = result;
		const { backend } = config;
		const row = { runId, command, outcome, startedAt, backend, taskCount, sampleCount, statusCounts, recorded };
		return { kind: "recorded", row };
	} catch (error) {
		if (!(error instanceof AssayError) || error.code !== "usage") throw error;
		return { kind: "damaged", runId: files.runId, problem: error.message };
	}
}

async function unfinishedRow(files: RunFiles, recorded: boolean): Promise<Omit<RunRow, "outcome">> {
	const { runId, command, createdAt, config, taskCount } = readPlan(files);
	const { sampleCount, statusCounts } = await countsOf(files);
	return {
		runId,
		command,
		startedAt: createdAt,
		backend: config.backend,
		taskCount,
		sampleCount,
		statusCounts,
		recorded,
	};
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

/** Of a run without a result: its rollouts say how far it came. */
async function countsOf(files: RunFiles): Promise<Pick<RecordedRun, "sampleCount" | "statusCounts" | "passAtK">> {
	const tally = new RunTally();
	for await (const { rollout } of readRollouts(files.rollouts)) tally.add(rollout);
	return { sampleCount: tally.sampleCount, statusCounts: tally.statusCounts, passAtK: tally.passAtK() };
}
