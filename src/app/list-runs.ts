import { type RunFiles, runFiles } from "../artifacts/layout.js";
import { listRunIds, readResult } from "../artifacts/list-runs.js";
import { readRollouts } from "../artifacts/rollout-file.js";
import { isLocked } from "../artifacts/run-lock.js";
import { readPlan } from "../artifacts/run-plan.js";
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
	const plan = readPlan(files);
	const tally = new RunTally();
	for await (const { rollout } of readRollouts(files.rollouts)) tally.add(rollout);
	return {
		runId: plan.runId,
		command: plan.command,
		startedAt: plan.createdAt,
		backend: plan.config.backend,
		taskCount: plan.taskCount,
		sampleCount: tally.sampleCount,
		statusCounts: tally.statusCounts,
		recorded,
	};
}
