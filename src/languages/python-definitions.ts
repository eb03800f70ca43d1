import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";

export interface PythonDefinition {
	/** Its own name, without that of its class. */
	name: string;
	/** From its first decorator on, at the left. */
	text: string;
}

/** Functions and methods of a program by their names with that of their class; of several of one name the last. */
export function definitionsOf(code: string): Map<string, PythonDefinition> {
	const found = new Map<string, PythonDefinition>();
	const walk = (parent: SyntaxNode, prefix: string): void => {
		for (let node = parent.firstChild; node !== null; node = node.nextSibling) {
			const definition = node.name === "DecoratedStatement" ? node.lastChild : node;
			const named = definition?.getChild("VariableName");
			if (!definition || !named) continue;
			const name = code.slice(named.from, named.to);
			const body = definition.getChild("Body");
			if (definition.name === "FunctionDefinition") found.set(prefix + name, { name, text: atLeft(node, code) });
			else if (definition.name === "ClassDefinition" && body !== null) walk(body, `${prefix}${name}.`);
		}
	};
	walk(parser.parse(code).topNode, "");
	return found;
}

function atLeft({ from, to }: SyntaxNode, code: string): string {
	const indent = /[ \t]*$/.exec(code.slice(0, from))?.[0] ?? "";
	const lines = (indent + code.slice(from, to)).trimEnd().split("\n");
	return `${lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join("\n")}\n`;
}
