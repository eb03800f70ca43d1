import { expect, test } from "vitest";
import { programForm } from "../../../src/languages/program-form.js";

const ADD = "def add(a, b):\n    total = a + b\n    return total\n";

function isSame(a: string, b: string, sameness: "tree" | "names" = "tree"): boolean {
	const form = programForm(a, sameness);
	return form !== null && form === programForm(b, sameness);
}

test("comments, blank lines, indents, spaces and docstrings are not in the form", () => {
	const other =
		'"""Sums."""\n\ndef add( a,b ):  # two\n  """Adds.\n\n  Well.\n  """\n\n  total=a+b\n  # done\n  return total';
	expect(isSame(ADD, other)).toBe(true);
});

test.each([
	["another operator", ADD.replace("+", "-")],
	["another order", ADD.replace("a + b", "b + a")],
	[
		"another nesting",
		"def f(x):\n    if x:\n        a()\n    b()\n",
		"def f(x):\n    if x:\n        a()\n        b()\n",
	],
	["a string that differs in a space", "x = 'a b'\n", "x = 'a  b'\n"],
	["a string in a formatted string", "x = f'{a} b'\n", "x = f'{a}  b'\n"],
	["a format", "x = f'{a:>3}'\n", "x = f'{a:>4}'\n"],
	["a number", "x = 1\n", "x = 1.0\n"],
	["a slash among parameters", "def f(a, /, b): pass\n", "def f(a, b): pass\n"],
	["a string that is returned", "def f():\n    return 'x'\n", "def f():\n    return 'y'\n"],
	["a string in the middle of a body", "def f():\n    x()\n    'a'\n", "def f():\n    x()\n    'b'\n"],
	["await", "async def f():\n    await g()\n", "async def f():\n    g()\n"],
])("%s is in it", (_what, a, b = ADD) => {
	expect(isSame(a, b)).toBe(false);
	expect(isSame(a, b, "names")).toBe(false);
});

test("names of local variables are left out only where that is asked for", () => {
	const other = ADD.replaceAll("total", "result");
	expect(isSame(ADD, other)).toBe(false);
	expect(isSame(ADD, other, "names")).toBe(true);
});

test.each([
	["a parameter", "def f(a):\n    return 1\n", "def f(b):\n    return 1\n"],
	["a name of the module", "x = 1\ndef f():\n    return x\n", "y = 1\ndef f():\n    return y\n"],
	["a global", "def f():\n    global x\n    x = 1\n", "def f():\n    global y\n    y = 1\n"],
	["a builtin", "def f():\n    return max\n", "def f():\n    return min\n"],
	["a keyword of a call", "def f():\n    x = 1\n    g(x=2)\n", "def f():\n    y = 1\n    g(y=2)\n"],
	["an import", "def f():\n    import os\n    return os\n", "def f():\n    import re\n    return re\n"],
	["an attribute of a class", "class A:\n    x = 1\n", "class A:\n    y = 1\n"],
	["an attribute of an object", "def f(a):\n    return a.x\n", "def f(a):\n    return a.y\n"],
	["a name that is printed", "def f():\n    x = 1\n    return f'{x=}'\n", "def f():\n    y = 1\n    return f'{y=}'\n"],
	[
		"a name that an error tells",
		"def f():\n    try:\n        x\n    except NameError as e:\n        return str(e)\n",
		"def f():\n    try:\n        y\n    except NameError as e:\n        return str(e)\n",
	],
	[
		"which variables are one",
		"def f():\n    x = 1\n    y = 2\n    return x\n",
		"def f():\n    x = 1\n    y = 2\n    return y\n",
	],
])("%s keeps its name", (_what, a, b) => {
	expect(isSame(a, b, "names")).toBe(false);
});

test.each([
	["looks at docstrings", "def f():\n    'a'\n    return f.__doc__\n"],
	["looks at docstrings by format", "def f():\n    'a'\n    return '{0.__doc__}'.format(f)\n"],
	["looks at its source", "import inspect\ndef f():\n    return inspect.getsource(f)\n"],
	["looks at lines", "import sys\ndef f():\n    return sys._getframe().f_lineno\n"],
	["evaluates text", "def f(x):\n    return eval('x')\n"],
	["is no Python", "def f(:\n"],
	["is indented by tabs", "def f():\n\treturn 1\n"],
	["has an indent that fits none", "def f():\n    a()\n  b()\n"],
	["has a deeper indent within a block", "def f():\n    a()\n      b()\n"],
	["has an else between two indents", "def f():\n    if a:\n        b()\n  else:\n        c()\n"],
	["goes on in a new line after a one-line block", "if a: b()\n    c()\n"],
	["begins with an indent", " a = 1\n"],
])("a program that %s has no form", (_what, code) => {
	expect(programForm(code, "tree")).toBeNull();
});

test("a docstring that does not compile stays", () => {
	expect(isSame("def f():\n    '\\x'\n    return 1\n", "def f():\n    'x'\n    return 1\n")).toBe(false);
});
