import { outlineOf, type StepAddress, type StepRecord, type TraceStep } from "../../src/domain/trace.js";
import type { Status } from "../../src/domain/verdict.js";
import { START } from "./fake-run.js";

const CODE = [
	'def two_sum(numbers, target):\n    """Indices of two numbers."""\n    return []\n',
	"def two_sum(numbers, target):\n    seen = {}\n    for i, number in enumerate(numbers):\n        seen[number] = i\n    return [0, 1]\n",
	"def two_sum(numbers, target):\n    for i, number in enumerate(numbers):\n        for j in range(i + 1, len(numbers)):\n            if number + numbers[j] == target:\n                return [i, j]\n",
];

interface Round {
	/** Index into CODE. */
	code: number;
	/** Step of the program that it revises. */
	parent: number | null;
	/** For each public test whether it passes. */
	passes: readonly boolean[];
}

/** Steps of one loop, a second apart: each round a program and its tests, then what is handed in and its verdicts. */
function loopSteps(runId: string, taskId: string, sampleIndex: number, rounds: readonly Round[]): TraceStep[] {
	const steps: TraceStep[] = [];
	const common = (parent: number | null) => ({
		schema: "assay.step.v1" as const,
		runId,
		taskId,
		sampleIndex,
		step: steps.length,
		parent,
		at: new Date(START + steps.length * 1000).toISOString(),
		wallTimeMs: 850,
	});
	let best = 0;
	let ended: "passed" | "revisions" = "revisions";
	for (const { code, parent, passes } of rounds) {
		const made = common(parent);
		steps.push({
			...made,
			kind: "generation",
			purpose: parent === null ? "propose" : "revise",
			prompt: [
				{ role: "system", content: "You write Python." },
				{ role: "user", content: `Write two_sum.${parent === null ? "" : "\n\nTest public-2 fails:\n\x1b[2Jgot []"}` },
			],
			template: parent === null ? "direct.v1" : "self-debug.v1",
			model: "tiny",
			completion: `Here it is:\n\n\`\`\`python\n${CODE[code]}\`\`\`\n\x1b]0;owned\x07`,
			code: CODE[code] ?? "",
			problem: null,
			failure: null,
			usage: { promptTokens: 160 + 80 * steps.length, completionTokens: 60, estimated: false },
			finishReason: "stop",
			logprob: -12.5,
		});
		const passed = passes.filter(Boolean).length;
		const right = passed === passes.length;
		best = made.step;
		ended = right ? "passed" : "revisions";
		steps.push({
			...common(made.step),
			kind: "tests",
			of: made.step,
			status: right ? "accepted" : "wrong_answer",
			passed,
			total: passes.length,
			tests: passes.map((passes, i) => ({
				id: `public-${i + 1}`,
				status: passes ? "passed" : "failed",
				message: passes ? null : `two_sum([3, 3], 6) returned [], wanted [0, ${i}]\x1b[31m`,
				line: null,
			})),
			output: { bytes: 6, head: "hello\n", tail: "" },
			message: right ? null : "AssertionError",
			feedback: right ? null : "Test public-2 fails:\nassert two_sum([3, 3], 6) == [0, 1]\ngot []",
		});
	}
	const status: Status = ended === "passed" ? "accepted" : "wrong_answer";
	steps.push({ ...common(best), kind: "submit", of: best, reason: ended });
	const verdict = { kind: "verdict" as const, claimed: false, total: 13 };
	steps.push({
		...common(steps.length - 1),
		...verdict,
		of: 0,
		which: "first",
		status: "wrong_answer",
		passed: 4,
		reward: null,
	});
	const passed = status === "accepted" ? 13 : 7;
	const reward = status === "accepted" ? 1 : 0;
	steps.push({ ...common(steps.length - 1), ...verdict, of: best, which: "final", status, passed, reward });
	return steps;
}

/** Three tries: one is mended, one branches and gets worse before it is mended, one is given up. */
export function fakeSteps(runId: string): TraceStep[] {
	return [
		...loopSteps(runId, "two_sum", 0, [
			{ code: 0, parent: null, passes: [true, false] },
			{ code: 2, parent: 0, passes: [true, true] },
		]),
		...loopSteps(runId, "two_sum", 1, [
			{ code: 0, parent: null, passes: [true, false] },
			{ code: 1, parent: 0, passes: [false, false] },
			{ code: 1, parent: 0, passes: [false, true] },
			{ code: 2, parent: 4, passes: [true, true] },
		]),
		...loopSteps(runId, "fizzbuzz", 0, [{ code: 0, parent: null, passes: [false] }]),
	];
}

export function recordOf(step: TraceStep, place: number): StepRecord {
	const { taskId, sampleIndex, at } = step;
	return { taskId, sampleIndex, at, outline: outlineOf(step), trace: { offset: place * 100, bytes: 100 } };
}

export function stepAt(steps: readonly TraceStep[], address: StepAddress): Promise<TraceStep> {
	const found = steps.find(
		({ taskId, sampleIndex, step }) =>
			taskId === address.taskId && sampleIndex === address.sampleIndex && step === address.step,
	);
	return found ? Promise.resolve(found) : Promise.reject(new Error(`no step ${address.step}`));
}
