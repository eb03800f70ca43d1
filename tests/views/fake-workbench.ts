import type { RunHandle, RunRow, TaskDetail, TaskRow, Workbench } from "../../src/app/workbench.js";
import type { RunEvent, RunEventBody } from "../../src/domain/events.js";
import type { Rollout, RunResult, SandboxInfo } from "../../src/domain/run.js";
import { DEFAULT_LIMITS } from "../../src/domain/task.js";
import { PHASES, type Status, type Verdict } from "../../src/domain/verdict.js";

const NAMES = ["two_sum", "fizzbuzz", "reverse_string", "is_palindrome", "max_subarray", "fibonacci"];
const START = Date.parse("2026-11-21T09:30:00.000Z");
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

export function fakeTaskRow(i: number): TaskRow {
	return {
		id: i < NAMES.length ? (NAMES[i] ?? "") : `task_${String(i).padStart(5, "0")}`,
		title: `Task number ${i}`,
		kind: "function",
		language: "python",
		difficulty: (["easy", "medium", "hard"] as const)[i % 3] ?? null,
		split: (["train", "dev", "test_public", null] as const)[i % 4] ?? null,
		tags: ["arrays", i % 2 === 0 ? "hashing" : "strings"],
		publicTests: 3,
		hiddenTests: 10 + (i % 5),
		candidates: i % 7,
	};
}

const code = (sample: number) => `from typing import Iterable


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

function fakeDetail(row: TaskRow): TaskDetail {
	return {
		...row,
		input: {
			taskId: row.id,
			title: row.title,
			language: row.language,
			kind: "function",
			prompt:
				"Given a list of numbers and a target, return the indices of the two numbers that add up to the target.\n\nEvery input has exactly one answer; the smaller index comes first.",
			starterCode: "def two_sum(numbers, target):\n    pass\n",
			entryPoint: "two_sum",
			publicTests: ["assert two_sum([2, 7, 11, 15], 9) == [0, 1]", "assert two_sum([3, 3], 6) == [0, 1]"],
			completionMode: "whole",
		},
		limits: DEFAULT_LIMITS,
		harness: "split",
		source: { origin: "assay", license: "MIT", url: null },
		contamination: "written for this project in 2026; classic problem, solutions are in every training set",
		location: { file: `fixtures/tasks/${row.id}.yaml`, line: 1 },
	};
}

function fakeVerdict(taskId: string, sampleIndex: number): Verdict {
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

function fakeRollout(runId: string, taskId: string, sampleIndex: number): Rollout {
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
		},
		verdict: fakeVerdict(taskId, sampleIndex),
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
			tasks: "/work/tasks",
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

export interface FakeOptions {
	taskCount?: number;
	sandbox?: SandboxInfo;
	/** Calls back for each event of a started run; without it all events come at once. */
	pace?: (emit: () => boolean) => void;
}

const RECORDED_RUN = "20261121-093000-best-of-n-demo";

/** A workbench in memory: tasks, one recorded run, and runs that follow a script. */
export function createFakeWorkbench(options: FakeOptions = {}): Workbench & { closedCount: number; cancelled: number } {
	const rows = Array.from({ length: options.taskCount ?? 42 }, (_, i) => fakeTaskRow(i));
	const runs = new Map<string, { events: RunEvent[]; taskIds: readonly string[]; n: number }>();
	runs.set(RECORDED_RUN, { events: fakeEvents(RECORDED_RUN, NAMES, 8), taskIds: NAMES, n: 8 });
	const workbench: Workbench & { closedCount: number; cancelled: number } = {
		closedCount: 0,
		cancelled: 0,
		workspace: "/work",
		tasksPath: "fixtures/tasks",
		async *listTasks() {
			for (const row of rows) yield await Promise.resolve(row);
		},
		openTask: (taskId) => {
			const row = rows.find((known) => known.id === taskId);
			return row ? Promise.resolve(fakeDetail(row)) : Promise.reject(new Error(`no task ${taskId}`));
		},
		revealHiddenTests: () => Promise.resolve(["assert two_sum([1, 2], 3) == [0, 1]"]),
		sandbox: () => Promise.resolve(options.sandbox ?? SANDBOX),
		backends: () => [
			{
				id: "static",
				description: "the recorded candidates of each task, in order",
				serves: (row) => row.candidates > 0,
			},
			{ id: "mock", description: "seeded mix of recorded candidates; no model", serves: () => true },
		],
		startRun({ taskIds, n }): RunHandle {
			const runId = `20261121-10000${runs.size}-best-of-n-test`;
			const events = fakeEvents(runId, taskIds, n);
			runs.set(runId, { events, taskIds, n });
			const listeners = new Set<(event: RunEvent) => void>();
			let at = 0;
			let stop = false;
			let finish: (result: RunResult) => void = () => {};
			const finished = new Promise<RunResult>((resolve) => {
				finish = resolve;
			});
			const emit = (): boolean => {
				const event = stop ? undefined : events[at++];
				if (event) for (const listener of listeners) listener(event);
				const more = event !== undefined && at < events.length;
				if (!more) finish({ runId, outcome: stop ? "cancelled" : "completed" } as RunResult);
				return more;
			};
			const pace =
				options.pace ??
				((step) =>
					void (async () => {
						await Promise.resolve();
						while (step());
					})());
			queueMicrotask(() => pace(emit));
			return {
				runId: Promise.resolve(runId),
				subscribe(listener) {
					for (const event of events.slice(0, at)) listener(event);
					listeners.add(listener);
					return () => listeners.delete(listener);
				},
				cancel() {
					workbench.cancelled++;
					stop = true;
				},
				finished,
			};
		},
		listRuns: () =>
			Promise.resolve(
				[...runs].reverse().map(
					([runId, run]): RunRow => ({
						runId,
						command: "run",
						outcome: "completed",
						startedAt: new Date(START).toISOString(),
						backend: "mock",
						taskCount: run.taskIds.length,
						sampleCount: run.taskIds.length * run.n,
						statusCounts: { accepted: 12 },
						recorded: runId === RECORDED_RUN,
					}),
				),
			),
		async *readEvents(runId) {
			for (const event of runs.get(runId)?.events ?? []) yield await Promise.resolve(event);
		},
		readRollout(runId, { offset }) {
			const run = runs.get(runId);
			const index = offset / 100;
			const taskId = run?.taskIds[Math.floor(index / run.n)] ?? "";
			return Promise.resolve(fakeRollout(runId, taskId, index % (run?.n ?? 1)));
		},
		pendingCode: (_runId, _taskId, sampleIndex) => code(sampleIndex),
		close() {
			workbench.closedCount++;
			return Promise.resolve();
		},
	};
	return workbench;
}
