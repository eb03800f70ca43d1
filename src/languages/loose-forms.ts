import type { Tree } from "@lezer/common";
import { codeTokens } from "./code-tokens.js";

/**
 * Texts of a Python program that are equal for programs which may say the same in other words: chosen names, order of
 * operands and statements, brackets and the side that a comparison opens to are in none of them.
 */
export interface LooseForms {
	/** Which tokens it has. */
	tokens: string;
	/** Which operators, literals and constants. */
	operators: string;
	/** What each `return` and `yield` gives, as the tokens of it. */
	returned: string;
}

/** `tokens`: of the whole program, as `codeTokens` cuts it. */
export function looseForms(code: string, tree: Tree, tokens: readonly string[]): LooseForms {
	const loose = tokens.flatMap(loosened);
	const returned: string[] = [];
	tree.iterate({
		enter: ({ name, from, to }) => {
			if (GIVING.has(name)) returned.push(codeTokens(code.slice(from, to)).flatMap(loosened).sort().join(" "));
		},
	});
	return {
		tokens: distinct(loose),
		operators: distinct(loose.filter((token) => OPERATORS.has(token) || /^["'0-9]/.test(token))),
		returned: returned.sort().join("\n"),
	};
}

const GIVING = new Set(["ReturnStatement", "YieldStatement", "YieldExpression"]);
const LEFT_OUT = new Set("( ) [ ] { } , : ; else pass".split(" "));
const SAME = new Map([
	[">", "<"],
	[">=", "<="],
	["elif", "if"],
	["pow", "**"],
]);
const OPERATORS = new Set("+ - * / // % ** & | ^ << >> < <= == != and or not in is True False None".split(" "));

function loosened(token: string): string[] {
	if (LEFT_OUT.has(token)) return [];
	const [, operator] = /^([-+*/%&|^]|\*\*|\/\/)=$/.exec(token) ?? [];
	return operator === undefined ? [SAME.get(token) ?? token] : ["=", "x", operator];
}

function distinct(tokens: readonly string[]): string {
	return [...new Set(tokens)].sort().join(" ");
}
