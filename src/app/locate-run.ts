import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { findRun, readResult, runOfRollouts } from "../artifacts/find-run.js";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, type RunFiles, runFiles } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import { type RunPlan, RunResult } from "../domain/run.js";

/** The files of a recorded run, or of what is left of it. */
export interface LocatedRun {
	result: RunResult | null;
	plan: RunPlan | null;
	/** null: a file of rollouts that lies in no artifact tree. */
	files: RunFiles | null;
	rollouts: string;
}

/** `run`: a run id, the start of one, `latest`, or the path of a run's result or rollouts. */
export async function locateRun({ workspace, run }: { workspace: string; run: string }): Promise<LocatedRun> {
	if (!existsSync(run) || !statSync(run).isFile()) {
		const files = await findRun([artifactsRoot(workspace)], run);
		const result = readResult(files);
		return { result, plan: planIn(files, result), files, rollouts: files.rollouts };
	}
	const path = resolve(run);
	if (path.endsWith(".json")) {
		const result = readJsonFile(RunResult, path);
		const files = runFiles(dirname(dirname(path)), result.runId);
		return { result, plan: planIn(files, result), files, rollouts: files.rollouts };
	}
	const files = runOfRollouts(path);
	return { result: null, plan: files === null ? null : readPlan(files), files, rollouts: path };
}

/** A result can do without its plan. */
function planIn(files: RunFiles, result: RunResult | null): RunPlan | null {
	return result !== null && !existsSync(files.plan) ? null : readPlan(files);
}
