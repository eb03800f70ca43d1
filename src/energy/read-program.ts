import { codeTokens } from "../languages/code-tokens.js";
import { programKey } from "../languages/equal-programs.js";
import { type LooseForms, looseForms } from "../languages/loose-forms.js";
import { type PythonFacts, pythonFacts } from "../languages/python-facts.js";
import { parsePython } from "../languages/python-tree.js";

/** What is read off the text of a program, in one reading. */
export interface ReadProgram {
	code: string;
	facts: PythonFacts;
	/** Equal for equal programs. */
	key: string;
	tokens: readonly string[];
	loose: LooseForms;
}

export function readProgram(code: string, entryPoint: string): ReadProgram {
	const tree = parsePython(code);
	const tokens = codeTokens(code);
	return {
		code,
		facts: pythonFacts(code, entryPoint, tree),
		key: programKey(code, { tree }),
		tokens,
		loose: looseForms(code, tree, tokens),
	};
}
