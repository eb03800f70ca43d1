import type { FunctionTask } from "../domain/task.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { encodeValue } from "../sandbox/encode-value.js";
import type { JudgePool } from "../sandbox/judge-pool.js";
import type { JudgeSuite } from "../sandbox/judge-protocol.js";
import type { Observation, ObserveOptions } from "./verifier.js";

const INPUTS = 40;
/** Of CPU time, for all inputs together: what does not answer by then counts as no answer. */
const LIMIT_MS = 2000;
const NONE: readonly string[] = [];

/**
 * What a program answers on inputs that are made of the task's text and its public tests; null where it answers no
 * calls from outside. It runs as it is judged, in a guest of its own.
 */
export async function observeProgram(
	pool: JudgePool,
	task: FunctionTask,
	code: string,
	{ assertions = NONE, signal }: ObserveOptions,
): Promise<Observation | null> {
	const suite = observingSuite(task, assertions);
	if (suite === null) return null;
	const limits = { ...task.limits, cpuTimeMs: Math.min(task.limits.cpuTimeMs, LIMIT_MS) };
	const report = await pool.judge({ code, entryPoint: task.entryPoint, suite, limits, gate: false }, signal);
	const message = report.kind === "judged" ? report.tester.tests[0]?.[4] : null;
	const [answered = "", examples = "", held = ""] = message?.split("/") ?? [];
	const answers = answered === "" ? [] : answered.split(" ");
	return {
		behaviour: {
			suiteSha256: suite.key,
			inputs: answers.length,
			answered: answers.filter((answer) => answer.length > 1).length,
			sha256: sha256(answers.join(" ")),
			examples: examples === "" ? null : { passed: examples.replaceAll("0", "").length, total: examples.length },
		},
		answers,
		holds: [...held].map((bit) => bit === "1"),
	};
}

/** The last one of each task. */
const suites = new WeakMap<FunctionTask, { assertions: readonly string[]; suite: JudgeSuite | null }>();

function observingSuite(task: FunctionTask, assertions: readonly string[]): JudgeSuite | null {
	const known = suites.get(task);
	if (known?.assertions === assertions) return known.suite;
	const suite = makeSuite(task, assertions);
	suites.set(task, { assertions, suite });
	return suite;
}

function makeSuite(
	{ id, prompt, entryPoint, tests, harness, language }: FunctionTask,
	assertions: readonly string[],
): JudgeSuite | null {
	if (harness === "in_guest" || language !== "python" || !/^\w+$/.test(entryPoint)) return null;
	const shown = tests.filter(({ visibility }) => visibility === "public");
	const test = {
		id: "observe",
		visibility: "public" as const,
		kind: "observe" as const,
		prompt,
		sources: shown.flatMap((of) => (of.kind === "program" ? [{ code: of.code, check: of.check ?? null }] : [])),
		calls: shown.flatMap((of) => (of.kind === "call" && of.kwargs === undefined ? [of.args.map(encodeValue)] : [])),
		seed: id,
		count: INPUTS,
		assertions,
	};
	return { key: sha256(canonicalJson(test)), prelude: "", classy: false, inGuest: false, tests: [test] };
}
