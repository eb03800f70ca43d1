import type { Lineage, LineageNode } from "../domain/lineage.js";

export interface LineageRow {
	/** Lines of the tree left of the row. */
	prefix: string;
	/** A text heads a group. */
	node: LineageNode | string;
}

const LINES = { branch: "├ ", last: "└ ", down: "│ ", none: "  " };

/** The lineage as a tree, a row each: the subject, what it is from, its files, and what was made of it. */
export function lineageRows({ subject, from, files, into }: Lineage): LineageRow[] {
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
			return [head, ...rowsBelow(nodes, isLast ? LINES.none : LINES.down)];
		}),
	];
}

function rowsBelow(nodes: readonly LineageNode[], left: string): LineageRow[] {
	return nodes.flatMap((node, i) => {
		const isLast = i === nodes.length - 1;
		return [
			{ prefix: left + (isLast ? LINES.last : LINES.branch), node },
			...rowsBelow(node.nodes, left + (isLast ? LINES.none : LINES.down)),
		];
	});
}
