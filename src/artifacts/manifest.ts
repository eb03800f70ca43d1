import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactManifest, RunResult } from "../domain/run.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { checksumFile } from "./checksum.js";
import { type RunFiles, relativePath } from "./layout.js";

/** Writes the manifest, which says that the run is complete on disk: call it after everything else is there. */
export async function writeManifest(
	files: RunFiles,
	result: RunResult,
	parents: ArtifactManifest["parents"],
): Promise<ArtifactManifest> {
	const manifest: ArtifactManifest = {
		schema: "assay.manifest.v1",
		runId: files.runId,
		command: result.command,
		createdAt: result.finishedAt,
		parents,
		files: [],
		version: result.version,
	};
	for (const path of await pathsOfRun(files)) {
		manifest.files.push({ path: relativePath(files.root, path), ...(await checksumFile(path)) });
	}
	writeFileAtomic(files.manifest, `${JSON.stringify(manifest, null, "\t")}\n`);
	return manifest;
}

/** Every file of the run that is there, but for the manifest. */
export async function pathsOfRun(files: RunFiles): Promise<string[]> {
	const single = [files.result, files.log, files.rollouts, files.trace, files.report, files.plan, files.singlePatch];
	const patches = existsSync(files.patches)
		? await readdir(files.patches, { recursive: true, withFileTypes: true })
		: [];
	return [
		...single.filter((path) => existsSync(path)),
		...patches
			.filter((entry) => entry.isFile() && entry.name.endsWith(".diff"))
			.map((entry) => join(entry.parentPath, entry.name))
			.sort(),
	];
}
