import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programCandidate } from "../../src/domain/run.js";
import type { CallTest, TestCase } from "../../src/domain/task.js";
import type { Status } from "../../src/domain/verdict.js";
import type { Verifier } from "../../src/verify/verifier.js";
import { functionTask, judge, openJudge } from "./judging.js";

let verifier: Verifier;
beforeAll(async () => {
	verifier = await openJudge({});
});
afterAll(async () => {
	await verifier.close();
});

const call = (fields: Omit<CallTest, "kind" | "id" | "visibility">): CallTest => ({
	kind: "call",
	id: "call",
	visibility: "hidden",
	...fields,
});
const program = (visibility: "public" | "hidden", id: string, code: string): TestCase => ({
	kind: "program",
	visibility,
	id,
	code,
});

describe("tests that are calls with data", () => {
	const cases: [string, CallTest, string, Status][] = [
		["a returned value is compared", call({ args: [2], returns: 4 }), "return 2 * x", "accepted"],
		["another value is wrong", call({ args: [2], returns: 5 }), "return 2 * x", "wrong_answer"],
		["a tuple is no list", call({ args: [1], returns: [1] }), "return (x,)", "wrong_answer"],
		["a tuple is a tuple", call({ args: [1], returns: { $tuple: [1] } }), "return (x,)", "accepted"],
		[
			"a list is no tuple inside a list",
			call({ args: [1], returns: [{ $tuple: [1] }] }),
			"return [[x]]",
			"wrong_answer",
		],
		[
			"a named tuple is a tuple",
			call({ args: [1], returns: { $tuple: [1, 2] } }),
			"import collections\n    return collections.namedtuple('P', 'a b')(1, 2)",
			"accepted",
		],
		["a set is a set", call({ args: [1], returns: { $set: [1, 2] } }), "return {2, 1}", "accepted"],
		["a set is no list", call({ args: [1], returns: [1] }), "return {1}", "wrong_answer"],
		[
			"a frozenset argument arrives",
			call({ args: [{ $frozenset: [1] }], returns: true }),
			"return type(x) is frozenset",
			"accepted",
		],
		[
			"a dict with keys that JSON lacks",
			call({
				args: [1],
				returns: {
					$dict: [
						[1, "a"],
						[null, { $tuple: [] }],
					],
				},
			}),
			"return {None: (), 1: 'a'}",
			"accepted",
		],
		[
			"a dict argument arrives with its keys",
			call({ args: [{ $dict: [[{ $tuple: [1, 2] }, 3]] }], returns: 3 }),
			"return x[1, 2]",
			"accepted",
		],
		["a plain object is a dict", call({ args: [{ a: 1 }], returns: { a: 2 } }), "return {'a': x['a'] + 1}", "accepted"],
		["nan is nan", call({ args: [{ $float: "nan" }], returns: { $float: "nan" } }), "return x", "accepted"],
		["nan is no other number", call({ args: [1], returns: { $float: "nan" } }), "return 1.0", "wrong_answer"],
		["infinity has a sign", call({ args: [1], returns: { $float: "-inf" } }), "return float('inf')", "wrong_answer"],
		[
			"bytes arrive and return",
			call({ args: [{ $bytes: "00ff" }], returns: { $bytes: "ff00" } }),
			"return x[::-1]",
			"accepted",
		],
		[
			"a complex number arrives and returns",
			call({ args: [{ $complex: [1, 2] }], returns: { $complex: [1, -2] } }),
			"return x.conjugate()",
			"accepted",
		],
		[
			"an integer of any size arrives and returns",
			call({ args: [{ $int: `0x${"f".repeat(2000)}` }], returns: { $int: `0x1${"0".repeat(2000)}` } }),
			"return x + 1",
			"accepted",
		],
		[
			"a tolerance is for expected floats, not for expected integers",
			call({ args: [1], returns: 1000, relativeTolerance: 1e-3 }),
			"return 1000.9",
			"wrong_answer",
		],
		[
			"a float expected, within the tolerance",
			call({ args: [1], returns: 0.3, absoluteTolerance: 1e-9 }),
			"return 0.1 + 0.2",
			"accepted",
		],
		[
			"a float expected, outside the tolerance",
			call({ args: [1], returns: 0.5, absoluteTolerance: 1e-9 }),
			"return 0.1 + 0.2",
			"wrong_answer",
		],
		[
			"the tolerance reaches into lists and dicts",
			call({ args: [1], returns: { a: [0.3, { $tuple: [0.6] }] }, relativeTolerance: 1e-9 }),
			"return {'a': [0.1 + 0.2, (0.1 * 6,)]}",
			"accepted",
		],
		["without a tolerance floats are exact", call({ args: [1], returns: 0.3 }), "return 0.1 + 0.2", "wrong_answer"],
		["True is not 1.0", call({ args: [1], returns: 1.5, absoluteTolerance: 1 }), "return True", "wrong_answer"],
		[
			"keyword arguments are passed",
			call({ args: [1], kwargs: { y: [2] }, returns: 3 }),
			"return x + y[0]",
			"accepted",
		],
		["an expected exception", call({ args: [1], raises: "ValueError" }), "raise ValueError", "accepted"],
		[
			"an expected exception may be a subclass",
			call({ args: [1], raises: "LookupError" }),
			"raise KeyError",
			"accepted",
		],
		["an exception of the candidate's own class, by name", call({ args: [1], raises: "Odd" }), "raise Odd", "accepted"],
		["another exception", call({ args: [1], raises: "ValueError" }), "raise TypeError", "runtime_error"],
		["no exception where one is expected", call({ args: [1], raises: "ValueError" }), "return None", "wrong_answer"],
		[
			"an early exit is never an expected exception",
			call({ args: [1], raises: "SystemExit" }),
			"import os\n    os._exit(0)",
			"runtime_error",
		],
		["arguments after the call", call({ args: [[3, 1]], argsAfter: [[1, 3]] }), "x.sort()", "accepted"],
		["arguments that should have changed", call({ args: [[3, 1]], argsAfter: [[1, 3]] }), "sorted(x)", "wrong_answer"],
		[
			"arguments that should not have changed",
			call({ args: [[3, 1]], returns: [1, 3], argsAfter: [[3, 1]] }),
			"x.sort()\n    return x",
			"wrong_answer",
		],
		["None is a value", call({ args: [1], returns: null }), "return x", "wrong_answer"],
	];
	test.each(cases)("%s", async (_sentence, item, body, status) => {
		const code = `class Odd(Exception):\n    pass\n\n\ndef f(x, y=None):\n    ${body}\n`;
		const verdict = await judge(verifier, functionTask("f", [item]), code);
		expect(verdict.status, `${verdict.cause}: ${verdict.message}`).toBe(status);
	});
});

const MIXED = [
	program("public", "p1", "assert f(1) == 101"),
	program("public", "p2", "assert f(2) == 102"),
	program("hidden", "h1", "assert f(3) == 987654321"),
	program("hidden", "h2", "assert f(4) == 104"),
];
const passes = (...numbers: number[]): string =>
	`def f(x):\n    return {1: 101, 2: 102, 3: 987654321, 4: 104}[x] if x in ${JSON.stringify(numbers)} else 0\n`;

describe("public and hidden tests", () => {
	const statuses = async (code: string, gate: boolean): Promise<string[]> => {
		const verdict = await judge(verifier, functionTask("f", MIXED), code, { gate });
		return [verdict.status, ...verdict.tests.map((item) => item.status)];
	};

	test("all tests run when all pass, gated or not", async () => {
		for (const gate of [true, false])
			expect(await statuses(passes(1, 2, 3, 4), gate)).toEqual(["accepted", "passed", "passed", "passed", "passed"]);
	});
	test("gated, hidden tests are not run after a public one failed", async () => {
		expect(await statuses(passes(2, 3, 4), true)).toEqual(["wrong_answer", "failed", "passed", "not_run", "not_run"]);
	});
	test("without a gate they are run all the same", async () => {
		expect(await statuses(passes(2, 4), false)).toEqual(["wrong_answer", "failed", "passed", "failed", "passed"]);
	});
	test("a failed hidden test fails the candidate", async () => {
		expect(await statuses(passes(1, 2, 4), true)).toEqual(["wrong_answer", "passed", "passed", "failed", "passed"]);
	});
	test("the phases say what was skipped", async () => {
		const verdict = await judge(verifier, functionTask("f", MIXED), passes(), { gate: true });
		expect(verdict.phases.map(({ phase, result }) => `${phase} ${result}`)).toEqual([
			"extract passed",
			"compile passed",
			"load passed",
			"public_tests failed",
			"hidden_tests skipped",
		]);
		expect(verdict).toMatchObject({ phase: "public_tests", passed: 0, total: 4 });
	});
	test("a public test says what it got and expected; a hidden one says nothing", async () => {
		const verdict = await judge(verifier, functionTask("f", MIXED), passes(2, 4));
		expect(verdict.tests.map((item) => item.message)).toEqual(["got 0, expected 101", null, null, null]);
	});

	test.each([
		["a wrong value", "def f(x):\n    return 0\n"],
		["an exception", "def f(x):\n    raise ValueError(x)\n"],
		["an object", "def f(x):\n    return f\n"],
		["nothing to call", "f = 1\n"],
		["an early exit", "import os\n\ndef f(x):\n    os._exit(0)\n"],
		["a value whose text explodes", "def f(x):\n    return float('nan')\n"],
	])("a hidden expected value is in no field of the verdict of %s", async (_name, code) => {
		const tests = [
			...MIXED,
			call({ args: [5], returns: 987654321 }),
			program("hidden", "h3", "expected = 987654321\nassert f(6) == expected, expected"),
		];
		for (const task of [
			functionTask("f", tests),
			functionTask(
				"f",
				tests.filter((item) => item.visibility === "hidden"),
			),
		]) {
			const verdict = await judge(verifier, task, code);
			expect(verdict.status).not.toBe("accepted");
			expect(JSON.stringify(verdict)).not.toContain("987654321");
		}
	});
});

describe("tests that are at fault themselves", () => {
	test.each([
		["that does not compile", "assert f(1 ==", "bad_test"],
		["that raises before any call", "raise ValueError('broken')", "bad_test"],
		["that calls nothing", "assert True", "no_tests"],
	] as const)("a test %s is the judge's trouble, whatever the candidate", async (_name, source, cause) => {
		const verdict = await judge(verifier, functionTask("f", [source]), "def f(x):\n    return x\n");
		expect(verdict).toMatchObject({ status: "judge_error", cause });
	});
	test("a prompt that ends in a bare def line is a prelude all the same", async () => {
		const task = functionTask("f", ["assert f(1) == g(2)"], {
			testPrelude: "def g(x):\n    return x - 1\n\n\ndef f(x):\n",
		});
		expect((await judge(verifier, task, "def f(x):\n    return x\n")).status).toBe("accepted");
	});
	test("no tests at all is never a pass", async () => {
		const verdict = await judge(verifier, functionTask("f", []), "def f(x):\n    return x\n");
		expect(verdict).toMatchObject({ status: "judge_error", cause: "no_tests" });
	});
	test("a source over 256 KiB is refused before a compiler sees it", async () => {
		const code = `def f(x):\n    return x\n${"# filler\n".repeat(31_000)}`;
		const verdict = await judge(verifier, functionTask("f", ["assert f(1) == 1"]), code);
		expect(verdict).toMatchObject({ status: "compile_error", cause: "too_large" });
	});
	test("a completion without code is no_code", async () => {
		const task = functionTask("f", ["assert f(1) == 1"]);
		const candidate = programCandidate(task.id, 0, "static", null);
		const verdict = await verifier.verify(task, candidate, { gate: false, signal: new AbortController().signal });
		expect(verdict).toMatchObject({ status: "no_code", phase: "extract" });
	});
});
