import { expect, test } from "vitest";
import { staticFlags } from "../../../src/verify/static-flags.js";
import { functionTask } from "../app/run-fixtures.js";

const TASK = functionTask("t", { entryPoint: "f" });

test.each([
	"def f(x):\n    return 3\n",
	"def f(x):\n    # nothing to do\n\n    return [] # for now\n",
	'def f(x):\n    """One line."""\n    return True\n',
	'import math\n\n\ndef f(x):\n    r"""Several\n\n    lines, one says return x.\n    """\n    return "a"\n\n\nprint(f(1))\n',
])("a function that returns a literal is flagged as constant: %j", (code) => {
	expect(staticFlags(TASK, code)).toContain("constant_function");
});

test.each([
	"def f(x):\n    return x\n",
	"def f(x):\n    if x:\n        return 3\n    return 4\n",
	"def f(x):\n    x += 1\n    return 3\n",
	"def g(x):\n    return 3\n",
	'def f(x):\n    """Never closed.\n    return 3\n',
	"def f(x):\n    return 3\n    return 4\n",
])("one that does anything else is not: %j", (code) => {
	expect(staticFlags(TASK, code)).not.toContain("constant_function");
});

test("ten thousand blank lines, comments and quotes in a candidate keep nobody waiting", () => {
	const filler = ["\n", "    # here\n\n", '    """\n', "    '''\n\n", "def f(\n", " \t\n"];
	for (const line of filler) {
		expect(staticFlags(TASK, `def f(x):\n${line.repeat(10_000)}    return x\n`)).toEqual([]);
	}
});
