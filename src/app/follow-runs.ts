import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { runFiles } from "../artifacts/layout.js";
import { isLocked } from "../artifacts/run-lock.js";
import type { RunRow } from "../domain/run-row.js";
import { listRuns } from "./recorded-runs.js";

const LOCK_END = ".lock";
/** Some system calls as often cost less than a thousandth of a processor. */
const LOOK_EVERY_MS = 1000;

/** What runs that go on have come to is counted for at most this share of the time. */
const COUNTING_SHARE = 0.02;

/**
 * The runs there are, now and whenever one of the first root is begun, ended, deleted or moved, by any process, loses
 * the process that wrote it, or has more candidates judged; until the signal fires.
 */
export async function* followRuns(
	roots: readonly string[],
	signal: AbortSignal,
	everyMs: number = LOOK_EVERY_MS,
): AsyncGenerator<RunRow[]> {
	const [root = ""] = roots;
	let told = "";
	let seen: string | null = null;
	let grown = "";
	let countAgainAt = 0;
	while (!signal.aborted) {
		// Looked at before the runs are read: what comes in between is seen the next time.
		const now = stateOf(root);
		const size = sizesOfLive(root);
		const since = performance.now();
		if (now !== seen || (size !== grown && since >= countAgainAt)) {
			seen = now;
			grown = size;
			const { rows } = await listRuns(roots);
			countAgainAt = performance.now() + (performance.now() - since) / COUNTING_SHARE;
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

/** Differs when a run that goes on has written more verdicts. */
function sizesOfLive(root: string): string {
	const sizes = liveLocks(dirname(runFiles(root, "").lock)).map((name) => {
		const { rollouts } = runFiles(root, name.slice(0, -LOCK_END.length));
		return `${name} ${statSync(rollouts, { throwIfNoEntry: false })?.size ?? 0}`;
	});
	return sizes.join(" ");
}

function liveLocks(folder: string): string[] {
	try {
		return readdirSync(folder).filter((name) => name.endsWith(LOCK_END) && isLocked(join(folder, name)));
	} catch {
		// Nothing was recorded yet.
		return [];
	}
}
