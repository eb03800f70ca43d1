import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import type { RunFiles } from "./layout.js";
import { runFiles } from "./layout.js";
import { isRunId } from "./run-id.js";
import { lockRun } from "./run-lock.js";

/**
 * Removes every file of a run. A marker comes first: from then on there is no such run, and a program killed in between
 * leaves a rest that `finishDeletions` removes. Throws `usage` when a live process writes the run.
 */
export function deleteRun(files: RunFiles): void {
	const lock = lockRun(files.lock, files.runId);
	try {
		writeFileAtomic(files.deleted, "");
		removeFiles(files);
	} finally {
		lock.release();
	}
}

/** Whether the run's deletion has begun. */
export function isDeleted(files: RunFiles): boolean {
	return existsSync(files.deleted);
}

/** Of deletions whose program was killed; those that go on in another process are left to it. */
export function finishDeletions(root: string): void {
	for (const runId of deletedRunIds(root)) {
		try {
			deleteRun(runFiles(root, runId));
		} catch (error) {
			// The run is gone for everyone already; its rest waits for somebody who may remove it.
			if (!(error instanceof AssayError) && !(error instanceof Error && "syscall" in error)) throw error;
		}
	}
}

export function deletedRunIds(root: string): string[] {
	const folder = join(root, "runs");
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((name) => name.endsWith(DELETED))
		.map((name) => name.slice(0, -DELETED.length))
		.filter(isRunId);
}

const DELETED = ".deleted";

/** The marker last: only then nobody has to look again. */
function removeFiles(files: RunFiles): void {
	const { manifest, result, report, singlePatch, patches, trace, rollouts, log, plan, deleted } = files;
	const { bookmarks, reproducibility } = files;
	const record = [manifest, result, report, singlePatch, patches, trace, rollouts, log, plan];
	for (const path of [...record, bookmarks, reproducibility, deleted]) rmSync(path, { recursive: true, force: true });
}
