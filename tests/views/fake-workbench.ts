import { fileURLToPath } from "node:url";
import { modelAt } from "../../src/app/known-models.js";
import { listTemplates } from "../../src/app/list-templates.js";
import { createOpenLogs } from "../../src/app/open-logs.js";
import { PLAIN_START } from "../../src/app/start-config.js";
import type { ModelRow, RunHandle, TaskDetail, TaskRow, Workbench } from "../../src/app/workbench.js";
import type { RunEvent } from "../../src/domain/events.js";
import type { RunResult, SandboxInfo } from "../../src/domain/run.js";
import type { RunRow } from "../../src/domain/run-row.js";
import { DEFAULT_LIMITS } from "../../src/domain/task.js";
import { fakeCard, fakeExplanation, fakeMap, fakeRankings, fakeRecorded, fakeSimilar } from "./fake-rankings.js";
import {
	FAKE_CHECKPOINTS,
	fakeCandidates,
	fakeComparison,
	fakeFindings,
	fakeLineage,
	fakeRanking,
} from "./fake-records.js";
import { code, fakeEvents, fakeRollout, SANDBOX, START } from "./fake-run.js";
import { fakeSteps, recordOf, stepAt } from "./fake-traces.js";
import { createFakeTrainings } from "./fake-trainings.js";

const NAMES = ["two_sum", "fizzbuzz", "reverse_string", "is_palindrome", "max_subarray", "fibonacci"];

export function fakeTaskRow(i: number): TaskRow {
	return {
		id: i < NAMES.length ? (NAMES[i] ?? "") : `task_${String(i).padStart(5, "0")}`,
		title: `Task number ${i}`,
		kind: "function",
		language: "python",
		difficulty: (["easy", "medium", "hard"] as const)[i % 3] ?? null,
		split: (["train", "dev", "test_public", null] as const)[i % 4] ?? null,
		tags: ["arrays", i % 2 === 0 ? "hashing" : "strings"],
		origin: "tests",
		publicTests: 3,
		hiddenTests: 10 + (i % 5),
		candidates: i % 7,
	};
}

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

export interface FakeOptions {
	models?: ModelRow[];
	taskCount?: number;
	sandbox?: SandboxInfo;
	/** A run of self-debug loops, and a file of traces. */
	traces?: boolean;
	/** Calls back for each event of a started run; without it all events come at once. */
	/** The log of every run; without it the one of the recorded run that ships with the program. */
	logPath?: string;
	pace?: (emit: () => boolean) => void;
}

export const RECORDED_RUN = "20261121-093000-best-of-n-demo";
const RECORDED_LOG = fileURLToPath(
	new URL("../../fixtures/runs/logs/20261121-033709-best-of-n-f8tm.log", import.meta.url),
);

const DEBUG_RUN: RunRow = {
	runId: "20261121-094500-self-debug-demo",
	kind: "self-debug",
	command: "debug",
	outcome: "completed",
	startedAt: new Date(START).toISOString(),
	finishedAt: new Date(START + 60_000).toISOString(),
	backend: "script",
	model: null,
	samples: null,
	costUsd: null,
	n: 2,
	taskCount: 2,
	sampleCount: 3,
	statusCounts: { accepted: 2 },
	passAt1: { value: 0.5, tasks: 2, interval: null },
	tier: "bwrap",
	taskSetFingerprint: "f".repeat(64),
	bytes: 48_200,
	parent: null,
	experiment: null,
	recorded: false,
};

/** A workbench in memory: tasks, one recorded run, and runs that follow a script. */
export function createFakeWorkbench(options: FakeOptions = {}): Workbench & { closedCount: number; cancelled: number } {
	const rows = Array.from({ length: options.taskCount ?? 42 }, (_, i) => fakeTaskRow(i));
	const runs = new Map<string, { events: RunEvent[]; taskIds: readonly string[]; n: number }>();
	runs.set(RECORDED_RUN, { events: fakeEvents(RECORDED_RUN, NAMES, 8), taskIds: NAMES, n: 8 });
	const bookmarks = new Map<string, number[]>();
	const workbench: Workbench & { closedCount: number; cancelled: number } = {
		closedCount: 0,
		cancelled: 0,
		workspace: "/home/user",
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
		models: () => Promise.resolve(options.models ?? []),
		templates: () => Promise.resolve(listTemplates()),
		modelAt: async (backend, path) => await modelAt(backend, path),
		previewStart: ({ backend }) => Promise.resolve(`POST of ${backend}`),
		resumeRun: () => workbench.startRun({ ...PLAIN_START, taskIds: NAMES, backend: "mock", n: 8, seed: 1 }),
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
			Promise.resolve([
				...(options.traces ? [DEBUG_RUN] : []),
				...[...runs].reverse().map(
					([runId, run]): RunRow => ({
						runId,
						kind: "best-of-n",
						command: "run",
						outcome: "completed",
						startedAt: new Date(START).toISOString(),
						finishedAt: new Date(START + 60_000).toISOString(),
						backend: "mock",
						model: null,
						samples: null,
						costUsd: null,
						n: run.n,
						taskCount: run.taskIds.length,
						sampleCount: run.taskIds.length * run.n,
						statusCounts: { accepted: 12 },
						passAt1: { value: 0.5, tasks: run.taskIds.length, interval: { low: 0.39, high: 0.61 } },
						tier: "bwrap",
						taskSetFingerprint: "f".repeat(64),
						bytes: 48_200,
						parent: null,
						experiment: null,
						recorded: runId === RECORDED_RUN,
					}),
				),
			]),
		async *followRuns() {
			yield await this.listRuns();
		},
		lineage: (runId, check) => Promise.resolve(fakeLineage(runId, check)),
		checkpoints: () => Promise.resolve(FAKE_CHECKPOINTS),
		async *compareRuns({ runIds, allowed }) {
			yield await Promise.resolve({ kind: "reading" as const, share: 0.5 });
			const other = runIds.some((runId) => runId.endsWith("outs"));
			if (!other || allowed.includes("n")) yield fakeComparison(runIds, NAMES);
			else yield { kind: "refused", differences: [{ kind: "n", text: "6 tasks have another number: 8 and 4" }] };
		},
		comparedCandidates: ({ runIds }, taskId) =>
			Promise.resolve(runIds.map((_, set) => fakeCandidates(set, NAMES.indexOf(taskId)))),
		writeComparison: (_request, format) => Promise.resolve(`/home/user/artifacts/reports/compare.${format}`),
		async *rankRuns({ runIds }) {
			yield await Promise.resolve({ kind: "reading" as const, share: 0.5 });
			yield fakeRanking(runIds);
		},
		rankCandidates: fakeRankings(NAMES, 8),
		recordedRanking: fakeRecorded(NAMES, 8, false),
		explainRanked: fakeExplanation,
		mapRanked: fakeMap,
		similarToRanked: fakeSimilar,
		worldCard: fakeCard,
		writeRanking: (_request, format) => Promise.resolve(`/home/user/artifacts/reports/leaderboard.${format}`),
		...createFakeTrainings(),
		planRemoval: (runId) => Promise.resolve({ runId, outcome: "completed", bytes: 48_200, children: [] }),
		removeRun: (runId) => Promise.resolve(void runs.delete(runId)),
		archiveRun: (runId) =>
			Promise.resolve({ path: `/home/user/artifacts/archives/${runId}.tar.gz`, bytes: 9_000, sha256: "a", files: 6 }),
		async *readEvents(runId) {
			for (const event of runs.get(runId)?.events ?? []) yield await Promise.resolve(event);
		},
		async *audit(subject, signal) {
			yield { kind: "progress", done: 1_000_000, total: 2_000_000 };
			yield* fakeFindings(subject);
			if (subject.kind !== "files" || subject.runId !== null) return;
			await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
			signal.throwIfAborted();
		},
		...createOpenLogs(() => Promise.resolve(options.logPath ?? RECORDED_LOG)),
		readRollout(runId, { offset }) {
			const run = runs.get(runId) ?? { taskIds: NAMES, n: 8 };
			const index = offset / 100;
			const taskId = run?.taskIds[Math.floor(index / run.n)] ?? "";
			const sampleIndex = index % (run?.n ?? 1);
			// Each checkpoint writes something else.
			const shift = runs.has(runId) ? 0 : "abc".indexOf(runId.at(-1) ?? "");
			const rollout = fakeRollout(runId, taskId, sampleIndex + shift);
			return Promise.resolve({ ...rollout, candidate: { ...rollout.candidate, sampleIndex } });
		},
		traceFiles: () =>
			Promise.resolve(
				options.traces ? [{ path: "/traces/ldb.jsonl", name: "ldb.jsonl", bytes: 2048, changedAtMs: START }] : [],
			),
		async *listSteps(source) {
			for (const [place, step] of fakeSteps(source).entries()) yield await Promise.resolve(recordOf(step, place));
		},
		readStep: (source, address) => stepAt(fakeSteps(source), address),
		pendingCode: (_runId, _taskId, sampleIndex) => Promise.resolve(code(sampleIndex)),
		bookmarks: (runId) => Promise.resolve(bookmarks.get(runId) ?? []),
		keepBookmarks(runId, positions) {
			bookmarks.set(runId, [...positions]);
			return Promise.resolve();
		},
		close() {
			workbench.closedCount++;
			return Promise.resolve();
		},
	};
	return workbench;
}
