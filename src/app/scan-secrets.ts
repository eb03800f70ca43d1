import { existsSync, lstatSync, statSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { findRun } from "../artifacts/find-run.js";
import { pathsOfRun } from "../artifacts/manifest.js";
import { redactFile, scanFile } from "../artifacts/scan-secrets.js";
import { loadSecretSearch } from "../artifacts/secret-rules.js";
import type { FileScan } from "../domain/secret-scan.js";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { AssayError } from "../lib/errors.js";

export interface ScanSecretsOptions {
	roots: readonly string[];
	/** A file or folder, or a run by its id, the start of one, or `latest`. */
	target: string;
	signal: AbortSignal;
	/** Bytes read so far, and those that there are. */
	onProgress: (done: number, total: number) => void;
}

/** Every file with what was found in it, one after the other; files without a finding, too. */
export async function* scanSecrets(options: ScanSecretsOptions): AsyncGenerator<FileScan> {
	const { base, paths } = await filesOf(options.roots, options.target);
	const total = paths.reduce((sum, path) => sum + statSync(path).size, 0);
	const search = await loadSecretSearch();
	let done = 0;
	const onBytes = (bytes: number) => {
		done += bytes;
		options.onProgress(Math.min(done, total), total);
	};
	for (const path of paths) {
		options.signal.throwIfAborted();
		for await (const scan of scanFile(path, search, { signal: options.signal, onBytes })) {
			yield { ...scan, path: scan.path.replace(`${base}/`, "") };
		}
	}
}

/** Copies the same files with what a scan finds blotted out: a file to `out`, a folder or run into the folder `out`. */
export async function redactSecrets(options: Omit<ScanSecretsOptions, "onProgress">, out: string): Promise<string[]> {
	const { base, paths, isOne } = await filesOf(options.roots, options.target);
	const targets = paths.map((path) => (isOne ? resolve(out) : join(resolve(out), relative(base, path))));
	if (paths.some((path, i) => path === targets[i])) {
		throw new AssayError("usage", `--out ${out}: is what would be redacted`, { hint: "name another file or folder" });
	}
	const search = await loadSecretSearch();
	for (const [i, path] of paths.entries()) {
		const target = targets[i] ?? path;
		await mkdir(dirname(target), { recursive: true });
		const writer = await openAtomicWriter(target);
		try {
			await redactFile(path, search, options.signal, writer.write);
			await writer.commit();
		} finally {
			await writer.discard();
		}
	}
	return targets;
}

/** Paths of a folder are relative to it, those of a run to the folder of artifacts. */
async function filesOf(
	roots: readonly string[],
	target: string,
): Promise<{ base: string; paths: string[]; isOne: boolean }> {
	const path = resolve(target);
	if (target !== "" && existsSync(path)) {
		if (statSync(path).isFile()) return { base: dirname(path), paths: [path], isOne: true };
		return { base: path, paths: await filesIn(path), isOne: false };
	}
	const files = await findRun(roots, target);
	const paths = [...(await pathsOfRun(files)), files.manifest].filter((file) => existsSync(file));
	return { base: files.root, paths, isOne: false };
}

async function filesIn(folder: string): Promise<string[]> {
	const found: string[] = [];
	for (const entry of (await readdir(folder)).sort()) {
		const path = join(folder, entry);
		const stat = lstatSync(path);
		if (stat.isFile()) found.push(path);
		// Objects of git are packed, and are no part of what is given away with a folder.
		else if (stat.isDirectory() && basename(path) !== ".git") found.push(...(await filesIn(path)));
	}
	return found;
}
