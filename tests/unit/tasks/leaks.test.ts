import { expect, test } from "vitest";
import { casesOf, findLeaks } from "../../../src/tasks/leaks.js";
import { openTasks } from "../../../src/tasks/open-tasks.js";
import { ADD, collect, fileWith, jsonLines } from "./files.js";

async function leaksOf(changes: Record<string, unknown>) {
	const [task] = await collect(openTasks(fileWith("t.jsonl", jsonLines({ ...ADD, ...changes }))));
	if (task?.kind !== "function") throw new Error("expected a function task");
	return findLeaks(task).map(({ testId, where, what }) => `${testId} ${where} ${what}`);
}

test.each([
	["the prompt", { prompt: "Add. For example assert  add(-1,1)==0" }, ["hidden-1 prompt test"]],
	["the starter code", { starterCode: "# assert add(0, 0) == 0\n" }, ["hidden-2 starterCode test"]],
	[
		"a public test",
		{ tests: { public: ["assert add(0,0)==0"], hidden: ["assert add(0, 0) == 0"] } },
		["hidden-1 public_tests test"],
	],
	["a doctest", { prompt: "Add.\n>>> add(-1, 1)\n0\n" }, ["hidden-1 prompt case"]],
	["prose", { prompt: "Add: add(-1, 1) returns 0." }, ["hidden-1 prompt case"]],
	[
		"other quotes",
		{ prompt: "add('a', 'b') => 'ab'", tests: { hidden: ['assert add("a", "b") == "ab"'] } },
		["hidden-1 prompt case"],
	],
	[
		"the data of a call test",
		{
			prompt: "add((1,), None) == True",
			tests: { hidden: [{ kind: "call", args: [{ $tuple: [1] }, null], returns: true }] },
		},
		["hidden-1 prompt case"],
	],
	[
		"a check function",
		{
			prompt: "add(1, 2) -> 3",
			tests: {
				hidden: [{ kind: "program", code: "def check(candidate):\n    assert candidate(1, 2) == 3\n", check: "check" }],
			},
		},
		["hidden-1 prompt case"],
	],
])("a hidden test in %s is a leak", async (_name, changes, leaks) => {
	expect(await leaksOf(changes)).toEqual(leaks);
});

test.each([
	["the public tests of an ordinary task", {}],
	["a longer number", { prompt: "add(-1, 1) == 05 and add(0, 0) == 0.5" }],
	["the same call with another result", { prompt: "add(-1, 1) == 7" }],
	["a function whose name ends the same", { prompt: "myadd(-1, 1) == 0" }],
])("%s leak nothing", async (_name, changes) => {
	expect(await leaksOf(changes)).toEqual([]);
});

test("the cases of a test are its assertions of equality, over several lines too", () => {
	const text =
		'assert f([1,\n  2], "a == b") == {\n  "x": 1\n}, "message"\nassert abs(f(1) - 2) < 1e-6\nassert (f(3) == 4)\n';
	expect(casesOf(text, "f")).toEqual([{ call: 'f([1,2],"a==b")', expected: '{"x":1}' }]);
});
