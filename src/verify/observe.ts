import type { Behaviour } from "../domain/run.js";
import type { FunctionTask } from "../domain/task.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { encodeValue } from "../sandbox/encode-value.js";
import type { JudgePool } from "../sandbox/judge-pool.js";
import type { JudgeSuite } from "../sandbox/judge-protocol.js";

const INPUTS = 40;
/** Of CPU time, for all inputs together: what does not answer by then counts as no answer. */
const LIMIT_MS = 2000;

/**
 * What a program answers on inputs that are made of the task's text and its public tests; null where it answers no
 * calls from outside. It runs as it is judged, in a guest of its own.
 */
export async function observeBehaviour(
	pool: JudgePool,
	task: FunctionTask,
	code: string,
	signal: AbortSignal,
): Promise<Behaviour | null> {
	const suite = observingSuite(task);
	if (suite === null) return null;
	const limits = { ...task.limits, cpuTimeMs: Math.min(task.limits.cpuTimeMs, LIMIT_MS) };
	const report = await pool.judge({ code, entryPoint: task.entryPoint, suite, limits, gate: false }, signal);
	const message = report.kind === "judged" ? report.tester.tests[0]?.[4] : null;
	const answers = message ? message.split(" ") : [];
	return {
		suiteSha256: suite.key,
		inputs: answers.length,
		answered: answers.filter((answer) => answer.length > 1).length,
		sha256: sha256(answers.join(" ")),
	};
}

const suites = new WeakMap<FunctionTask, JudgeSuite | null>();

function observingSuite(task: FunctionTask): JudgeSuite | null {
	const known = suites.get(task);
	if (known !== undefined) return known;
	const suite = makeSuite(task);
	suites.set(task, suite);
	return suite;
}

function makeSuite({ id, prompt, entryPoint, tests, harness, language }: FunctionTask): JudgeSuite | null {
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
	};
	return { key: sha256(canonicalJson(test)), prelude: "", classy: false, inGuest: false, tests: [test] };
}
