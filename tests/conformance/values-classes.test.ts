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

type Case = [sentence: string, test: string, status: Status];

const STACK = `
class Empty(Exception):
    pass

class Stack:
    limit = 3
    Full = OverflowError

    def __init__(self, items=()):
        self.items = list(items)

    @classmethod
    def of(cls, *items):
        return cls(items)

    @staticmethod
    def name():
        return "stack"

    @property
    def top(self):
        if not self.items:
            raise Empty("no top")
        return self.items[-1]

    @top.setter
    def top(self, value):
        self.items[-1] = value

    def push(self, item):
        if len(self.items) >= self.limit:
            raise Stack.Full(item)
        self.items.append(item)
        return self

    def each(self):
        yield from self.items

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items)

    def __contains__(self, item):
        return item in self.items

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, item):
        self.items[index] = item

    def __delitem__(self, index):
        del self.items[index]

    def __eq__(self, other):
        return isinstance(other, Stack) and self.items == other.items

    def __lt__(self, other):
        return self.items < other.items

    def __hash__(self):
        return len(self.items)

    def __repr__(self):
        return f"Stack({self.items})"

    def __str__(self):
        return "|".join(map(str, self.items))

    def __format__(self, form):
        return form + str(self)

    def __bool__(self):
        return bool(self.items)

    def __call__(self, n):
        return self.items[:n]

    def __enter__(self):
        self.push("in")
        return self

    def __exit__(self, kind, error, trace):
        self.push("out")

    def __add__(self, other):
        return Stack(self.items + list(other))

    def __radd__(self, other):
        return Stack([other, *self.items])

    def __iadd__(self, item):
        return self.push(item)

    def __mul__(self, n):
        return Stack(self.items * n)

    __rmul__ = __mul__

    def __neg__(self):
        return Stack(self.items[::-1])
`;

describe("a class as entry point", () => {
	const cases: Case[] = [
		["methods return data", "s = Stack()\ns.push(1).push(2)\nassert len(s) == 2 and s.each is not None", "accepted"],
		[
			"attributes are read and written",
			"s = Stack([1])\ns.items = [7]\nassert s.items == [7] and s.top == 7",
			"accepted",
		],
		[
			"properties have getters and setters",
			"s = Stack([1, 2])\ns.top = 5\nassert s.top == 5 and s.items == [1, 5]",
			"accepted",
		],
		[
			"class methods and attributes of the class work",
			"assert Stack.of(1, 2).items == [1, 2] and Stack.limit == 3 and Stack.name() == 'stack'",
			"accepted",
		],
		["isinstance knows its instances", "assert isinstance(Stack(), Stack) and not isinstance([], Stack)", "accepted"],
		[
			"instances are equal by their own rule",
			"assert Stack([1]) == Stack([1]) and Stack([1]) != Stack([2])",
			"accepted",
		],
		["an instance never equals plain data", "assert Stack([1]) == [1]", "wrong_answer"],
		[
			"instances compare and sort",
			"assert Stack([1]) < Stack([2])\nassert [s.top for s in sorted([Stack([2]), Stack([1])])] == [1, 2]",
			"accepted",
		],
		["instances are keys of a dict", "d = {Stack([1]): 'a'}\nassert d[Stack([1])] == 'a'", "accepted"],
		[
			"str, repr and format are theirs",
			"s = Stack([1, 2])\nassert str(s) == '1|2' and repr(s) == 'Stack([1, 2])' and f'{s:>}' == '>1|2'",
			"accepted",
		],
		[
			"they can be iterated and unpacked",
			"a, b = Stack([1, 2])\nassert [a, b] == list(Stack([1, 2])) == [1, 2]",
			"accepted",
		],
		[
			"membership, length and truth are theirs",
			"assert 1 in Stack([1]) and 2 not in Stack([1]) and not Stack() and len(Stack([0])) == 1",
			"accepted",
		],
		[
			"items are read, set, deleted and sliced",
			"s = Stack([1, 2, 3])\ns[0] = 9\ndel s[1]\nassert s[0] == 9 and s[-1] == 3 and s[:1] == [9]",
			"accepted",
		],
		["an instance can be called", "assert Stack([1, 2, 3])(2) == [1, 2]", "accepted"],
		[
			"a context manager is entered and left",
			"s = Stack()\nwith s as inner:\n    assert inner is s and s.items == ['in']\nassert s.items == ['in', 'out']",
			"accepted",
		],
		[
			"operators work from both sides and in place",
			"s = Stack([1])\nassert (s + [2]).items == [1, 2] and (0 + s).items == [0, 1]\nassert (2 * s).items == (s * 2).items == [1, 1] and (-Stack([1, 2])).items == [2, 1]\nt = s\ns += 5\nassert s is t and t.items == [1, 5]",
			"accepted",
		],
		["sum() adds instances", "assert sum([Stack([1]), Stack([2])]).items == [0, 1, 2]", "accepted"],
		[
			"its methods take its instances",
			"s = Stack([1])\ns.push(Stack([2]))\nassert s.items[1].items == [2]",
			"accepted",
		],
		[
			"a method that yields is read lazily",
			"it = Stack([1, 2]).each()\nassert next(it) == 1 and list(it) == [2]",
			"accepted",
		],
		[
			"an exception class of its own is caught",
			"try:\n    Stack().top\n    assert False\nexcept Empty as error:\n    assert str(error) == 'no top'",
			"accepted",
		],
		[
			"an exception class among its attributes is caught",
			"s = Stack([1, 2, 3])\ntry:\n    s.push(4)\n    assert False\nexcept Stack.Full as error:\n    assert error.args == (4,)",
			"accepted",
		],
		[
			"a missing attribute is an AttributeError",
			"try:\n    Stack().pop\n    assert False\nexcept AttributeError:\n    pass\nassert hasattr(Stack(), 'push') and not hasattr(Stack(), 'pop')",
			"accepted",
		],
		["a wrong value is a wrong answer", "assert Stack([1]).top == 2", "wrong_answer"],
		["an exception that is not expected is a runtime error", "assert Stack().top == 2", "runtime_error"],
		["the text of a failed assertion may be the candidate's", "s = Stack([1])\nassert s.top == 2, s", "wrong_answer"],
	];
	test.each(cases)("%s", async (_sentence, source, status) => {
		const task = functionTask("Stack", [source], { starterCode: "class Stack:\n    ...\n" });
		const verdict = await judge(verifier, task, STACK);
		expect(verdict.status, `${verdict.cause}: ${verdict.message}`).toBe(status);
	});

	test.each([
		["__str__", "str(s)"],
		["__repr__", "{}[s]"],
		["__len__", "len(s)"],
		["__hash__", "{s}"],
	])("a %s of the wrong type is the candidate's failure, never the judge's", async (name, use) => {
		const code = `class Odd:\n    def ${name}(self):\n        return []\n`;
		const visible = { kind: "program", id: "public", visibility: "public" } as const;
		for (const source of [
			`s = Odd()\nassert ${use} == 1`,
			"s = Odd()\nassert s is None, s",
			"s = Odd()\nraise KeyError(s)",
		]) {
			const task = functionTask("Odd", [{ ...visible, code: source }], { starterCode: "class Odd:\n    ...\n" });
			const verdict = await judge(verifier, task, code);
			expect(["wrong_answer", "runtime_error"], `${source}: ${verdict.message}`).toContain(verdict.status);
		}
	});
});

describe("names of the candidate beside its entry point", () => {
	const code =
		"LIMIT = 4\n\nclass Point:\n    def __init__(self, x):\n        self.x = x\n\n\ndef helper(n):\n    return n * 2\n\n\ndef f(p):\n    return p.x if isinstance(p, Point) else helper(p)\n";
	const cases: Case[] = [
		["a class of the candidate makes arguments", "assert f(Point(3)) == 3", "accepted"],
		["a helper and a constant are used", "assert f(2) == helper(2) == LIMIT", "accepted"],
		[
			"calls of both in one test stay in order",
			"assert f(1) == 2\nassert helper(3) == 6\nassert f(2) == 4\nassert f(5) == helper(5)",
			"accepted",
		],
		["a name that it does not define is its runtime error", "assert f(other(1)) == 2", "runtime_error"],
	];
	test.each(cases)("%s", async (_sentence, source, status) => {
		const verdict = await judge(verifier, functionTask("f", [source]), code);
		expect(verdict.status, `${verdict.cause}: ${verdict.message}`).toBe(status);
	});
});
