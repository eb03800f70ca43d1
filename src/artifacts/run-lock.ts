import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { AssayError } from "../lib/errors.js";
import { loopFiles, runFiles, trainingFiles } from "./layout.js";

const LockContent = z.strictObject({
	pid: z.int().positive(),
	/** Start of that process in clock ticks since boot, where the system tells it: a pid is used again, this is not. */
	processStart: z.string().nullable(),
});
type LockContent = z.infer<typeof LockContent>;

export interface RunLock {
	release(): void;
}

/** One process at a time writes a run. The lock of a process that is gone is taken over. Throws `usage` when it is alive. */
export function lockRun(path: string, runId: string): RunLock {
	mkdirSync(dirname(path), { recursive: true });
	const draft = `${path}.${process.pid}.${nextDraft++}.tmp`;
	writeFileSync(draft, JSON.stringify(ownLock()));
	try {
		for (let attempt = 0; attempt < 10; attempt++) {
			// A link appears whole and only if the name is free: nobody ever reads a half-written lock.
			if (linkIfFree(draft, path)) return heldLock(path);
			const holder = readLock(path);
			if (holder === "gone") continue;
			if (holder !== null && isAlive(holder)) {
				throw new AssayError("usage", `run ${runId} is being written by process ${holder.pid}`, {
					hint: "wait until it ends, or stop it first",
				});
			}
			removeStale(path, holder, draft);
		}
	} finally {
		rmSync(draft, { force: true });
	}
	throw new AssayError("host", `${path}: the lock could not be taken`, {
		hint: "remove the file if no run is going on",
	});
}

function heldLock(path: string): RunLock {
	let held = true;
	return {
		release: () => {
			// Once only: the next lock under this name is another's.
			if (held) rmSync(path, { force: true });
			held = false;
		},
	};
}

/** Whether a live process holds the lock. */
export function isLocked(path: string): boolean {
	const holder = readLock(path);
	return holder !== null && holder !== "gone" && isAlive(holder);
}

/** Gives back the locks under `root` that a thread of this process held when it died. Nobody else here may hold one. */
export function releaseLocksOfLostThread(root: string): void {
	const own = JSON.stringify(ownLock());
	const runs = dirname(runFiles(root, "").lock);
	const trainings = [loopFiles(root, "").folder, trainingFiles(root, "").folder].flatMap((folder) =>
		entriesOf(folder).flatMap((name) => entriesOf(join(folder, name)).map((file) => join(folder, name, file))),
	);
	for (const path of [...entriesOf(runs).map((name) => join(runs, name)), ...trainings]) {
		if (path.endsWith(".lock") && JSON.stringify(readLock(path)) === own) rmSync(path, { force: true });
	}
}

function entriesOf(folder: string): string[] {
	return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}

function ownLock(): LockContent {
	return { pid: process.pid, processStart: processStart(process.pid) };
}

let nextDraft = 0;

function linkIfFree(draft: string, path: string): boolean {
	try {
		linkSync(draft, path);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	}
}

/** null: unreadable, thus of nobody. */
function readLock(path: string): LockContent | "gone" | null {
	try {
		return LockContent.parse(JSON.parse(readFileSync(path, "utf8")));
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : null;
	}
}

/** Moves the stale lock away under a name of our own; if another process was quicker, gives its new lock back. */
function removeStale(path: string, stale: LockContent | null, draft: string): void {
	const aside = `${draft}.stale`;
	try {
		renameSync(path, aside);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
		throw error;
	}
	if (JSON.stringify(readLock(aside)) !== JSON.stringify(stale)) linkIfFree(aside, path);
	rmSync(aside, { force: true });
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

function isAlive(holder: LockContent): boolean {
	if (!isRunning(holder.pid)) return false;
	return holder.processStart === null || holder.processStart === processStart(holder.pid);
}

/** Field 22 of /proc/<pid>/stat, counted after the command name, which may hold spaces; null where there is no /proc. */
function processStart(pid: number): string | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
	} catch {
		return null;
	}
}
