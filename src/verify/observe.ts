import type { FunctionTask, Limits } from "../domain/task.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { encodeValue } from "../sandbox/encode-value.js";
import type { JudgePool } from "../sandbox/judge-pool.js";
import type { JudgeSuite } from "../sandbox/judge-protocol.js";
import type { Observation } from "./verifier.js";

const INPUTS = 40;
/** How inputs and examples are read off a task's text: what another reading was answered is not asked for again. */
const READING = 2;
/** Of CPU time, for all inputs together: what does not answer by then counts as no answer. */
const LIMIT_MS = 2000;

/** What a program answers on the inputs of a suite. It runs as it is judged, in a guest of its own. */
export async function observeProgram(
	pool: JudgePool,
	task: FunctionTask,
	code: string,
	suite: JudgeSuite,
	signal: AbortSignal,
): Promise<{ observation: Observation; isJudged: boolean }> {
	const { entryPoint } = task;
	const report = await pool.judge({ code, entryPoint, suite, limits: observingLimits(task), gate: false }, signal);
	const message = report.kind === "judged" ? report.tester.tests[0]?.[4] : null;
	const [answered = "", examples = "", held = ""] = message?.split("/") ?? [];
	const answers = answered === "" ? [] : answered.split(" ");
	const observation = {
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
	return { observation, isJudged: report.kind === "judged" };
}

export function observingLimits({ limits }: FunctionTask): Limits {
	return { ...limits, cpuTimeMs: Math.min(limits.cpuTimeMs, LIMIT_MS) };
}

const NONE: readonly string[] = [];

/** The last one of each task. */
const suites = new WeakMap<FunctionTask, { assertions: readonly string[]; suite: JudgeSuite | null }>();

/**
 * Calls on inputs that are made of the task's text and its public tests, and the assertions; null where its programs answer no
 * calls from outside.
 */
export function observingSuite(task: FunctionTask, assertions: readonly string[] = NONE): JudgeSuite | null {
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
	return {
		key: sha256(canonicalJson({ ...test, reading: READING })),
		prelude: "",
		classy: false,
		inGuest: false,
		tests: [test],
	};
}
