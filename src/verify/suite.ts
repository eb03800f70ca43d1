import type { FunctionTask, TestCase } from "../domain/task.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { encodeValue } from "../sandbox/encode-value.js";
import type { JudgeSuite, JudgeTest } from "../sandbox/judge-protocol.js";

/** What the judge's tester needs of a task, made once per task. `key` is a hash of all that can change a verdict. */
export function suiteOf(task: FunctionTask): JudgeSuite {
	const known = suites.get(task);
	if (known) return known;
	const tests = task.tests.map((test) => judgeTest(test, task));
	const classy = new RegExp(`^class\\s+${task.entryPoint.replace(/\W/g, "")}\\b`, "m").test(
		[task.starterCode, task.reference ?? ""].join("\n"),
	);
	const inGuest = task.harness === "in_guest";
	const content = { entryPoint: task.entryPoint, prelude: task.testPrelude, classy, inGuest, tests };
	const suite: JudgeSuite = { key: sha256(canonicalJson(content)), prelude: task.testPrelude, classy, inGuest, tests };
	suites.set(task, suite);
	return suite;
}

const suites = new WeakMap<FunctionTask, JudgeSuite>();

function judgeTest(test: TestCase, task: FunctionTask): JudgeTest {
	const common = { id: test.id, visibility: test.visibility };
	if (test.kind === "program") return { ...common, kind: "program", code: test.code, check: test.check ?? null };
	if (test.kind === "call") {
		return {
			...common,
			kind: "call",
			args: test.args.map(encodeValue),
			kwargs: Object.fromEntries(Object.entries(test.kwargs ?? {}).map(([name, value]) => [name, encodeValue(value)])),
			hasReturns: test.returns !== undefined,
			returns: test.returns === undefined ? null : encodeValue(test.returns),
			raises: test.raises ?? null,
			argsAfter: test.argsAfter?.map(encodeValue) ?? null,
			rel: test.relativeTolerance ?? 0,
			abs: test.absoluteTolerance ?? 0,
		};
	}
	// Such a test fails to compile in the tester, which makes it the judge's trouble and nobody's wrong answer.
	return {
		...common,
		kind: "program",
		code: `a ${test.kind} test does not fit the function task ${task.id}`,
		check: null,
	};
}
