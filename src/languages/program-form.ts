import type { SyntaxNode, Tree, TreeCursor } from "@lezer/common";
import type { Sameness } from "../domain/choices.js";
import { fitsIndent } from "./indents.js";
import { renamableNames } from "./local-names.js";
import { parsePython } from "./python-tree.js";

/**
 * One text for all Python programs of one syntax tree: comments, layout and docstrings are not in it, and with `names`
 * neither are the names of local variables. null: the program may tell one from another (it looks at its own source or
 * names), or has no such tree, and is the same as no other text.
 */
export function programForm(code: string, sameness: Sameness, parsed: Tree | null = null): string | null {
	// What a tab is worth in an indent, and where a line ends, is for Python to say.
	if (/[\t\f\v\0\r\uFEFF\u0085\u2028\u2029]|\\\n/.test(code)) return null;
	const tree = parsed ?? parsePython(code);
	const names = sameness === "names" ? renamableNames(tree.topNode, code) : new Set<string>();
	const writer = new FormWriter(code, names);
	return writer.write(tree.cursor()) ? writer.text() : null;
}

/** With these a program can see its own source, its docstrings or the names of its variables. */
const SEES_ITSELF = new Set(
	(
		"getattr hasattr setattr attrgetter methodcaller eval exec compile vars dir globals locals inspect traceback builtins " +
		"linecache tokenize doctest pydoc help importlib open io pathlib warnings ast dis gc ctypes marshal pickle logging"
	).split(" "),
);
const ITS_PARTS =
	/^(?:(?:f|tb|co|gi|cr|ag|func)_.*|_.*frame.*|currentframe|exc_info|settrace|setprofile|compile_command)$/;
const PLAIN_DUNDER =
	/__(?:init|name|main|eq|ne|lt|le|gt|ge|hash|len|iter|next|call|getitem|setitem|contains|add|sub|mul|str|repr|bool|future)__/g;

class FormWriter {
	readonly #code: string;
	readonly #renamed: ReadonlySet<string>;
	readonly #numbers = new Map<string, number>();
	readonly #parts: string[] = [];

	constructor(code: string, renamed: ReadonlySet<string>) {
		this.#code = code;
		this.#renamed = renamed;
	}

	text(): string {
		return this.#parts.join(" ");
	}

	/** false: the tree has a place that is no Python, or one that sees the program. No recursion: trees may be deep. */
	write(cursor: TreeCursor): boolean {
		for (;;) {
			if (cursor.type.isError || this.#seesItself(cursor) || !fitsIndent(cursor.node, this.#code)) return false;
			const passed = cursor.name === "Comment" || isDocstring(cursor.node, this.#code);
			if (!passed && this.#enter(cursor)) continue;
			while (!cursor.nextSibling()) {
				if (!cursor.parent()) return true;
				this.#parts.push(")");
			}
		}
	}

	#seesItself({ name, from, to }: TreeCursor): boolean {
		if (name !== "VariableName" && name !== "PropertyName" && !name.endsWith("String")) return false;
		const text = this.#code.slice(from, to);
		if (name === "VariableName" && SEES_ITSELF.has(text)) return true;
		if (name === "PropertyName" && ITS_PARTS.test(text)) return true;
		return text.replace(PLAIN_DUNDER, "").includes("__");
	}

	/** true: the cursor is at the node's first child. */
	#enter(cursor: TreeCursor): boolean {
		const { from, to, name, node } = cursor;
		if (cursor.firstChild()) {
			this.#parts.push(`(${name}${this.#between(node)}`);
			return true;
		}
		const text = this.#code.slice(from, to);
		this.#parts.push(name === "VariableName" && this.#renamed.has(text) ? this.#numbered(text) : JSON.stringify(text));
		return false;
	}

	/** What of a node is in none of its children: tokens without a name, and the text of strings with values in them. */
	#between(node: SyntaxNode): string {
		const isText = node.name.startsWith("Format");
		let found = "";
		let at = node.from;
		for (let child = node.firstChild; ; child = child.nextSibling) {
			const gap = this.#code.slice(at, child?.from ?? node.to);
			found += `${isText ? gap : gap.replace(/[ \n]+/g, "")}\0`;
			if (child === null) break;
			at = child.to;
		}
		return /[^\0]/.test(found) ? JSON.stringify(found) : "";
	}

	#numbered(name: string): string {
		const number = this.#numbers.get(name) ?? this.#numbers.size;
		this.#numbers.set(name, number);
		return `#${number}`;
	}
}

/** A string that begins a module, class or function. One with an escape stays: a wrong escape does not compile. */
function isDocstring(node: SyntaxNode, code: string): boolean {
	if (node.name !== "ExpressionStatement" || node.parent === null) return false;
	const only = node.firstChild;
	if (only === null || only.nextSibling !== null || only.name !== "String") return false;
	const text = code.slice(only.from, only.to);
	if (!/^["']/.test(text) || text.includes("\\")) return false;
	if (node.parent.name === "Script") return isFirst(node);
	const owner = node.parent.parent?.name;
	return (
		node.parent.name === "Body" && (owner === "FunctionDefinition" || owner === "ClassDefinition") && isFirst(node)
	);
}

function isFirst(node: SyntaxNode): boolean {
	let before = node.prevSibling;
	while (before !== null && (before.name === "Comment" || before.name === ":")) before = before.prevSibling;
	return before === null;
}
