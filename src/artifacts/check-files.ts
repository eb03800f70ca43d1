import { closeSync, existsSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import type { ArtifactFault } from "../domain/artifact-check.js";
import { countOf } from "../lib/count.js";
import { reasonOf } from "../lib/input-file.js";
import { checksumFile } from "./checksum.js";
import { relativePath, runFiles } from "./layout.js";
import { pathsOfRun } from "./manifest.js";
import type { ManifestPlace, StoredManifest } from "./stored-manifest.js";

export interface Watch {
	signal: AbortSignal;
	/** Told of bytes as they are read. */
	onBytes: (bytes: number) => void;
}

/** null: the file is as it was recorded. */
export async function checkFile(
	base: string,
	recorded: StoredManifest["files"][number],
	watch: Watch,
): Promise<ArtifactFault | null> {
	const { path: name, bytes, sha256 } = recorded;
	const path = resolve(base, name);
	const fault = (kind: ArtifactFault["kind"], message: string): ArtifactFault => ({
		kind,
		severity: "fault",
		path: name,
		message: `${name}: ${message}`,
	});
	if (!path.startsWith(resolve(base) + sep)) return fault("outside", "the manifest names a file outside of its folder");
	let found: Stats | undefined;
	try {
		found = statSync(path, { throwIfNoEntry: false });
	} catch (error) {
		return fault("unreadable", `cannot be read: ${reasonOf(error)}`);
	}
	if (found === undefined) return fault("missing", "missing: the manifest names it, and it is not there");
	if (!found.isFile()) return fault("changed", "is no ordinary file any more");
	if (found.size < bytes) {
		const cut = isCut(path, found.size) ? "; its last line is cut" : "";
		return fault("truncated", `truncated: ${found.size} of ${countOf(bytes, "byte")} are left${cut}`);
	}
	if (found.size > bytes) return fault("grown", `${countOf(found.size - bytes, "byte")} longer than recorded`);
	try {
		const now = await checksumFile(path, watch);
		if (now.sha256 === sha256) return null;
		return fault(
			"changed",
			`changed: of the recorded size, but other bytes (sha256 ${now.sha256.slice(0, 16)}…, recorded ${sha256.slice(0, 16)}…)`,
		);
	} catch (error) {
		if (watch.signal.aborted) throw error;
		return fault("unreadable", `cannot be read: ${reasonOf(error)}`);
	}
}

/** Files that lie among those of the manifest and that it does not name. */
export async function extraFiles(place: ManifestPlace, manifest: StoredManifest): Promise<ArtifactFault[]> {
	// A card is written by people, when all is there.
	const named = new Set([...manifest.files.map(({ path }) => path), ...(place.kind === "folder" ? ["README.md"] : [])]);
	const found = place.kind === "run" ? await filesOfRun(place) : await filesIn(place.base);
	return found
		.map((path) => relativePath(place.base, path))
		.filter((path) => !named.has(path) && join(place.base, path) !== place.path)
		.map((path) => ({
			kind: "extra",
			severity: "fault",
			path,
			message: `${path}: not named by the manifest: it came after the manifest was written`,
		}));
}

async function filesOfRun({ root, subject }: ManifestPlace): Promise<string[]> {
	const files = runFiles(root, subject);
	const inPatches = existsSync(files.patches) ? await filesIn(files.patches) : [];
	return [...new Set([...(await pathsOfRun(files)), ...inPatches])];
}

async function filesIn(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => !entry.isDirectory())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
}

/** Whether lines were expected and the last one has no end. */
function isCut(path: string, size: number): boolean {
	if (!/\.(jsonl|log|md|json|csv)$/.test(path) || size === 0) return false;
	const file = openSync(path, "r");
	try {
		const last = Buffer.alloc(1);
		readSync(file, last, 0, 1, size - 1);
		return last[0] !== 10;
	} finally {
		closeSync(file);
	}
}
