import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { incompleteRun } from "../artifacts/archive-run.js";
import { type CardEvaluation, modelCard, rolloutsCard } from "../artifacts/cards.js";
import { findRun, listRunIds, readManifest, readResult } from "../artifacts/find-run.js";
import { artifactsRoot, runFiles } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import { readTraining } from "../artifacts/training-file.js";
import { AssayError } from "../lib/errors.js";

/** Markdown: a model card for a checkpoint (its name or folder), a data set card for a run's rollouts. */
export async function makeCard(workspace: string, reference: string): Promise<string> {
	const root = artifactsRoot(workspace);
	const folders = reference === "" ? [] : [resolve(reference), resolve(root, "checkpoints", reference)];
	const folder = folders.find((path) => existsSync(path) && statSync(path).isDirectory());
	if (folder !== undefined) {
		const training = await readTraining(folder);
		if (training === null) {
			throw new AssayError("usage", `${folder}: has no training.json: nothing is known of what it holds`, {
				hint: "`assay train` writes one beside the weights",
			});
		}
		return modelCard(training, await evaluationsOf(root, folder));
	}
	const files = await findRun([root], reference);
	const [manifest, result] = [readManifest(files), readResult(files)];
	if (manifest === null || result === null) throw incompleteRun(files);
	return rolloutsCard(readPlan(files), result, manifest);
}

/** Runs whose candidates the model in this folder made. */
async function evaluationsOf(root: string, folder: string): Promise<CardEvaluation[]> {
	const found: CardEvaluation[] = [];
	for (const runId of await listRunIds(root)) {
		const files = runFiles(root, runId);
		const result = readResult(files);
		const asked = result?.config.generation ?? null;
		if (result === null || asked === null || asked.server !== null || resolve(asked.model) !== folder) continue;
		const { taskCount: tasks, sampleCount: candidates, sandbox, passAtK } = result;
		found.push({ runId, tasks, candidates, tier: sandbox.tier, passAtK });
	}
	return found;
}
