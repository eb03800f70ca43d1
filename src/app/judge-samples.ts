import { existsSync } from "node:fs";
import { readResult } from "../artifacts/find-run.js";
import { artifactsRoot, runFiles } from "../artifacts/layout.js";
import { readRollouts } from "../artifacts/rollout-file.js";
import type { RunConfig } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import type { RunSurroundings } from "./active-run.js";
import { withIndex } from "./run-index.js";
import type { RunInputs } from "./run-inputs.js";
import { surveySamples } from "./run-survey.js";
import { verifySamples } from "./verify-samples.js";

export interface JudgeSamplesOptions {
	workspace: string;
	inputs: RunInputs;
	config: RunConfig & { samples: string };
	signal: AbortSignal;
}

/**
 * The run that has judged exactly these samples as they would be judged now: same bytes, tasks and tests, limits, gate, and
 * same programs found in the completions. null: none has.
 */
export async function runOfSamples({ workspace, inputs, config, signal }: JudgeSamplesOptions): Promise<string | null> {
	const checksum = await inputs.samplesChecksum(config.samples);
	if (checksum === null) return null;
	const root = artifactsRoot(workspace);
	const parents = await withIndex(root, (index) => index.parents({ sha256: checksum }));
	if (parents.length === 0) return null;
	const { tasks, byId } = await surveySamples(config, config.samples, inputs, signal);
	for (const { runId } of parents.toReversed()) {
		const files = runFiles(root, runId);
		const result = existsSync(files.manifest) && existsSync(files.rollouts) ? readResult(files) : null;
		if (result?.command !== "verify" || result.outcome !== "completed") continue;
		if (result.taskSetFingerprint !== tasks.fingerprint() || !judgedAlike(result.config, config)) continue;
		let alike = true;
		for await (const { rollout } of readRollouts(files.rollouts)) {
			const { taskId, completion, code, extraction } = rollout.candidate;
			const task = byId.get(taskId);
			const solution = extraction?.method === "solution" ? code : null;
			alike = task !== undefined && inputs.extract(task, { completion, solution }).code === code;
			if (!alike || rollout.verdict.status === "judge_error") break;
		}
		if (alike) return runId;
	}
	return null;
}

/** Judges samples and gives the id of the run. */
export async function judgeSamples(options: RunSurroundings & JudgeSamplesOptions): Promise<string> {
	const result = await verifySamples({ ...options, resume: null, lines: null });
	if (result.outcome === "completed") return result.runId;
	throw new AssayError(
		result.outcome === "cancelled" ? "interrupted" : "host",
		result.message ?? `${options.config.samples}: not all samples were judged`,
		{ hint: `assay verify --resume ${result.runId} judges the rest` },
	);
}

function judgedAlike(a: RunConfig, b: RunConfig): boolean {
	const conditions = ({ gate, limits, sandbox, filter, taskIds, limit }: RunConfig) =>
		JSON.stringify([gate, limits, sandbox, filter, taskIds, limit]);
	return conditions(a) === conditions(b);
}
