import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { ArtifactManifest } from "../domain/run.js";
import { atomicPlace } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { newSha256 } from "../lib/hash.js";
import { checksumFile } from "./checksum.js";
import { readManifest } from "./find-run.js";
import { type RunFiles, relativePath } from "./layout.js";

interface RunArchive {
	path: string;
	bytes: number;
	sha256: string;
	/** The manifest is one of them. */
	files: number;
}

/**
 * Packs a complete run into a tar.gz whose bytes depend on the run's files alone: names sorted, no times, owners or modes
 * of this machine. It is read again and compared with the manifest before it gets its name. Unpacked in an `artifacts`
 * folder, the run is there again. `beside`: files that the manifest does not name and that go along. Throws `usage` when the run is not complete, or not what its manifest says.
 */
export async function archiveRun(files: RunFiles, path: string, beside: readonly string[] = []): Promise<RunArchive> {
	const manifest = readManifest(files);
	if (manifest === null) throw incompleteRun(files);
	for (const { path: name } of manifest.files) {
		if (!existsSync(`${files.root}/${name}`)) throw changed(files, `${name} is missing`);
	}
	const others = [files.manifest, ...beside].map((other) => relativePath(files.root, other));
	const names = [...manifest.files.map((file) => file.path), ...others].sort();
	const { target, temporary } = atomicPlace(path);
	mkdirSync(dirname(target), { recursive: true });
	try {
		const { create } = await import("tar");
		await create(
			{
				cwd: files.root,
				file: temporary,
				gzip: { level: 9 },
				portable: true,
				mtime: new Date(0),
				noDirRecurse: true,
				strict: true,
			},
			names,
		);
		await compareWithManifest(files, manifest, temporary, names);
		renameSync(temporary, target);
	} finally {
		rmSync(temporary, { force: true });
	}
	return { path: target, files: names.length, ...(await checksumFile(target)) };
}

export function incompleteRun({ runId }: RunFiles): AssayError {
	return new AssayError("usage", `run ${runId} has no manifest: it is not complete`, {
		hint: `finish it first: assay ${runId.includes("-verify-") ? "verify" : "run"} --resume ${runId}`,
	});
}

async function compareWithManifest(
	files: RunFiles,
	manifest: ArtifactManifest,
	archive: string,
	names: readonly string[],
): Promise<void> {
	const packed = await checksumsIn(archive);
	for (const { path, sha256 } of manifest.files) {
		if (packed.get(path) !== sha256) throw changed(files, `${path} is not what it was when the run ended`);
	}
	if (packed.size !== names.length) throw changed(files, "the archive holds other files than the manifest");
}

async function checksumsIn(archive: string): Promise<Map<string, string>> {
	const { list } = await import("tar");
	const checksums = new Map<string, string>();
	await list({
		file: archive,
		strict: true,
		onReadEntry: (entry) => {
			const hash = newSha256();
			entry.on("data", (chunk) => hash.update(chunk));
			entry.on("end", () => checksums.set(entry.path, hash.digest("hex")));
		},
	});
	return checksums;
}

function changed({ runId }: RunFiles, what: string): AssayError {
	return new AssayError("usage", `run ${runId} is not archived: ${what}`, {
		hint: `\`assay artifacts show ${runId}\` compares every file with its checksum`,
	});
}
