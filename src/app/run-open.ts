import { existsSync } from "node:fs";
import { findRun, readResult } from "../artifacts/find-run.js";
import { artifactsRoot, type RunFiles } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import type { RunConfig, RunPlan, RunResult } from "../domain/run.js";

/** What a use case starts from: a new run, one to go on with, or one that has nothing left to do. */
export type RunOpening =
	| { kind: "new"; config: RunConfig }
	| { kind: "resumed"; config: RunConfig; files: RunFiles }
	| { kind: "complete"; result: RunResult };

/**
 * A resumed run keeps the configuration of its plan. Only the places of tasks and samples are taken from `config`, since
 * files may have moved; that they hold the same is checked before anything is judged. A model's server may be another one
 * too, and its key and caps: see `resumedConfigOf`.
 */
export async function openingOf(workspace: string, config: RunConfig, resume: string | null): Promise<RunOpening> {
	if (resume === null) return { kind: "new", config };
	const recorded = await recordedRun(workspace, resume);
	if (recorded.kind === "complete") return recorded;
	const { plan, files } = recorded;
	const samples = config.samples ?? plan.config.samples;
	const generation = config.generation ?? plan.config.generation;
	return { kind: "resumed", files, config: { ...plan.config, tasks: config.tasks, samples, generation } };
}

/** What is recorded of a run that is to be resumed: its result when there is nothing left to do, else its plan. */
export async function recordedRun(
	workspace: string,
	resume: string,
): Promise<{ kind: "complete"; result: RunResult } | { kind: "unfinished"; plan: RunPlan; files: RunFiles }> {
	const files = await findRun([artifactsRoot(workspace)], resume);
	// The manifest is written last: a result without one is of a program that was killed just before.
	const result = existsSync(files.manifest) ? readResult(files) : null;
	if (result?.outcome === "completed") return { kind: "complete", result };
	return { kind: "unfinished", plan: readPlan(files), files };
}
