import { readdirSync, readFileSync } from "node:fs";

const TICK_MS = 10;

/** CPU milliseconds of this process, of all its living descendants, and of everything they have waited for. */
export function treeCpuMs(): number {
	return [...tree()].reduce((sum, pid) => sum + cpuMs(pid), 0);
}

/** Proportional memory of the same processes, so that pages shared after a fork count once. */
export function treeMemoryBytes(): number {
	let total = 0;
	for (const pid of tree()) {
		try {
			const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
			total += Number(pss?.[1] ?? 0) * 1024;
		} catch {
			// Gone, or not ours to look at.
		}
	}
	return total;
}

function tree(): Set<number> {
	const parents = new Map<number, number>();
	for (const name of readdirSync("/proc")) {
		const fields = /^\d+$/.test(name) ? fieldsOf(Number(name)) : null;
		if (fields) parents.set(Number(name), Number(fields[1]));
	}
	const found = new Set([process.pid]);
	for (let grown = true; grown; ) {
		grown = false;
		for (const [pid, parent] of parents) {
			if (!found.has(parent) || found.has(pid)) continue;
			found.add(pid);
			grown = true;
		}
	}
	return found;
}

function cpuMs(pid: number): number {
	const fields = fieldsOf(pid);
	if (!fields) return 0;
	return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * TICK_MS, 0);
}

/** The fields of /proc/<pid>/stat behind the command's name; the first is the state. */
function fieldsOf(pid: number): string[] | null {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, "utf8");
		return text.slice(text.lastIndexOf(")") + 2).split(" ");
	} catch {
		return null;
	}
}
