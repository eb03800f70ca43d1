import type { RunEvent, RunEventBody } from "../../src/domain/events.js";
import { PLAIN_RUN, type Rollout, type SandboxInfo } from "../../src/domain/run.js";
import { PHASES } from "../../src/domain/statuses.js";
import type { Status, Verdict } from "../../src/domain/verdict.js";

export const START = Date.parse("2026-11-21T09:30:00.000Z");
const ORDER: Status[] = [
	"accepted",
	"wrong_answer",
	"runtime_error",
	"time_limit_exceeded",
	"accepted",
	"compile_error",
	"wrong_answer",
	"no_code",
];

export const SANDBOX: SandboxInfo = {
	tier: "bwrap",
	memoryControl: null,
	network: false,
	readOnlyRoot: true,
	seccomp: true,
	missing: [],
	raise: null,
	kernel: "6.8",
	bwrapVersion: "0.9.0",
	pythonPath: "/usr/bin/python3",
	pythonVersion: "3.12.3",
	canaries: { passed: 4, total: 4, failed: [], wallTimeMs: 40 },
};

export const code = (sample: number) => `from typing import Iterable


def two_sum(numbers, target):
    """Return the indices of two numbers
    that add up to target."""
    seen = {}  # value -> index, variant ${sample}
    for i, number in enumerate(numbers):
        if target - number in seen:
            return [seen[target - number], i${sample % 2 === 0 ? "" : " + 1"}]
        seen[number] = i
    return ${sample % 3 === 0 ? "None" : "[]"}
`;

export function fakeVerdict(taskId: string, sampleIndex: number): Verdict {
	const status = ORDER[(sampleIndex + taskId.length) % ORDER.length] ?? "accepted";
	const passed = status === "accepted" ? 13 : status === "wrong_answer" ? 7 : 0;
	return {
		schema: "assay.verdict.v1",
		taskId,
		sampleIndex,
		status,
		cause: status === "runtime_error" ? "exception" : status === "wrong_answer" ? "assertion" : null,
		phase: status === "accepted" ? "hidden_tests" : "public_tests",
		phases: PHASES.filter((phase) => phase !== "apply").map((phase, i) => ({
			phase,
			result: "passed",
			wallTimeMs: i + 0.5,
		})),
		passed,
		total: 13,
		tests: Array.from({ length: 13 }, (_, i) => ({
			id: i < 3 ? `public-${i}` : `hidden-${i}`,
			visibility: i < 3 ? "public" : "hidden",
			status: i < passed ? "passed" : i === passed ? "failed" : "not_run",
			message: i === passed && i < 3 ? "two_sum([3, 3], 6) returned [0, 2], wanted [0, 1]" : null,
			line: null,
			assertsReached: 1,
			calls: 1,
			wallTimeMs: 0.4,
		})),
		message: status === "accepted" ? null : "AssertionError: [0, 2] != [0, 1]\x1b[2J\x1b]0;owned\x07",
		line: status === "accepted" ? null : 10,
		cpuTimeMs: 12.5,
		wallTimeMs: 14,
		peakMemoryBytes: 12 << 20,
		exitCode: 0,
		signal: null,
		output: { bytes: 60, head: "hello \x1b[31mred\x1b[2J\n\tworld 漢字\r\nbell\x07\n", tail: "" },
		flags: sampleIndex % 3 === 0 ? ["imports_os"] : [],
		harness: "split",
		sandbox: "bwrap",
		cached: sampleIndex % 5 === 4,
		retries: 0,
		codeSha256: "a".repeat(64),
		testsSha256: "b".repeat(64),
	};
}

export function fakeRollout(runId: string, taskId: string, sampleIndex: number): Rollout {
	return {
		schema: "assay.rollout.v1",
		runId,
		candidate: {
			taskId,
			sampleIndex,
			completion: code(sampleIndex),
			code: ORDER[(sampleIndex + taskId.length) % ORDER.length] === "no_code" ? null : code(sampleIndex),
			backend: "mock",
			model: null,
			extraction: null,
			generation: null,
		},
		verdict: fakeVerdict(taskId, sampleIndex),
		sameAs: null,
		beyondN: false,
		behaviour: null,
		rewards: [{ name: "binary", value: 1, parts: {} }],
		startedAt: new Date(START).toISOString(),
		finishedAt: new Date(START + 1000).toISOString(),
	};
}

/** The events of a run, in the order in which a real one would emit them, 10 ms apart. */
export function fakeEvents(runId: string, taskIds: readonly string[], n: number): RunEvent[] {
	const events: RunEvent[] = [];
	const emit = (body: RunEventBody) => {
		const at = new Date(START + events.length * 10).toISOString();
		events.push({ ...body, seq: events.length, at, runId } as RunEvent);
	};
	emit({
		type: "run.planned",
		command: "run",
		config: {
			tasks: "/home/user/tasks",
			taskFormat: "yaml",
			backend: "mock",
			samples: null,
			n,
			seed: 1,
			filter: null,
			taskIds: [...taskIds],
			limit: null,
			sandbox: null,
			cache: true,
			gate: true,
			workers: 2,
			limits: { cpuTimeMs: null, memoryBytes: null },
			generation: null,
			...PLAIN_RUN,
		},
		taskCount: taskIds.length,
		candidateCount: taskIds.length * n,
	});
	emit({ type: "run.started", sandbox: SANDBOX, resumed: 0 });
	taskIds.forEach((taskId, t) => {
		emit({ type: "task.started", taskId, title: taskId, candidateCount: n });
		let accepted = 0;
		for (let sampleIndex = 0; sampleIndex < n; sampleIndex++) {
			const { schema: _, tests: _tests, output: _output, phases, ...verdict } = fakeVerdict(taskId, sampleIndex);
			if (verdict.status === "accepted") accepted++;
			emit({ type: "candidate.started", taskId, sampleIndex });
			emit({
				type: "candidate.generated",
				taskId,
				sampleIndex,
				backend: "mock",
				codeSha256: null,
				codeBytes: 300,
				wallTimeMs: 1,
			});
			for (const { phase, result, wallTimeMs } of phases)
				emit({ type: "phase.finished", taskId, sampleIndex, phase, result, wallTimeMs });
			emit({
				type: "verdict.recorded",
				sameAs: null,
				beyondN: false,
				taskId,
				sampleIndex,
				verdict,
				rollout: { offset: (t * n + sampleIndex) * 100, bytes: 100 },
			});
		}
		emit({ type: "task.finished", taskId, n, accepted });
	});
	emit({
		type: "run.finished",
		outcome: "completed",
		message: null,
		statusCounts: {},
		passAtK: [],
		wallTimeMs: 1000,
		samplesPerSecond: 100,
	});
	return events;
}
