import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactManifest, RunResult } from "../domain/run.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
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
		ownSha256: null,
	};
	for (const path of await pathsOfRun(files)) {
		manifest.files.push({ path: relativePath(files.root, path), ...(await checksumFile(path)) });
	}
	return putManifest(files, manifest);
}

/** Writes it with its own checksum. */
export function putManifest(files: RunFiles, manifest: ArtifactManifest): ArtifactManifest {
	const signed = { ...manifest, ownSha256: ownChecksum(manifest) };
	writeFileAtomic(files.manifest, `${JSON.stringify(signed, null, "\t")}\n`);
	return signed;
}

/** Over all fields of the JSON object but `ownSha256` itself, also those that another version may write. */
export function ownChecksum(manifest: object): string {
	return sha256(canonicalJson({ ...manifest, ownSha256: undefined }));
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
