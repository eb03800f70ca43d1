import { type RunFiles, runFiles } from "../artifacts/layout.js";
import { listRunIds, readResult } from "../artifacts/list-runs.js";
import { readRollouts } from "../artifacts/rollout-file.js";
import { isLocked } from "../artifacts/run-lock.js";
import { readPlan } from "../artifacts/run-plan.js";
import { AssayError } from "../lib/errors.js";
import { RunTally } from "./run-tally.js";
import type { RunRow } from "./workbench.js";

/**
 * Runs of the workspace (the first root), then those that ship with the program; newest first in each. A run that is
 * going on now is left out, as is one whose files do not hold what they should.
 */
export async function listRuns(roots: readonly string[]): Promise<RunRow[]> {
	const rows: RunRow[] = [];
	for (const [index, root] of roots.entries()) {
		for (const runId of await listRunIds(root)) {
			const row = await rowOf(runFiles(root, runId), index > 0);
			if (row !== null) rows.push(row);
		}
	}
	return rows;
}

async function rowOf(files: RunFiles, recorded: boolean): Promise<RunRow | null> {
	try {
		const result = await readResult(files);
		if (result === null) return isLocked(files.lock) ? null : await interruptedRow(files, recorded);
		const { runId, command, outcome, startedAt, config, taskCount, sampleCount, statusCounts } = result;
		const { backend } = config;
		return { runId, command, outcome, startedAt, backend, taskCount, sampleCount, statusCounts, recorded };
	} catch (error) {
		if (error instanceof AssayError && error.code === "usage") return null;
		throw error;
	}
}

async function interruptedRow(files: RunFiles, recorded: boolean): Promise<RunRow> {
	const plan = readPlan(files);
	const tally = new RunTally();
	for await (const { rollout } of readRollouts(files.rollouts)) tally.add(rollout);
	return {
		runId: plan.runId,
		command: plan.command,
		outcome: "interrupted",
		startedAt: plan.createdAt,
		backend: plan.config.backend,
		taskCount: plan.taskCount,
		sampleCount: tally.sampleCount,
		statusCounts: tally.statusCounts,
		recorded,
	};
}
