import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestCase } from "../../src/domain/task.js";
import type { Verifier } from "../../src/verify/verifier.js";
import { functionTask, judge, openJudge } from "./judging.js";

let verifier: Verifier;
beforeAll(async () => {
	verifier = await openJudge({});
});
afterAll(async () => {
	await verifier.close();
});

/** Assertions whose calls can be sent ahead, and the same where they cannot: behind a condition. */
function bothWays(asserts: readonly string[]): [ahead: string, oneByOne: string] {
	return [asserts.join("\n"), `if True:\n${asserts.map((line) => `    ${line}`).join("\n")}`];
}

const TESTS: Record<string, readonly string[]> = {
	"plain calls": ["assert f(1) == 2", "assert f(2) == 4", "assert f(-3) == -6", "assert f(0) == 0"],
	"two calls in one assertion": ["assert f(1) + f(2) == 6", "assert f(f(0) or 2) == 4", "assert f(3) == 6"],
	"values that are used further": ["assert str(f(1)) == '2'", "assert abs(f(-2)) == 4", "assert f(5) in (10, 11)"],
	"lists as arguments": ["assert f([1]) == [1, 1]", "assert f([]) == []", "assert len(f([2, 3])) == 4"],
	"attributes of results": ["assert f(1).real == 2", "assert f(2).imag == 0", "assert f(3) == 6"],
};

const CANDIDATES: Record<string, string> = {
	right: "def f(x):\n    return 2 * x\n",
	"right and mutating": "def f(x):\n    y = 2 * x\n    if isinstance(x, list):\n        x.append(9)\n    return y\n",
	"wrong at the third call": "n = 0\ndef f(x):\n    global n\n    n += 1\n    return 2 * x if n < 3 else None\n",
	"raises at the second call":
		"n = 0\ndef f(x):\n    global n\n    n += 1\n    if n == 2:\n        raise ValueError(x)\n    return 2 * x\n",
	"exits at the second call":
		"import os\nn = 0\ndef f(x):\n    global n\n    n += 1\n    if n == 2:\n        os._exit(0)\n    return 2 * x\n",
	"returns an object":
		"class A:\n    imag = 0\n    def __init__(self, x):\n        self.real = 2 * x\ndef f(x):\n    return A(x)\n",
	"returns a generator": "def f(x):\n    yield x\n",
	"returns itself": "def f(x):\n    return f\n",
	"counts its calls": "n = 0\ndef f(x):\n    global n\n    n += 1\n    return n\n",
	"prints at each call": "def f(x):\n    print(x)\n    return 2 * x\n",
	"stops on StopIteration": "def f(x):\n    raise StopIteration\n",
	"too deep a value": "def f(x):\n    y = []\n    for _ in range(300):\n        y = [y]\n    return y\n",
	"a bad value first": "def f(x):\n    return object() if x == 1 else 2 * x\n",
};

describe.each(Object.entries(TESTS))("%s sent ahead", (_name, asserts) => {
	test.each(Object.entries(CANDIDATES))("give the same verdict as one by one: %s", async (_candidate, code) => {
		const [ahead, oneByOne] = bothWays(asserts);
		const verdicts = [];
		for (const source of [ahead, oneByOne]) {
			const { status, cause, tests, message, line } = await judge(verifier, functionTask("f", [source]), code);
			verdicts.push({ status, cause, message, line, asserts: tests.map((item) => item.assertsReached) });
		}
		expect(verdicts[0]?.status).not.toBe("judge_error");
		expect(verdicts[0]).toEqual(verdicts[1]);
	});
});

test.each(Object.entries(CANDIDATES))(
	"tests of one call each give the same verdicts together: %s",
	async (_name, code) => {
		const sources = ["assert f(1) == 2", "assert f(2) == 4", "assert f(3) == 6", "assert f(4) == 8"];
		const rows = (wrap: (source: string) => string): TestCase[] =>
			sources.map((source, index) => ({
				kind: "program",
				id: `t${index}`,
				visibility: index < 2 ? "public" : "hidden",
				code: wrap(source),
			}));
		const both = [];
		for (const wrap of [(source: string) => source, (source: string) => `if True:\n    ${source}`]) {
			const { status, cause, tests } = await judge(verifier, functionTask("f", rows(wrap)), code);
			both.push({ status, cause, tests: tests.map((item) => item.status) });
		}
		expect(both[0]?.status).not.toBe("judge_error");
		expect(both[0]).toEqual(both[1]);
	},
);

const CHECKS: Record<string, [source: string, prelude: string]> = {
	"a call before the check": [
		"assert f(7) == 14\ndef check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2) == 4",
		"",
	],
	"a call inside a helper of the test": [
		"def twice(n):\n    return f(f(n))\ndef check(candidate):\n    assert candidate(1) == 2\n    assert twice(1) == 4\n    assert candidate(2) == 4",
		"",
	],
	"a call inside a helper of the prelude": [
		"def check(candidate):\n    assert candidate(1) == 2\n    assert twice(1) == 4\n    assert candidate(2) == 4",
		"def twice(n):\n    return f(f(n))\n",
	],
	"a check that is called by the test itself": [
		"def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(2) == 4\ncheck(f)",
		"",
	],
	"a rebound name": [
		"def check(candidate):\n    assert candidate(1) == 2\n    candidate = f\n    assert candidate(2) == 4",
		"",
	],
	"a default of the check": [
		"def check(candidate=f(3)):\n    assert candidate(1) == 2\n    assert candidate(2) == 4",
		"",
	],
	"a message that calls": [
		"def check(candidate):\n    assert candidate(1) == 2, candidate(9)\n    assert candidate(2) == 4",
		"",
	],
	"a walrus": ["def check(candidate):\n    assert (y := candidate(1)) == 2\n    assert candidate(2) == y * 2", ""],
	"short circuits": [
		"def check(candidate):\n    assert candidate(1) == 2 or candidate(5)\n    assert candidate(2) == 4",
		"",
	],
};

test.each(Object.entries(CHECKS))(
	"calls that the source hides are no trouble of the judge: %s",
	async (_name, [code, testPrelude]) => {
		const item = { kind: "program", id: "h", visibility: "hidden", code, check: "check" } as const;
		for (const [candidate, status] of [
			["def f(x):\n    return 2 * x\n", "accepted"],
			["def f(x):\n    return 2 * x + 1\n", "wrong_answer"],
		] as const) {
			const verdict = await judge(verifier, functionTask("f", [item], { testPrelude }), candidate);
			expect(verdict.status, `${verdict.cause}: ${verdict.message}`).toBe(status);
		}
	},
);
