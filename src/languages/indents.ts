import type { SyntaxNode } from "@lezer/common";

const CLAUSES = new Set(["else", "elif", "except", "finally"]);
const COMPOUND = new Set(["IfStatement", "ForStatement", "WhileStatement", "TryStatement"]);

/** Whether Python takes a statement or clause at this column; the parser goes on where Python does not. */
export function fitsIndent(node: SyntaxNode, code: string): boolean {
	const { parent, name } = node;
	if (parent === null || name === "Comment" || name === ":") return true;
	const isClause = CLAUSES.has(name) && COMPOUND.has(parent.name);
	const isBlock = parent.name === "Body" || parent.name === "MatchBody";
	if (!isClause && !isBlock && parent.name !== "Script" && parent.name !== "DecoratedStatement") return true;
	const column = columnOf(node.from, code);
	if (column === null) return parent.name !== "Script" || node.from === 0;
	if (parent.name === "Script") return column === 0;
	if (!isBlock) return column === columnOf(parent.from, code);
	const first = firstStatement(parent);
	return first === null || column === columnOf(first.from, code);
}

/** null: something stands before it on its line. */
function columnOf(at: number, code: string): number | null {
	const start = code.lastIndexOf("\n", at - 1) + 1;
	return code.slice(start, at).trim() === "" ? at - start : null;
}

function firstStatement(block: SyntaxNode): SyntaxNode | null {
	let child = block.firstChild;
	while (child !== null && (child.name === "Comment" || child.name === ":")) child = child.nextSibling;
	return child;
}
