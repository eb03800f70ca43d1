import { expect, test } from "vitest";
import { codeTokens } from "../../../src/languages/code-tokens.js";
import { looseForms } from "../../../src/languages/loose-forms.js";
import { parsePython } from "../../../src/languages/python-tree.js";

const formsOf = (code: string) => looseForms(code, parsePython(code), codeTokens(code));

const LOOP = `def total(xs):
    """Sum."""
    found = 0
    for x in xs:
        if x > 0:
            found += x
        else:
            pass
    return found
`;

test("order of operands, brackets, names, empty branches and where a comparison opens to make no difference", () => {
	const same = `def total(xs):
    s = 0
    for number in xs:
        if (0 < number):
            s = number + s
    return (s)
`;
	expect(formsOf(same)).toEqual(formsOf(LOOP));
});

test("another constant or operator is another program in two forms, another returned value in the third", () => {
	const [loop, one, last] = [
		formsOf(LOOP),
		formsOf(LOOP.replace("x > 0", "x >= 1")),
		formsOf(LOOP.replace("return found", "return found, x")),
	];
	expect(one.tokens).not.toBe(loop.tokens);
	expect(one.operators).not.toBe(loop.operators);
	expect(one.returned).toBe(loop.returned);
	expect([last.tokens, last.operators]).toEqual([loop.tokens, loop.operators]);
	expect(last.returned).not.toBe(loop.returned);
});

test("a returned value that goes over lines is read whole", () => {
	const returned = (value: string): string => formsOf(`def f(a, b):\n    return ${value}\n`).returned;
	expect(returned("(\n        b\n        + 1\n    )")).toBe(returned("1 + b"));
	expect(returned("(\n        b\n        + 2\n    )")).not.toBe(returned("1 + b"));
});
