import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";

export const MUTATIONS = [
	"compare",
	"binop",
	"boolop",
	"augassign",
	"not",
	"constant",
	"range",
	"swapped_arguments",
	"removed_statement",
	"wrong_variable",
	"early_return",
	"negated_condition",
	"changed_index",
] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** A place in a program, and texts that could stand there instead. Everything around it stays as it was written. */
export interface MutationSite {
	kind: Mutation;
	from: number;
	to: number;
	texts: readonly string[];
}

/** Every place in the functions of a Python program where one of the mutations can be made, in the order of the text. */
export function mutationSites(code: string): MutationSite[] {
	const sites: MutationSite[] = [];
	const tree = parser.parse(code);
	const names = boundNames(tree.topNode, code);
	const text = (node: SyntaxNode): string => code.slice(node.from, node.to);
	const add = (kind: Mutation, node: { from: number; to: number }, texts: readonly string[]): void => {
		if (texts.length > 0) sites.push({ kind, from: node.from, to: node.to, texts });
	};
	tree.iterate({
		enter: ({ node, name }) => {
			if (name === "ParamList" || name === "TypeDef" || name === "ImportStatement" || name === "Decorator")
				return false;
			switch (name) {
				case "CompareOp":
					add("compare", node, COMPARISONS[text(node)] ?? []);
					break;
				case "ArithOp":
					if (node.parent?.name === "BinaryExpression") add("binop", node, OPERATORS[text(node)] ?? []);
					break;
				case "UpdateOp":
					add(
						"augassign",
						node,
						(OPERATORS[text(node).slice(0, -1)] ?? []).map((operator) => `${operator}=`),
					);
					break;
				case "and":
				case "or":
					add("boolop", node, [name === "and" ? "or" : "and"]);
					break;
				case "in":
					if (node.parent?.name === "BinaryExpression" && node.prevSibling?.name !== "not")
						add("not", node, ["not in"]);
					break;
				case "not":
					if (node.nextSibling !== null)
						add("not", { from: node.from, to: node.nextSibling.name === "in" ? node.to + 1 : node.nextSibling.from }, [
							"",
						]);
					break;
				case "Number":
					add("constant", node, neighbours(text(node)));
					break;
				case "Boolean":
					add("constant", node, [text(node) === "True" ? "False" : "True"]);
					break;
				case "CallExpression":
					addCall(node, text, add);
					break;
				case "IfStatement":
				case "WhileStatement": {
					const condition = node.firstChild?.nextSibling;
					if (condition && condition.name !== "Body" && !/^(?:True|1)$/.test(text(condition)))
						add("negated_condition", condition, [`not (${text(condition)})`]);
					break;
				}
				case "MemberExpression":
					addIndex(node, text, add);
					break;
				case "VariableName":
					if (isRead(node)) add("wrong_variable", node, others(names, node, text(node)));
					break;
				case "Body":
					addStatements(node, code, add);
					break;
			}
			return;
		},
	});
	return sites.sort((a, b) => a.from - b.from || a.to - b.to);
}

type Add = (kind: Mutation, node: { from: number; to: number }, texts: readonly string[]) => void;
type TextOf = (node: SyntaxNode) => string;

const COMPARISONS: Record<string, readonly string[]> = {
	"<": ["<=", ">"],
	"<=": ["<", ">="],
	">": [">=", "<"],
	">=": [">", "<="],
	"==": ["!="],
	"!=": ["=="],
};
const OPERATORS: Record<string, readonly string[]> = {
	"+": ["-"],
	"-": ["+"],
	"*": ["+", "//"],
	"/": ["//", "*"],
	"//": ["/", "%"],
	"%": ["//"],
	"**": ["*"],
	"<<": [">>"],
	">>": ["<<"],
	"&": ["|"],
	"|": ["&"],
};

function neighbours(number: string): string[] {
	if (!/^\d{1,15}$/.test(number)) return [];
	const value = Number(number);
	return value === 0 ? ["1"] : [String(value + 1), String(value - 1)];
}

/** Arguments without names and stars; null: there are others. */
function plainArguments(call: SyntaxNode): SyntaxNode[] | null {
	const list = call.getChild("ArgList");
	if (list === null) return null;
	const found: SyntaxNode[] = [];
	for (let node = list.firstChild; node !== null; node = node.nextSibling) {
		if (/^(?:AssignOp|\*\*?|for)$/.test(node.name)) return null;
		if (!/^[(),]$|^Comment$/.test(node.name)) found.push(node);
	}
	return found;
}

function addCall(call: SyntaxNode, text: TextOf, add: Add): void {
	const given = plainArguments(call);
	const callee = call.firstChild;
	if (given === null || callee === null) return;
	const [first, second] = given;
	if (text(callee) === "range" && first !== undefined) {
		const end = second ?? first;
		add("range", end, [`${text(end)} + 1`, `${text(end)} - 1`]);
		if (second === undefined) add("range", first, [`1, ${text(first)}`]);
	} else if (first !== undefined && second !== undefined && text(first) !== text(second)) {
		const rest = { from: first.from, to: second.to };
		const between = text(call).slice(first.to - call.from, second.from - call.from);
		add("swapped_arguments", rest, [`${text(second)}${between}${text(first)}`]);
	}
}

/** `a[i]`; slices have their numbers and names changed alone. */
function addIndex(member: SyntaxNode, text: TextOf, add: Add): void {
	const open = member.getChild("[");
	const index = open?.nextSibling;
	if (index?.nextSibling?.name !== "]" || /^(?:String|:)$/.test(index.name)) return;
	const shown = text(index);
	if (index.name === "Number") return;
	const isNegative = index.name === "UnaryExpression" && /^-\d+$/.test(shown);
	if (isNegative) add("changed_index", index, [String(Number(shown) - 1), String(Number(shown) + 1)]);
	else add("changed_index", index, [`${shown} + 1`, `${shown} - 1`]);
}

const KEPT = /^(?:FunctionDefinition|ClassDefinition|DecoratedStatement|ImportStatement|ScopeStatement|PassStatement)$/;

/** A statement on lines of its own goes, or a `return` behind a loop moves into it. */
function addStatements(body: SyntaxNode, code: string, add: Add): void {
	const statements: SyntaxNode[] = [];
	for (let node = body.firstChild; node !== null; node = node.nextSibling)
		if (node.name !== ":" && node.name !== "Comment") statements.push(node);
	for (const [i, statement] of statements.entries()) {
		const line = lineStart(code, statement.from);
		const indent = code.slice(line, statement.from);
		if (!/^[ \t]*$/.test(indent) || isDocstring(statement) || KEPT.test(statement.name)) continue;
		const end = endOfLine(code, statement.to);
		if (end === null) continue;
		if (statements.length === 1) add("removed_statement", statement, ["pass"]);
		else add("removed_statement", { from: line, to: end }, [""]);
		const before = statements[i - 1];
		const isBehindLoop = before?.name === "ForStatement" || before?.name === "WhileStatement";
		if (
			statement.name === "ReturnStatement" &&
			isBehindLoop &&
			!code.slice(statement.from, statement.to).includes("\n")
		)
			add("early_return", { from: line, to: statement.from }, [`${indent}${indent.startsWith("\t") ? "\t" : "    "}`]);
	}
}

function lineStart(code: string, at: number): number {
	return code.lastIndexOf("\n", at - 1) + 1;
}

/** Behind the line's end; null: something else stands on the line. */
function endOfLine(code: string, at: number): number | null {
	const end = code.indexOf("\n", at);
	const rest = code.slice(at, end < 0 ? code.length : end);
	if (!/^\s*(?:#.*)?$/.test(rest)) return code[at - 1] === "\n" ? at : null;
	return end < 0 ? code.length : code[at - 1] === "\n" ? at : end + 1;
}

function isDocstring(statement: SyntaxNode): boolean {
	return statement.name === "ExpressionStatement" && statement.firstChild?.name === "String";
}

/** Names that functions bind, with the functions' places: parameters, targets of assignments and loops. */
function boundNames(top: SyntaxNode, code: string): { name: string; from: number; to: number }[] {
	const found: { name: string; from: number; to: number }[] = [];
	top.cursor().iterate(({ name, node }) => {
		if (name !== "VariableName" || isRead(node)) return;
		let owner = node.parent;
		while (owner !== null && owner.name !== "FunctionDefinition") owner = owner.parent;
		if (owner === null || node.parent === owner) return;
		const [from, to] = node.parent?.name === "ParamList" ? [owner.from, owner.to] : [node.to, owner.to];
		found.push({ name: code.slice(node.from, node.to), from, to });
	});
	return found;
}

/** Other names that are bound before this place in the same function. */
function others(names: ReturnType<typeof boundNames>, { from }: SyntaxNode, own: string): string[] {
	if (!names.some(({ name }) => name === own)) return [];
	const seen = names.filter((bound) => bound.name !== own && bound.from <= from && from < bound.to);
	return [...new Set(seen.map(({ name }) => name))].slice(0, 4);
}

const BINDING = new Set(["ParamList", "FunctionDefinition", "ClassDefinition", "ImportStatement", "ScopeStatement"]);

function isRead(node: SyntaxNode): boolean {
	const { parent } = node;
	if (parent === null || (BINDING.has(parent.name) && node.prevSibling?.name !== "AssignOp")) return false;
	if (parent.name === "ArgList" && node.nextSibling?.name === "AssignOp") return false;
	let at = node;
	while (at.parent && /^(?:Tuple|Array|Parenthesized)Expression$/.test(at.parent.name)) at = at.parent;
	const owner = at.parent?.name ?? "";
	if (owner === "AssignStatement" || owner === "UpdateStatement") {
		for (let next = at.nextSibling; next !== null; next = next.nextSibling)
			if (next.name === "AssignOp" || next.name === "UpdateOp") return false;
	}
	if (owner === "ForStatement" || owner.endsWith("ComprehensionExpression") || owner === "ArgList") {
		for (let before = at.prevSibling; before !== null; before = before.prevSibling) {
			if (before.name === "in") return true;
			if (before.name === "for") return false;
		}
	}
	return true;
}
