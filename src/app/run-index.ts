import { existsSync, type Stats, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { finishDeletions } from "../artifacts/delete-run.js";
import { listRunIds, readManifest, readResult } from "../artifacts/find-run.js";
import {
	type IndexChange,
	isIndexBusy,
	isIndexFailure,
	openIndex,
	type RunIndex,
	removeIndex,
} from "../artifacts/index-db.js";
import { runFiles } from "../artifacts/layout.js";
import { AssayError } from "../lib/errors.js";
import { finishedRow, unfinishedRow } from "./run-rows.js";

interface IndexCounts {
	runs: number;
	files: number;
	/** What is wrong with runs that had to be left out, in words for people. */
	damaged: string[];
}

/**
 * Calls `use` with an index that agrees with the files under `root`: what changed since it was written is read again,
 * an index that is missing, damaged, or of another version is built anew, and where none can be written one in memory
 * serves. `use` may be called again with another index, so it only reads.
 */
export async function withIndex<T>(root: string, use: (index: RunIndex) => T | Promise<T>): Promise<T> {
	finishDeletions(root);
	const places = existsSync(root) ? [root, root, null] : [null];
	for (const [attempt, place] of places.entries()) {
		try {
			if (attempt > 0 && place !== null) removeIndex(place);
			return await readIndex(root, place, use);
		} catch (error) {
			if (place === null || !(isIndexFailure(error) || isRefused(error))) throw error;
			if (isIndexBusy(error) || isRefused(error)) return await readIndex(root, null, use);
		}
	}
	throw new Error("the index in memory failed without an error");
}

/** With the index of `root`, which stays on disk for the first of `roots` only: the others are not ours to write to. */
export async function withIndexOf<T>(
	roots: readonly string[],
	root: string,
	use: (index: RunIndex) => T | Promise<T>,
): Promise<T> {
	return await (root === roots[0] ? withIndex(root, use) : readIndex(root, null, use));
}

/** Reads every result and manifest again. */
export async function rebuildIndex(root: string): Promise<IndexCounts> {
	if (!existsSync(root))
		throw new AssayError("usage", `${root}: no such folder`, { hint: "--workspace names the folder that holds it" });
	removeIndex(root);
	return await withIndex(root, (index) => ({
		runs: index.rows().filter(({ finishedAt }) => finishedAt !== null).length,
		files: index.files({}).length,
		damaged: index.damaged().map(({ problem }) => problem),
	}));
}

async function readIndex<T>(root: string, place: string | null, use: (index: RunIndex) => T | Promise<T>): Promise<T> {
	const index = await openIndex(place);
	try {
		await reconcile(root, index);
		return await use(index);
	} finally {
		index.close();
	}
}

/** Rows are written in portions, so that a reader of the index waits for none of them long. */
const PORTION = 100;

async function reconcile(root: string, index: RunIndex): Promise<void> {
	const known = index.stamps();
	let changes: IndexChange[] = [];
	for (const runId of await listRunIds(root)) {
		const stamp = stampOf(root, runId);
		const was = known.get(runId);
		known.delete(runId);
		if (stamp === was) continue;
		changes.push(await readRun(root, runId, stamp));
		// Reading a result is work without a wait: keys and frames come in between.
		await setImmediate();
		if (changes.length < PORTION) continue;
		index.write(changes);
		changes = [];
	}
	for (const runId of known.keys()) changes.push({ kind: "remove", runId });
	if (changes.length > 0) index.write(changes);
}

/** Changes whenever one of the files does from which the row is made. */
function stampOf(root: string, runId: string): string {
	const files = runFiles(root, runId);
	const result = statSync(files.result, { throwIfNoEntry: false });
	const paths = result === undefined ? [files.plan, files.rollouts] : [files.manifest];
	return [result, ...paths.map((path) => statSync(path, { throwIfNoEntry: false }))].map(stampOfFile).join(" ");
}

/** The folder does not let us write, or remove, the index. */
function isRefused(error: unknown): boolean {
	return (
		error instanceof Error &&
		"code" in error &&
		["EACCES", "EPERM", "EROFS", "ERR_FS_EISDIR"].includes(String(error.code))
	);
}

function stampOfFile(stat: Stats | undefined): string {
	return stat === undefined ? "-" : `${stat.mtimeMs}/${stat.size}/${stat.ino}`;
}

async function readRun(root: string, runId: string, stamp: string): Promise<IndexChange> {
	const files = runFiles(root, runId);
	try {
		const result = readResult(files);
		if (result === null) return { kind: "put", stamp, ...(await unfinishedRow(files)), manifest: null };
		const manifest = readManifest(files);
		return { kind: "put", stamp, ...(await finishedRow(files, result, manifest)), manifest };
	} catch (error) {
		if (!(error instanceof AssayError) || error.code !== "usage") throw error;
		return { kind: "damaged", runId, stamp, problem: error.message };
	}
}
