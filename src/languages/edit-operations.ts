import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";

/** More say less: a program that is written anew is a handful of statements. */
const MOST = 32;
/** Deeper nodes count as one leaf. */
const DEEPEST = 100;
/** Longer lists are compared from both ends alone. */
const MOST_CELLS = 1 << 18;

interface TreeNode {
	kind: string;
	/** Equal for equal subtrees. */
	form: number;
	size: number;
	depth: number;
	children: TreeNode[];
}

/**
 * How one program's syntax tree becomes another's, as `INSERT Call DEPTH_4 SMALL`: without names and values. Children are
 * matched by their longest common subsequence, so that a statement put in before others is one operation.
 */
export function editOperations(before: string, after: string): string[] {
	const forms = new Map<string, number>();
	const operations: string[] = [];
	compare(treeOf(before, forms), treeOf(after, forms), operations);
	return operations.slice(0, MOST);
}

function treeOf(code: string, forms: Map<string, number>): TreeNode {
	const build = (node: SyntaxNode, depth: number): TreeNode => {
		const children: TreeNode[] = [];
		for (let child = depth < DEEPEST ? node.firstChild : null; child !== null; child = child.nextSibling)
			if (tells(child.name)) children.push(build(child, depth + 1));
		const kind = shortName(node.name);
		const text = children.length === 0 ? code.slice(node.from, node.to) : "";
		const key = `${kind} ${children.map(({ form }) => form).join(" ")} ${text}`;
		const form = forms.get(key) ?? forms.size;
		forms.set(key, form);
		const size = children.reduce((sum, child) => sum + child.size, 1);
		return { kind, form, size, depth, children };
	};
	return build(parser.parse(code).topNode, 0);
}

const WORDS = new Set(["and", "or", "not", "is", "in"]);

/** Not: brackets, commas, keywords that the statement's kind tells, comments. */
function tells(name: string): boolean {
	return name !== "Comment" && (/^[A-Z⚠]/.test(name) || WORDS.has(name));
}

function shortName(name: string): string {
	if (name === "⚠") return "Error";
	return name.replace(/(?:Expression|Statement|Definition)$/, "") || name;
}

function compare(a: TreeNode, b: TreeNode, into: string[]): void {
	if (a.form === b.form || into.length >= MOST) return;
	if (a.kind !== b.kind) {
		into.push(operation("DELETE", a), operation("INSERT", b));
		return;
	}
	if (a.children.length === 0 && b.children.length === 0) {
		into.push(operation(a.kind.endsWith("Name") ? "RENAME" : "UPDATE", b));
		return;
	}
	const same = commonPairs(a.children, b.children, (x, y) => x.form === y.form);
	for (const [left, right] of gaps(a.children, b.children, same)) {
		const alike = commonPairs(left, right, (x, y) => x.kind === y.kind);
		for (const [gone, come, x, y] of gaps(left, right, alike)) {
			for (const node of gone) into.push(operation("DELETE", node));
			for (const node of come) into.push(operation("INSERT", node));
			if (x !== undefined && y !== undefined) compare(x, y, into);
		}
	}
}

type Pair = readonly [number, number];

/** What lies before each pair in both lists, with the pair, and at last what lies behind them all. */
function* gaps(
	a: readonly TreeNode[],
	b: readonly TreeNode[],
	pairs: readonly Pair[],
): Generator<[TreeNode[], TreeNode[], TreeNode | undefined, TreeNode | undefined]> {
	let [i, j] = [0, 0];
	for (const [x, y] of pairs) {
		yield [a.slice(i, x), b.slice(j, y), a[x], b[y]];
		[i, j] = [x + 1, y + 1];
	}
	yield [a.slice(i), b.slice(j), undefined, undefined];
}

/** Positions of a longest common subsequence. */
function commonPairs(
	a: readonly TreeNode[],
	b: readonly TreeNode[],
	equal: (x: TreeNode, y: TreeNode) => boolean,
): Pair[] {
	const isPair = (i: number, j: number): boolean => {
		const [x, y] = [a[i], b[j]];
		return x !== undefined && y !== undefined && equal(x, y);
	};
	let start = 0;
	while (isPair(start, start)) start++;
	let [endA, endB] = [a.length, b.length];
	while (endA > start && endB > start && isPair(endA - 1, endB - 1)) {
		endA--;
		endB--;
	}
	const [rows, columns] = [endA - start, endB - start];
	const head = Array.from({ length: start }, (_, i): Pair => [i, i]);
	const tail = Array.from({ length: a.length - endA }, (_, i): Pair => [endA + i, endB + i]);
	if (rows * columns === 0 || rows * columns > MOST_CELLS) return [...head, ...tail];
	const width = columns + 1;
	const lengths = new Uint16Array((rows + 1) * width);
	const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
	for (let i = rows - 1; i >= 0; i--)
		for (let j = columns - 1; j >= 0; j--)
			lengths[i * width + j] = isPair(start + i, start + j)
				? at(i + 1, j + 1) + 1
				: Math.max(at(i + 1, j), at(i, j + 1));
	const middle: Pair[] = [];
	for (let [i, j] = [0, 0]; i < rows && j < columns; ) {
		if (isPair(start + i, start + j)) middle.push([start + i++, start + j++]);
		else if (at(i + 1, j) >= at(i, j + 1)) i++;
		else j++;
	}
	return [...head, ...middle, ...tail];
}

function operation(name: string, { kind, depth, size }: TreeNode): string {
	return `${name} ${kind} DEPTH_${depth <= 2 ? depth : depth <= 4 ? 4 : depth <= 8 ? 8 : 16} ${sizeOf(size)}`;
}

function sizeOf(size: number): string {
	return size <= 2 ? "SMALL" : size <= 10 ? "MEDIUM" : "LARGE";
}
