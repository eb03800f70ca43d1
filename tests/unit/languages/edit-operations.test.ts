import { expect, test } from "vitest";
import { editOperations } from "../../../src/languages/edit-operations.js";
import { signatureOf } from "../../../src/languages/python-signature.js";
import { STRUCTURE_NAMES, structureNumbers } from "../../../src/languages/structure.js";

const LOG_OF = [0, 0, Math.log(2), Math.log(3)].map((value) => Number(value.toFixed(5)));
const PROGRAM = "def f(a, b):\n    x = g(a)\n    y = x + b\n    return y\n";

test("equal programs, and those that differ in layout alone, have no operation between them", () => {
	expect(editOperations(PROGRAM, PROGRAM)).toEqual([]);
	expect(editOperations(PROGRAM, PROGRAM.replace("x + b", "x  +  b  # sum"))).toEqual([]);
});

test("a statement put in before others is one operation: those behind it stay what they were", () => {
	const after = PROGRAM.replace("    x = g(a)\n", "    print(a)\n    x = g(a)\n");
	expect(editOperations(PROGRAM, after)).toEqual(["INSERT Expression DEPTH_4 MEDIUM"]);
	expect(editOperations(after, PROGRAM)).toEqual(["DELETE Expression DEPTH_4 MEDIUM"]);
});

test("operations tell names, values and operators apart, and never say which", () => {
	expect(editOperations(PROGRAM, PROGRAM.replace("g(a)", "h(a)"))).toEqual(["RENAME VariableName DEPTH_8 SMALL"]);
	expect(editOperations(PROGRAM, PROGRAM.replace("x + b", "x - b"))).toEqual(["UPDATE ArithOp DEPTH_8 SMALL"]);
	expect(editOperations("x = 1\n", "x = 2\n")).toEqual(["UPDATE Number DEPTH_2 SMALL"]);
	expect(editOperations("x = a and b\n", "x = a or b\n")).toEqual([
		"DELETE and DEPTH_4 SMALL",
		"INSERT or DEPTH_4 SMALL",
	]);
});

test("a program that is no Python, or deeper than any, has operations too", () => {
	expect(editOperations(PROGRAM, "def f(:\n")).not.toEqual([]);
	const deep = `x = ${"(".repeat(3000)}1${")".repeat(3000)}\n`;
	expect(editOperations("x = 1\n", deep)).not.toEqual([]);
});

test("what a task begins with is the entry function's own signature", () => {
	const code = "import re\n\n@cache\ndef f(a: int, *b: str) -> int:\n    return a\n\ndef g():\n    return 1\n";
	expect(signatureOf(code, "f")).toBe("def f(a: int, *b: str) -> int:\n    pass\n");
	expect(signatureOf(code, "h")).toBeNull();
});

test("structure numbers have one name each; counts are logarithms of five digits", () => {
	const { facts, unbound } = structureNumbers(PROGRAM, "f");
	expect(facts).toHaveLength(STRUCTURE_NAMES.length);
	const named = Object.fromEntries(STRUCTURE_NAMES.map((name, i) => [name, facts[i]]));
	expect(named).toMatchObject({ valid: 0, parses: 1, returnsValue: 1, unbound: LOG_OF[2], parameters: LOG_OF[3] });
	expect(unbound).toEqual(["g"]);
	expect(structureNumbers("def f(a, b):\n    return a + b\n", "f").facts[0]).toBe(1);
});
