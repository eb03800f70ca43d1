import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { runFiles } from "../artifacts/layout.js";
import { isLocked } from "../artifacts/run-lock.js";
import type { RunRow } from "../domain/run-row.js";
import { listRuns } from "./recorded-runs.js";

/** Some system calls as often cost less than a thousandth of a processor. */
const LOOK_EVERY_MS = 1000;

/**
 * The runs there are, now and whenever one of the first root is begun, ended, deleted or moved, by any process, or loses
 * the process that wrote it; until the signal fires.
 */
export async function* followRuns(
	roots: readonly string[],
	signal: AbortSignal,
	everyMs: number = LOOK_EVERY_MS,
): AsyncGenerator<RunRow[]> {
	const [root = ""] = roots;
	let told = "";
	let seen: string | null = null;
	while (!signal.aborted) {
		// Looked at before the runs are read: what comes in between is seen the next time.
		const now = stateOf(root);
		if (now !== seen) {
			seen = now;
			const { rows } = await listRuns(roots);
			const text = JSON.stringify(rows);
			if (text !== told) yield rows;
			told = text;
		}
		await rest(everyMs, undefined, { signal }).catch(() => {});
	}
}

/** Differs when a file of a run came, was replaced or went, and when a lock lost its holder. */
function stateOf(root: string): string {
	const { result, plan, manifest, lock } = runFiles(root, "");
	const folders = [result, plan, manifest].map((path) => {
		const folder = statSync(dirname(path), { bigint: true, throwIfNoEntry: false });
		return folder === undefined ? "-" : String(folder.mtimeNs);
	});
	return [...folders, ...liveLocks(dirname(lock))].join(" ");
}

function liveLocks(folder: string): string[] {
	try {
		return readdirSync(folder).filter((name) => name.endsWith(".lock") && isLocked(join(folder, name)));
	} catch {
		// Nothing was recorded yet.
		return [];
	}
}
