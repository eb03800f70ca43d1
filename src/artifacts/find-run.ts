import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ArtifactManifest, RunResult } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { deletedRunIds, isDeleted } from "./delete-run.js";
import { readJsonFile } from "./json-file.js";
import { type RunFiles, runFiles } from "./layout.js";
import { isRunId } from "./run-id.js";

/** Ids of the runs under an artifacts folder, newest first: with a result, or with a plan only. */
export async function listRunIds(root: string): Promise<string[]> {
	const [results, plans] = await Promise.all([
		namesIn(join(root, "runs"), ".json"),
		namesIn(join(root, "plans"), ".md"),
	]);
	const deleted = new Set(deletedRunIds(root));
	return [...new Set([...results, ...plans])]
		.filter((id) => isRunId(id) && !deleted.has(id))
		.sort()
		.reverse();
}

async function namesIn(folder: string, ending: string): Promise<string[]> {
	if (!existsSync(folder)) return [];
	const names = await readdir(folder);
	return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
}

/** null: the run has no result (yet); it was stopped, or it is going on. */
export function readResult(files: RunFiles): RunResult | null {
	return existsSync(files.result) ? readJsonFile(RunResult, files.result) : null;
}

/** null: the run is not complete on disk. */
export function readManifest(files: RunFiles): ArtifactManifest | null {
	return existsSync(files.manifest) ? readJsonFile(ArtifactManifest, files.manifest) : null;
}

/** A run by its whole id, by the start of one if no other starts so, or by the word `latest`. */
export async function findRun(roots: readonly string[], reference: string): Promise<RunFiles> {
	if (reference === "")
		throw new AssayError("usage", '"": an empty run id', { hint: "`assay runs list` shows the ids" });
	for (const root of isRunId(reference) ? roots : []) {
		const files = runFiles(root, reference);
		if (!isDeleted(files) && [files.result, files.plan, files.log].some((path) => existsSync(path))) return files;
	}
	const found: RunFiles[] = [];
	for (const root of roots) {
		const ids = await listRunIds(root);
		const matching = reference === "latest" ? ids.slice(0, 1) : ids.filter((id) => id.startsWith(reference));
		if (matching.includes(reference)) return runFiles(root, reference);
		found.push(...matching.map((id) => runFiles(root, id)));
		if (reference === "latest" && found.length > 0) break;
	}
	const [only, ...others] = found;
	if (only === undefined) {
		throw new AssayError(
			"usage",
			reference === "latest"
				? `${roots[0]}: no run is recorded here`
				: `no run is called ${JSON.stringify(reference.slice(0, 100))}`,
			{ hint: "`assay runs list` shows the runs of this workspace; --workspace names another one" },
		);
	}
	if (others.length > 0) {
		const some = found.slice(0, 4).map((run) => run.runId);
		throw new AssayError("usage", `${reference} could be any of ${found.length} runs: ${some.join(", ")}`, {
			hint: "give more of the id",
		});
	}
	return only;
}

/** The run that wrote a file of rollouts, found by where the file lies; null: it lies in no artifact tree. */
export function runOfRollouts(path: string): RunFiles | null {
	if (basename(dirname(path)) !== "rollouts" || !path.endsWith(".jsonl")) return null;
	const files = runFiles(dirname(dirname(path)), basename(path, ".jsonl"));
	return existsSync(files.plan) ? files : null;
}
