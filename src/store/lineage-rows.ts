import type { Lineage, LineageNode } from "../domain/lineage.js";
import { countOf } from "../lib/count.js";
import { sizeText } from "../lib/file-size.js";

export interface LineageRow {
	/** Lines of the tree left of the row. */
	prefix: string;
	/** A text heads a group, or stands for the files of a folder. */
	node: LineageNode | string;
}

/** So many files of one folder are shown one by one. */
const FEW_FILES = 3;
const LINES = { branch: "├ ", last: "└ ", down: "│ ", none: "  " };

/**
 * The lineage as a tree, a row each: the subject, what it is from, its files, and what was made of it. Folded, the files
 * of a folder of the run's own are one row with their count, below which only those that are not as recorded stand.
 */
export function lineageRows({ subject, from, files, into }: Lineage, isFolded = false): LineageRow[] {
	const groups: [string, readonly LineageNode[]][] = [
		["made from", from],
		["files", files],
		["made into", into],
	];
	const filled = groups.filter(([, nodes]) => nodes.length > 0);
	return [
		{ prefix: "", node: subject },
		...filled.flatMap(([name, nodes], i) => {
			const isLast = i === filled.length - 1;
			const head = { prefix: isLast ? LINES.last : LINES.branch, node: name };
			const left = isLast ? LINES.none : LINES.down;
			return [head, ...(isFolded && nodes === files ? foldedRows(nodes, left) : rowsBelow(nodes, left))];
		}),
	];
}

/** Whether any of the files are folded into a row. */
export function hasFolders({ files }: Lineage): boolean {
	return foldersOf(files).some(({ nodes }) => nodes.length > FEW_FILES);
}

function foldedRows(files: readonly LineageNode[], left: string): LineageRow[] {
	const folders = foldersOf(files);
	return folders.flatMap(({ folder, nodes }, i) => {
		const isLast = i === folders.length - 1;
		if (nodes.length <= FEW_FILES) return rowsBelow(nodes, left, isLast);
		const wrong = nodes.filter(({ state }) => state === "changed" || state === "missing");
		const bytes = nodes.reduce((sum, node) => sum + (node.bytes ?? 0), 0);
		const state = nodes.every((node) => node.state === "same") ? "  all as recorded" : "";
		const text = `${countOf(nodes.length, "file")} in ${folder}/  ${sizeText(bytes)}${state}`;
		return [
			{ prefix: left + (isLast ? LINES.last : LINES.branch), node: text },
			...rowsBelow(wrong, left + (isLast ? LINES.none : LINES.down)),
		];
	});
}

/** Files by the folder of the run that they lie in, such as `patches/<run id>`; one that lies in none is alone. */
function foldersOf(files: readonly LineageNode[]): { folder: string; nodes: LineageNode[] }[] {
	const folders = new Map<string, LineageNode[]>();
	for (const file of files) {
		const parts = file.id.split("/");
		const folder = parts.length > 2 ? parts.slice(0, 2).join("/") : file.id;
		const nodes = folders.get(folder);
		if (nodes) nodes.push(file);
		else folders.set(folder, [file]);
	}
	return [...folders].map(([folder, nodes]) => ({ folder, nodes }));
}

/** `endsHere`: the last one is the last of its group. */
function rowsBelow(nodes: readonly LineageNode[], left: string, endsHere = true): LineageRow[] {
	return nodes.flatMap((node, i) => {
		const isLast = endsHere && i === nodes.length - 1;
		return [
			{ prefix: left + (isLast ? LINES.last : LINES.branch), node },
			...rowsBelow(node.nodes, left + (isLast ? LINES.none : LINES.down)),
		];
	});
}
