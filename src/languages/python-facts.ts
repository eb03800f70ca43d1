import type { SyntaxNode, Tree } from "@lezer/common";
import { fitsIndent } from "./indents.js";
import { undefinedNames } from "./python-names.js";
import { parsePython } from "./python-tree.js";

/** Kinds of places in a syntax tree that are counted. */
const COUNTED = {
	loops: ["ForStatement", "WhileStatement"],
	branches: ["IfStatement", "ConditionalExpression"],
	returns: ["ReturnStatement", "YieldStatement", "YieldExpression"],
	calls: ["CallExpression"],
	comprehensions: [
		"ArrayComprehensionExpression",
		"ComprehensionExpression",
		"DictionaryComprehensionExpression",
		"SetComprehensionExpression",
	],
	constants: ["Number", "Boolean", "None", "String"],
	members: ["MemberExpression"],
	lambdas: ["LambdaExpression"],
	comparisons: ["CompareOp"],
	operators: ["ArithOp", "BitOp"],
	tries: ["TryStatement"],
	imports: ["ImportStatement"],
	assignments: ["AssignStatement", "UpdateStatement"],
	functions: ["FunctionDefinition"],
	comments: ["Comment"],
} as const;

type Counted = keyof typeof COUNTED;

/** What can be seen in a program of Python without running it. */
export interface PythonFacts {
	/** false: some place is no Python 3. */
	parses: boolean;
	/** The entry function has a `return` of something other than None, or yields. */
	returnsValue: boolean;
	/** Every value that the entry function returns is written out. */
	returnsConstants: boolean;
	/** Names that are read and never bound. */
	undefinedNames: string[];
	/** Parameters of the entry function that it does not read. */
	unusedParameters: number;
	parameters: number;
	callsItself: boolean;
	/** Nodes of the syntax tree, names among them, and how deep they are nested. */
	nodes: number;
	names: number;
	depth: number;
	counts: Readonly<Record<Counted, number>>;
}

const KIND_OF = new Map<string, Counted>(
	(Object.keys(COUNTED) as Counted[]).flatMap((kind) => COUNTED[kind].map((type) => [type, kind] as const)),
);

/** Python itself gives up far above this. */
const DEEPEST = 400;

/** `tree`: of the same text, where it was parsed already. */
export function pythonFacts(code: string, entryPoint: string, tree: Tree = parsePython(code)): PythonFacts {
	const counts = Object.fromEntries(Object.keys(COUNTED).map((kind) => [kind, 0])) as Record<Counted, number>;
	let [nodes, names, depth, level, isPython] = [0, 0, 0, 0, true];
	tree.iterate({
		enter: (at) => {
			nodes++;
			if (at.name === "VariableName") names++;
			const kind = KIND_OF.get(at.name);
			if (kind !== undefined) counts[kind]++;
			depth = Math.max(depth, ++level);
			if (at.type.isError || at.name === "PrintStatement" || depth > DEEPEST || !fitsIndent(at.node, code))
				isPython = false;
			if (depth > DEEPEST) return false;
			return;
		},
		leave: () => {
			level--;
		},
	});
	return {
		parses: isPython,
		undefinedNames: depth > DEEPEST ? [] : [...undefinedNames(tree, code)].sort(),
		nodes,
		names,
		depth,
		counts,
		...factsOfEntry(tree, code, entryPoint),
	};
}

type EntryFacts = Pick<
	PythonFacts,
	"returnsValue" | "returnsConstants" | "unusedParameters" | "parameters" | "callsItself"
>;

function factsOfEntry(tree: Tree, code: string, entryPoint: string): EntryFacts {
	const entry = definitionOf(tree, code, entryPoint);
	if (entry === null) {
		return { returnsValue: false, returnsConstants: false, unusedParameters: 0, parameters: 0, callsItself: false };
	}
	const parameters = parametersOf(entry, code);
	const read = new Set<string>();
	let [values, constants, callsItself] = [0, 0, false];
	for (const node of within(entry)) {
		if (node.name === "VariableName") {
			const name = code.slice(node.from, node.to);
			if (node.parent?.name === "CallExpression" && name === entryPoint) callsItself = true;
			read.add(name);
		}
		if (!/^(?:Return|Yield)/.test(node.name) || !isDirectlyIn(node, entry)) continue;
		if (node.name.startsWith("Yield")) values++;
		const value = node.name === "ReturnStatement" ? (node.firstChild?.nextSibling ?? null) : null;
		if (value === null || value.name === "None") continue;
		values++;
		if (isConstant(value)) constants++;
	}
	return {
		returnsValue: values > 0,
		returnsConstants: values > 0 && constants === values,
		unusedParameters: parameters.filter((name) => !read.has(name)).length,
		parameters: parameters.length,
		callsItself,
	};
}

/** The last definition of the name at the left, which is the one in force. */
function definitionOf(tree: Tree, code: string, name: string): SyntaxNode | null {
	let found: SyntaxNode | null = null;
	for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) {
		const definition = node.name === "DecoratedStatement" ? node.lastChild : node;
		const named = definition?.getChild("VariableName");
		if (definition?.name === "FunctionDefinition" && named && code.slice(named.from, named.to) === name)
			found = definition;
	}
	return found;
}

function parametersOf(definition: SyntaxNode, code: string): string[] {
	const list = definition.getChild("ParamList");
	const names = list?.getChildren("VariableName").filter(({ prevSibling }) => prevSibling?.name !== "AssignOp") ?? [];
	return names.map(({ from, to }) => code.slice(from, to));
}

/** All places in the body of a function. */
function* within(definition: SyntaxNode): Generator<SyntaxNode> {
	const body = definition.getChild("Body");
	const open: SyntaxNode[] = body === null ? [] : [body];
	for (let node = open.pop(); node !== undefined; node = open.pop()) {
		yield node;
		for (let child = node.firstChild; child !== null; child = child.nextSibling) open.push(child);
	}
}

/** false: in a function that is defined within. */
function isDirectlyIn(node: SyntaxNode, definition: SyntaxNode): boolean {
	let at = node.parent;
	while (at !== null && at.name !== "FunctionDefinition") at = at.parent;
	return at?.from === definition.from;
}

const CONSTANTS = new Set(["Number", "Boolean", "None", "String"]);

/** Also an empty list, tuple or dictionary, and a signed number. */
function isConstant(value: SyntaxNode): boolean {
	if (CONSTANTS.has(value.name)) return true;
	if (value.name === "UnaryExpression") return value.lastChild?.name === "Number";
	if (!/^(?:Array|Tuple|Dictionary)Expression$/.test(value.name)) return false;
	return value.firstChild?.nextSibling?.nextSibling === null;
}
