import { existsSync } from "node:fs";
import { ArtifactManifest } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { checksumFile } from "./checksum.js";
import { readJsonFile } from "./json-file.js";
import { type RunFiles, relativePath } from "./layout.js";

/** Refuses rollouts that were cut or changed since their run ended. */
export async function checkRollouts(files: RunFiles): Promise<void> {
	if (existsSync(files.manifest)) refuseChangedRollouts(files, (await checksumFile(files.rollouts)).sha256);
}

/** A run that is complete has a manifest, and its rollouts must be the bytes that it names. */
export function refuseChangedRollouts(files: RunFiles, sha256: string): void {
	if (!existsSync(files.manifest)) return;
	const path = relativePath(files.root, files.rollouts);
	const entry = readJsonFile(ArtifactManifest, files.manifest).files.find((file) => file.path === path);
	if (entry?.sha256 === sha256) return;
	throw new AssayError("usage", `${files.rollouts}: changed since the run ended: its checksum is not the manifest's`, {
		hint: `the manifest says ${entry?.sha256.slice(0, 16) ?? "nothing of it"}…, the file has ${sha256.slice(0, 16)}…`,
	});
}
