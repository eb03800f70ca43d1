import { describe, expect, test } from "vitest";
import { pythonFacts } from "../../../src/languages/python-facts.js";

const factsOf = (code: string) => pythonFacts(code, "f");
const missing = (code: string) => factsOf(code).undefinedNames;

describe("undefined names", () => {
	test.each([
		["a parameter, a default and a star", "def f(x, y=3, *a, k=None, **kw):\n    return x, y, a, k, kw\n"],
		["an assignment below its use", "def f():\n    return LATER\n\nLATER = 1\n"],
		["targets of all kinds", "def f(q):\n    a, (b, [c]) = q\n    d: int = 1\n    e = d\n    return a, b, c, e\n"],
		["loops and what follows them", "def f(q):\n    for i, (j, k) in q:\n        pass\n    return i, j, k\n"],
		["comprehensions", "def f(q):\n    return [a for a in q if a], {b: c for b, c in q}, {d for d in q}\n"],
		["a generator that is the only argument", "def f(q):\n    return sum(x * y for x, y in q if x)\n"],
		["imports", "import os.path, re as r\nfrom a.b import c as d, e\n\ndef f():\n    return os, r, d, e\n"],
		[
			"with, except, walrus",
			"def f(q):\n    with q as w:\n        pass\n    try:\n        pass\n    except E1 as e:\n        print(e)\n    return w, (n := 1), n\n\nE1 = ValueError\n",
		],
		[
			"lambdas and inner functions",
			"def f(q):\n    def g(a, b=q):\n        return h(a) + b\n    h = lambda o, p=2: o + p\n    return g\n",
		],
		[
			"global and nonlocal",
			"def f():\n    global G\n    G = 1\n    def g():\n        nonlocal n\n        n = 2\n    n = 1\n    return g\n\ndef h():\n    return G\n",
		],
		["names of keywords and attributes", "def f(q):\n    return sorted(q, key=len, reverse=True).foo\n"],
		[
			"class bodies, methods and defaults in them",
			"class K:\n    SIZE = 3\n    def m(self, n=SIZE):\n        return self, n\n\ndef f():\n    return K()\n",
		],
		["whatever a star brings", "from math import *\n\ndef f(x):\n    return sqrt(x)\n"],
		["its own name", "def f(n):\n    return f(n - 1)\n"],
	])("are none where they are bound by %s", (_how, code) => {
		expect(missing(code)).toEqual([]);
	});

	test("are those that nothing binds in sight", () => {
		expect(missing("def f(x):\n    return math.sqrt(y) + x\n")).toEqual(["math", "y"]);
		expect(missing("def f(q):\n    s = [a for a in q]\n    return a\n")).toEqual(["a"]);
		expect(missing("def f():\n    return inner\n\ndef g():\n    inner = 1\n")).toEqual(["inner"]);
		expect(missing("class K:\n    SIZE = 3\n    def m(self):\n        return SIZE\n")).toEqual(["SIZE"]);
		expect(missing("def f(x: Nowhere) -> Neither:\n    return x\n")).toEqual(["Neither", "Nowhere"]);
		expect(missing("def f(q):\n    return [a for b in q if c]\n")).toEqual(["a", "c"]);
	});
});

describe("an entry function", () => {
	test("returns a value where some return of its own gives one, or it yields", () => {
		expect(factsOf("def f(x):\n    return x\n").returnsValue).toBe(true);
		expect(factsOf("def f(x):\n    yield x\n").returnsValue).toBe(true);
		expect(factsOf("@cache\ndef f(x):\n    return x\n").returnsValue).toBe(true);
		expect(factsOf("def f(x):\n    return None\n    return\n").returnsValue).toBe(false);
		expect(factsOf("def f(x):\n    def g():\n        return 1\n").returnsValue).toBe(false);
		expect(factsOf("def g(x):\n    return x\n").returnsValue).toBe(false);
		expect(factsOf("def f(x):\n    return x\n\ndef f(x):\n    pass\n").returnsValue).toBe(false);
	});

	test("returns constants where every value is written out", () => {
		expect(factsOf("def f(x):\n    if x:\n        return []\n    return -1\n").returnsConstants).toBe(true);
		expect(factsOf("def f(x):\n    if x:\n        return [x]\n    return -1\n").returnsConstants).toBe(false);
	});

	test("has parameters that it reads, and calls itself or not", () => {
		expect(factsOf("def f(x, y, *, z=1):\n    return x + z\n")).toMatchObject({ parameters: 3, unusedParameters: 1 });
		expect(factsOf("def f(x):\n    return f(x - 1)\n").callsItself).toBe(true);
		expect(factsOf("def f(x):\n    return x.f(1)\n").callsItself).toBe(false);
	});
});

test("a program parses where all of it is Python 3", () => {
	expect(factsOf("def f(x):\n    return x\n").parses).toBe(true);
	for (const code of [
		"def f(x:\n    return x\n",
		"def f(x):\nreturn x\n",
		"def f(x):\n    print x\n",
		"def f(x):\n        a = 1\n    return a\n",
	])
		expect(factsOf(code).parses).toBe(false);
});

test("places of each kind are counted", () => {
	const { counts, depth } = factsOf(
		"import re\n\ndef f(q):\n    # words\n    for x in q:\n        if x > 1:\n            y = [z.a for z in q]\n    return y + f(1)\n",
	);
	expect(counts).toMatchObject({ imports: 1, functions: 1, loops: 1, branches: 1, comments: 1, comprehensions: 1 });
	expect(counts).toMatchObject({ returns: 1, calls: 1, members: 1, comparisons: 1, operators: 1, assignments: 1 });
	expect(depth).toBeGreaterThan(6);
});

test("a program that is nested a hundred thousand deep is none, and does not hold anybody up", () => {
	expect(factsOf(`def f(x):\n    return ${"(".repeat(100_000)}1${")".repeat(100_000)}\n`).parses).toBe(false);
});
