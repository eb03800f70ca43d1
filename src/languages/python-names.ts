import type { SyntaxNode, Tree } from "@lezer/common";
import { BUILTINS } from "./local-names.js";

/** A module, class, function, lambda or comprehension, with the names that are bound in it. */
interface Scope {
	readonly kind: "module" | "class" | "function";
	readonly parent: Scope | null;
	readonly bound: Set<string>;
}

/** Names that every module has beside the builtins. */
const OF_MODULES = ["__name__", "__file__", "__doc__", "__builtins__", "__debug__", "__import__", "__spec__"];

/**
 * Names that a program reads and that nothing in sight ever binds: no assignment, parameter, import, loop or definition
 * in the scopes around, whatever their order. Where a star brings names in, none is known to be undefined.
 */
export function undefinedNames(tree: Tree, code: string): Set<string> {
	const module: Scope = { kind: "module", parent: null, bound: new Set([...BUILTINS, ...OF_MODULES]) };
	const reads: { name: string; scope: Scope }[] = [];
	let scope: Scope = module;
	let star = false;
	tree.iterate({
		enter: ({ name: type, node }) => {
			const kind = kindOf(type, node);
			if (kind !== null) scope = { kind, parent: scope, bound: new Set() };
			if (type === "*" && node.parent?.name === "ImportStatement") star = true;
			if (type !== "VariableName") return;
			const name = code.slice(node.from, node.to);
			const binding = bindingOf(node);
			if (binding === null) reads.push({ name, scope: isHeader(node) ? (scope.parent ?? scope) : scope });
			else if (binding === "global") module.bound.add(name);
			else if (binding !== "none") scope.bound.add(name);
			if (binding === "outer") scope.parent?.bound.add(name);
		},
		leave: ({ name: type, node }) => {
			if (kindOf(type, node) !== null) scope = scope.parent ?? module;
		},
	});
	return new Set(star ? [] : reads.filter(({ name, scope }) => !isBound(name, scope)).map(({ name }) => name));
}

function kindOf(type: string, node: SyntaxNode): Scope["kind"] | null {
	if (type === "ClassDefinition") return "class";
	return isComprehension(type, node) || type === "FunctionDefinition" || type === "LambdaExpression"
		? "function"
		: null;
}

/** Also a generator that is a call's only argument, which has no brackets of its own. */
function isComprehension(type: string, node: SyntaxNode): boolean {
	return type.endsWith("ComprehensionExpression") || (type === "ArgList" && node.getChild("for") !== null);
}

/** Defaults and annotations of parameters are read where the function is defined. */
function isHeader(node: SyntaxNode): boolean {
	for (let at = node.parent; at !== null && kindOf(at.name, at) === null; at = at.parent) {
		if (at.name === "ParamList" || (at.name === "TypeDef" && at.parent?.name === "FunctionDefinition")) return true;
		if (at.name === "Body") return false;
	}
	return false;
}

/** Names in a class body are seen there, and by no function in it. */
function isBound(name: string, from: Scope): boolean {
	for (let scope: Scope | null = from; scope !== null; scope = scope.parent) {
		if (scope.bound.has(name) && (scope === from || scope.kind !== "class")) return true;
	}
	return false;
}

/** What this place of a name binds; null: it reads it; "none": it is no variable at all, such as a keyword's name. */
function bindingOf(node: SyntaxNode): "here" | "outer" | "global" | "none" | null {
	const parent = node.parent;
	switch (parent?.name) {
		case "FunctionDefinition":
		case "ClassDefinition":
			return "outer";
		case "ParamList":
			return node.prevSibling?.name === "AssignOp" ? null : "here";
		case "ImportStatement":
			return importBinding(node);
		case "ScopeStatement":
			return parent.firstChild?.name === "global" ? "global" : "here";
		case "TryStatement":
		case "MatchClause":
		case "CapturePattern":
			return node.prevSibling?.name === "as" || parent.name === "CapturePattern" ? "here" : null;
		case "WithStatement":
			return node.prevSibling?.name === "as" ? "here" : null;
		case "TypeParam":
			return "here";
		case "NamedExpression":
			return node.nextSibling?.name === "AssignOp" ? "outer" : null;
		case "ArgList":
			if (node.nextSibling?.name === "AssignOp") return "none";
			return isTarget(node) ? "here" : null;
		default:
			return isTarget(node) ? "here" : null;
	}
}

/** `import a.b as c, d` binds c and d; `import a.b` binds a; `from m import x as y` binds y. */
function importBinding(node: SyntaxNode): "here" | "none" {
	if (node.nextSibling?.name === "as" || node.prevSibling?.name === ".") return "none";
	const isFrom = node.parent?.firstChild?.name === "from";
	if (!isFrom) return "here";
	for (let at = node.prevSibling; at !== null; at = at.prevSibling) if (at.name === "import") return "here";
	return "none";
}

const LISTS = new Set(["TupleExpression", "ArrayExpression", "ParenthesizedExpression"]);

/** On the left of an assignment, or between `for` and `in`, also inside tuples and lists there. */
function isTarget(node: SyntaxNode): boolean {
	let at = node;
	while (at.parent !== null && LISTS.has(at.parent.name)) at = at.parent;
	const { parent } = at;
	const owner = parent?.name;
	if (owner === "AssignStatement" || owner === "UpdateStatement") {
		for (let next = at.nextSibling; next !== null; next = next.nextSibling)
			if (next.name === "AssignOp" || next.name === "UpdateOp") return true;
		return at.nextSibling?.name === "TypeDef";
	}
	if (parent === null || (owner !== "ForStatement" && !isComprehension(parent.name, parent))) return false;
	for (let before = at.prevSibling; before !== null; before = before.prevSibling) {
		if (before.name === "in") return false;
		if (before.name === "for") return true;
	}
	return false;
}
