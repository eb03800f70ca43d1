import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

/** [what holds, the test, the candidate, its status]; the entry point is `f`. */
type Case = [sentence: string, test: string, code: string, status: Status];

const f = (body: string, parameters = "x"): string => `def f(${parameters}):\n    ${body.replaceAll("\n", "\n    ")}\n`;

function check(cases: readonly Case[]): void {
	test.each(cases)("%s", async (_sentence, source, code, status) => {
		const verdict = await judge(verifier, functionTask("f", [source]), code);
		expect(verdict.status, `${verdict.cause}: ${verdict.message}`).toBe(status);
	});
}

describe("arguments changed in place", () => {
	check([
		["a list that is sorted is seen sorted", "a = [3, 1]\nf(a)\nassert a == [1, 3]", f("x.sort()"), "accepted"],
		["a list that is not changed is seen so", "a = [3, 1]\nf(a)\nassert a == [3, 1]", f("sorted(x)"), "accepted"],
		[
			"a nested list changes inside",
			"a = [[1], [2]]\nf(a)\nassert a == [[1, 9], [2]]",
			f("x[0].append(9)"),
			"accepted",
		],
		[
			"another name for an inner list sees its change",
			"inner = [1]\na = [inner]\nf(a)\nassert inner == [1, 9]",
			f("x[0].append(9)"),
			"accepted",
		],
		[
			"a dict gains and loses keys",
			'a = {1: 2, 3: 4}\nf(a)\nassert a == {1: 5, "n": 6}',
			f('del x[3]\nx.update({1: 5, "n": 6})'),
			"accepted",
		],
		["a dict keeps the order of its keys", "a = {}\nf(a)\nassert list(a) == [2, 1]", f("x[2] = x[1] = 0"), "accepted"],
		["a set changes", "a = {1, 2}\nf(a)\nassert a == {2, 3}", f("x.add(3)\nx.discard(1)"), "accepted"],
		["a bytearray changes", 'a = bytearray(b"ab")\nf(a)\nassert a == bytearray(b"xb")', f("x[0] = 120"), "accepted"],
		["an argument that is emptied is seen empty", "a = [1]\nf(a)\nassert a == []", f("x.clear()"), "accepted"],
		["a rebound parameter changes nothing", "a = [1]\nf(a)\nassert a == [1]", f("x = []"), "accepted"],
		[
			"a change that is not wanted is found",
			"a = [2, 1]\nassert f(a) == [1, 2]\nassert a == [2, 1]",
			f("x.sort()\nreturn x"),
			"wrong_answer",
		],
		["a keyword argument changes too", "a = []\nf(x=a)\nassert a == [1]", f("x.append(1)"), "accepted"],
		[
			"the same list passed twice is one list",
			"a = [1]\nassert f(a, a) == 2",
			f("x.append(2)\nreturn len(y)", "x, y"),
			"accepted",
		],
		[
			"a change before an exception is seen",
			"a = [1]\ntry:\n    f(a)\nexcept ValueError:\n    pass\nassert a == [1, 2]",
			f("x.append(2)\nraise ValueError"),
			"accepted",
		],
	]);
});

describe("functions as arguments", () => {
	check([
		["a lambda is called with data", "assert f(lambda n: n + 1) == 6", f("return x(5)"), "accepted"],
		["a builtin is passed as itself", "assert f(len) == 3", f('return x("abc")'), "accepted"],
		["a type is passed as itself", 'assert f(int) == 7 and f(str) == "7"', f('return x("7")'), "accepted"],
		["a key function sorts", "assert f(lambda n: -n) == [3, 2, 1]", f("return sorted([1, 3, 2], key=x)"), "accepted"],
		[
			"keyword arguments reach the function",
			"assert f(lambda a, *, b=0: a - b) == 1",
			f("return x(3, b=2)"),
			"accepted",
		],
		[
			"the function may call the candidate again",
			"assert f(lambda n: n if n > 3 else f(lambda m: n + m)) == 2",
			f("return x(1)"),
			"accepted",
		],
		[
			"its exception can be caught by the candidate",
			"def bad(n):\n    raise ValueError(n)\nassert f(bad) == 'caught'",
			f("try:\n    x(1)\nexcept ValueError:\n    return 'caught'"),
			"accepted",
		],
		[
			"an exception of the test's own class passes through",
			"class Odd(Exception):\n    pass\ndef bad(n):\n    raise Odd(n)\ntry:\n    f(bad)\n    assert False\nexcept Odd as error:\n    assert error.args == (1,)",
			f("x(1)"),
			"accepted",
		],
		[
			"an assertion that fails in the function is the test's",
			"def strict(n):\n    assert n == 2\nf(strict)",
			f("x(1)"),
			"wrong_answer",
		],
		["a function that comes back is the same function", "g = lambda n: n\nassert f(g) is g", f("return x"), "accepted"],
		[
			"an object of the test's class is read and written",
			"class Node:\n    def __init__(self, v):\n        self.v = v\nn = Node(4)\nassert f(n) == 4 and n.v == 5",
			f("old = x.v\nx.v += 1\nreturn old"),
			"accepted",
		],
		[
			"a method of the test's class cannot be replaced",
			"class Box:\n    def verify(self):\n        assert False\nb = Box()\nf(b)\nb.verify()",
			f("x.verify = lambda: None"),
			"runtime_error",
		],
	]);
});

describe("iterators and generators as arguments", () => {
	check([
		[
			"an iterator is read once",
			"it = iter([1, 2])\nassert f(it) == [1, 2]\nassert list(it) == []",
			f("return list(x) + list(x)"),
			"accepted",
		],
		[
			"an iterator has no length",
			"assert f(iter([1])) == 'none'",
			f("try:\n    return len(x)\nexcept TypeError:\n    return 'none'"),
			"accepted",
		],
		[
			"an error about an iterator names it as Python would",
			"assert f(iter([1])) == \"object of type 'iterator' has no len()\"",
			f("try:\n    return len(x)\nexcept TypeError as error:\n    return str(error)"),
			"accepted",
		],
		[
			"no more is taken than the candidate takes",
			"it = iter([1, 2, 3])\nassert f(it) == 1\nassert list(it) == [2, 3]",
			f("return next(x)"),
			"accepted",
		],
		[
			"an endless iterator can be read in part",
			"import itertools\nassert f(itertools.count(5)) == [5, 6]",
			f("return [next(x), next(x)]"),
			"accepted",
		],
		["a long iterator arrives whole", "assert f(iter(range(5000))) == 12497500", f("return sum(x)"), "accepted"],
		[
			"an exception of the iterator passes through",
			"def bad():\n    yield 1\n    raise KeyError('k')\ntry:\n    f(bad())\n    assert False\nexcept KeyError:\n    pass",
			f("return list(x)"),
			"accepted",
		],
	]);
});

const PRIMES =
	"def f(x):\n    n = 2\n    while True:\n        if all(n % d for d in range(2, n)):\n            yield n\n        n += 1\n";

describe("generators and functions as results", () => {
	check([
		[
			"a generator is an iterator",
			"assert next(f(3)) == 0 and list(f(3)) == [0, 1, 2]",
			f("yield from range(x)"),
			"accepted",
		],
		[
			"an endless generator can be read in part",
			"from itertools import islice\nassert list(islice(f(0), 5)) == [2, 3, 5, 7, 11]",
			PRIMES,
			"accepted",
		],
		[
			"no further item is computed than is asked for",
			"from itertools import islice\nassert list(islice(f(0), 2)) == [1, 2]",
			f("yield 1\nyield 2\nwhile True:\n    pass"),
			"accepted",
		],
		["a long generator arrives whole", "assert sum(f(5000)) == 12497500", f("yield from range(x)"), "accepted"],
		[
			"an exception after some items comes after them",
			"it = f(0)\nassert next(it) == 1\ntry:\n    next(it)\n    assert False\nexcept ValueError:\n    pass",
			f("yield 1\nraise ValueError"),
			"accepted",
		],
		["a generator is no list", "assert f(2) == [0, 1]", f("yield from range(x)"), "wrong_answer"],
		[
			"a map object is read like an iterator",
			"assert list(f([1, 2])) == [2, 4]",
			f("return map(lambda n: 2 * n, x)"),
			"accepted",
		],
		[
			"a closure can be called",
			"add = f(3)\nassert add(4) == 7 and f(1)(1) == 2",
			f("return lambda n: n + x"),
			"accepted",
		],
		[
			"a closure keeps its state",
			"count = f(0)\nassert [count(), count()] == [1, 2]",
			f("def up():\n    nonlocal x\n    x += 1\n    return x\nreturn up"),
			"accepted",
		],
		["a returned object has its attributes", "assert f(1).real == 1 and f(1j).imag == 1", f("return x"), "accepted"],
		[
			"an object that says it equals everything does not",
			"assert f(1) == 1",
			`class E:\n    def __eq__(self, other):\n        return True\n${f("return E()")}`,
			"wrong_answer",
		],
		[
			"an object counts as true or false by its own word",
			"assert not f(0)",
			`class E:\n    def __bool__(self):\n        return False\n${f("return E()")}`,
			"accepted",
		],
		["the views of a dict can be read", "assert sorted(f({1: 2})) == [(1, 2)]", f("return x.items()"), "accepted"],
		[
			"a builtin that runs code stays in the candidate's process",
			"assert f('run')(f('text')) == 5",
			f("return eval if x == 'run' else \"__import__('os').fstat(103) and 5\""),
			"runtime_error",
		],
	]);
});

const CUSTOM =
	"class Low(ValueError):\n    def __init__(self, need):\n        super().__init__(f'need {need}')\n        self.need = need\nclass Lower(Low):\n    pass\n";

describe("exceptions that a test expects", () => {
	const expecting = (name: string, more = "pass"): string =>
		`try:\n    f(1)\n    assert False, "nothing raised"\nexcept ${name} as error:\n    ${more}`;
	check([
		["a builtin one is caught", expecting("ValueError"), f("raise ValueError"), "accepted"],
		["a more general one catches it", expecting("LookupError"), f("raise KeyError('x')"), "accepted"],
		["another one does not", expecting("KeyError"), f("raise ValueError"), "runtime_error"],
		[
			"a subclass of a builtin is caught as the builtin",
			expecting("ValueError"),
			`${CUSTOM}${f("raise Low(3)")}`,
			"accepted",
		],
		[
			"its message is there",
			expecting("ValueError", "assert str(error) == 'need 3'"),
			`${CUSTOM}${f("raise Low(3)")}`,
			"accepted",
		],
		[
			"its arguments are there",
			expecting("KeyError", "assert error.args == ('k', 2)"),
			f("raise KeyError('k', 2)"),
			"accepted",
		],
		[
			"the candidate's own class is caught by its name",
			expecting("Low", "assert error.need == 3"),
			`${CUSTOM}${f("raise Low(3)")}`,
			"accepted",
		],
		["a subclass of it too", expecting("Low"), `${CUSTOM}${f("raise Lower(3)")}`, "accepted"],
		["but not the other way round", expecting("Lower"), `${CUSTOM}${f("raise Low(3)")}`, "runtime_error"],
		["nothing raised is a wrong answer", expecting("ValueError"), f("return 1"), "wrong_answer"],
		[
			"StopIteration is caught where the test speaks of it",
			expecting("StopIteration"),
			f("raise StopIteration"),
			"accepted",
		],
		[
			"StopIteration ends no loop of the test",
			"assert all(map(lambda n: f(n) == n, [1, 2]))",
			f("raise StopIteration"),
			"runtime_error",
		],
		["SystemExit is never expected", expecting("SystemExit"), f("raise SystemExit"), "runtime_error"],
		[
			"an AssertionError of the candidate is its own failure",
			"assert f(1) == 1",
			f("assert x == 2\nreturn x"),
			"runtime_error",
		],
		["also where the test expects an assertion", expecting("AssertionError"), f("assert x == 2"), "runtime_error"],
	]);
});
