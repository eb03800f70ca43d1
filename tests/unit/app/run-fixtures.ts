import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { RunInputs } from "../../../src/app/run-inputs.js";
import type { RunEvent } from "../../../src/domain/events.js";
import { PLAIN_RUN, type RunConfig } from "../../../src/domain/run.js";
import { DEFAULT_LIMITS, type FunctionTask } from "../../../src/domain/task.js";
import type { Status } from "../../../src/domain/verdict.js";
import type { Sample } from "../../../src/tasks/sample.js";

const folders: string[] = [];

afterAll(() => {
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Removed when the file's tests have ended. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "assay-test-"));
	folders.push(folder);
	return folder;
}

export function functionTask(id: string, over: Partial<FunctionTask> = {}): FunctionTask {
	return {
		schema: "assay.task.v1",
		kind: "function",
		id,
		title: `Title of ${id}`,
		language: "python",
		difficulty: null,
		tags: [],
		split: null,
		tests: [{ kind: "program", id: "hidden-1", visibility: "hidden", code: `assert f() == ${JSON.stringify(id)}` }],
		limits: DEFAULT_LIMITS,
		source: { origin: "test", license: null, url: null },
		contamination: null,
		location: { file: "/tasks.jsonl", line: 1 },
		prompt: `Write f for ${id}`,
		entryPoint: "f",
		starterCode: "# accepted starter\n",
		completionMode: "whole",
		testPrelude: "",
		harness: "split",
		reference: "# accepted\n",
		knownBad: null,
		candidates: `/candidates/${id}`,
		...over,
	};
}

/** In-memory inputs. Recorded candidates of every task: one per status, in this order. */
export function memoryInputs(
	tasks: readonly FunctionTask[],
	given: { recorded?: readonly Status[]; samples?: readonly Sample[] } = {},
): RunInputs {
	const { recorded = ["accepted", "wrong_answer", "runtime_error"], samples = [] } = given;
	return {
		async *tasks() {
			yield* await Promise.resolve(tasks);
		},
		async *samples() {
			yield* await Promise.resolve(samples);
		},
		samplesChecksum: () => Promise.resolve("0".repeat(64)),
		recordedCandidates: (folder) =>
			Promise.resolve(
				recorded.map((status, index) => ({
					file: `${index}.py`,
					code: `# ${status} ${index} of ${folder}\n`,
					expect: status,
				})),
			),
		repositoryFiles: () => [],
		extract: (_task, { completion, solution }) => ({
			completion,
			code: solution ?? completion,
			extraction: { method: "whole", blocks: 0, repairs: [] },
		}),
	};
}

export function sample(taskId: string, sampleIndex: number, status: Status): Sample {
	return {
		taskId,
		sampleIndex,
		completion: `# ${status} ${sampleIndex}\n`,
		solution: null,
		place: `/samples.jsonl:${sampleIndex + 1}`,
	};
}

export function runConfig(over: Partial<RunConfig> = {}): RunConfig {
	return {
		tasks: "/tasks.jsonl",
		taskFormat: "assay-jsonl",
		backend: "static",
		samples: null,
		n: 3,
		seed: 1,
		filter: null,
		taskIds: null,
		limit: null,
		sandbox: null,
		cache: true,
		gate: true,
		workers: 2,
		limits: { cpuTimeMs: null, memoryBytes: null },
		generation: null,
		...PLAIN_RUN,
		...over,
	};
}

/** A clock that moves one millisecond each time it is looked at. */
export function steppingClock(start = Date.UTC(2026, 10, 21, 9, 30, 15)): () => number {
	let now = start;
	return () => now++;
}

function seededRandom(seed = 1): () => number {
	let state = seed;
	return () => {
		state = (state * 1664525 + 1013904223) % 2 ** 32;
		return state / 2 ** 32;
	};
}

/** What a run needs from outside, with its events collected. */
export function surroundings(workspace: string) {
	const events: RunEvent[] = [];
	return {
		workspace,
		events,
		onEvent: (event: RunEvent) => void events.push(event),
		signal: new AbortController().signal,
		version: "0.0.0",
		now: steppingClock(),
		random: seededRandom(),
	};
}
