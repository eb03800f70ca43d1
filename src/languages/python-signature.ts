import { parser } from "@lezer/python";

/** The entry function's own signature with nothing in it; null: there is no such function. */
export function signatureOf(code: string, entryPoint: string): string | null {
	const tree = parser.parse(code);
	let signature: string | null = null;
	for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) {
		const definition = node.name === "DecoratedStatement" ? node.lastChild : node;
		if (definition?.name !== "FunctionDefinition") continue;
		const name = definition.getChild("VariableName");
		const body = definition.getChild("Body");
		if (name === null || body === null || code.slice(name.from, name.to) !== entryPoint) continue;
		signature = `${code.slice(definition.from, body.from).trimEnd()}:\n    pass\n`;
	}
	return signature;
}
