import { statSync } from "node:fs";
import { resolve } from "node:path";
import { checksumFile } from "../artifacts/checksum.js";
import type { FileState } from "../domain/lineage.js";

/** Reads every one that is a file with a checksum; a folder, or tasks, whose checksum is over their content, are only looked for. */
export async function withFileStates<T extends { kind: string; id: string; sha256: string | null; state: FileState }>(
	root: string,
	nodes: readonly T[],
	signal: AbortSignal,
): Promise<T[]> {
	const checked: T[] = [];
	for (const node of nodes) {
		signal.throwIfAborted();
		checked.push(node.kind === "run" ? node : { ...node, state: await stateOf(resolve(root, node.id), node) });
	}
	return checked;
}

async function stateOf(path: string, node: { kind: string; sha256: string | null }): Promise<FileState> {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === undefined) return "missing";
	if (node.sha256 === null || node.kind === "tasks" || !found.isFile()) return "not_compared";
	return (await checksumFile(path)).sha256 === node.sha256 ? "same" : "changed";
}
