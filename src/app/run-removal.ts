import { resolve } from "node:path";
import { archiveRun } from "../artifacts/archive-run.js";
import { deleteRun } from "../artifacts/delete-run.js";
import { findRun } from "../artifacts/find-run.js";
import { artifactsRoot } from "../artifacts/layout.js";
import { isLocked } from "../artifacts/run-lock.js";
import { AssayError } from "../lib/errors.js";
import { withIndex } from "./run-index.js";
import type { RemovalPlan, RunArchive } from "./workbench.js";

/** What goes when the run is deleted, for the question that is asked before. Throws `usage` for a live run. */
export async function planRemoval(workspace: string, run: string): Promise<RemovalPlan> {
	const root = artifactsRoot(workspace);
	const files = await findRun([root], run);
	const { runId } = files;
	if (isLocked(files.lock)) {
		throw new AssayError("usage", `run ${runId} is going on`, { hint: "wait until it ends, or stop it first" });
	}
	return await withIndex(root, (index) => {
		const rows = index.rows();
		const row = rows.find((known) => known.runId === runId);
		const children = rows.filter(({ parent }) => parent === runId).map((child) => child.runId);
		return { runId, outcome: row?.outcome ?? "interrupted", bytes: row?.bytes ?? 0, children };
	});
}

/** Removes what `planRemoval` told of. */
export async function removeRun(workspace: string, runId: string): Promise<void> {
	const root = artifactsRoot(workspace);
	deleteRun(await findRun([root], runId));
	await withIndex(root, () => {});
}

/** `out` null: `artifacts/archives/<run_id>.tar.gz`. The run stays where it is. */
export async function packRun(
	workspace: string,
	run: string,
	out: string | null,
): Promise<RunArchive & { runId: string }> {
	const root = artifactsRoot(workspace);
	const files = await findRun([root], run);
	const path = out === null ? resolve(root, "archives", `${files.runId}.tar.gz`) : resolve(out);
	return { runId: files.runId, ...(await archiveRun(files, path)) };
}
