import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type VerdictLines, type VerifySamplesOptions, verifySamples } from "../../../src/app/verify-samples.js";
import { artifactsRoot, runFiles } from "../../../src/artifacts/layout.js";
import { readRollouts } from "../../../src/artifacts/rollout-file.js";
import { readPlan } from "../../../src/artifacts/run-plan.js";
import type { Candidate } from "../../../src/domain/run.js";
import type { Status } from "../../../src/domain/verdict.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, sample, surroundings, temporaryFolder } from "./run-fixtures.js";

const TASKS = ["a", "b"].map((id) => functionTask(id));
const SAMPLES = [
	...(["accepted", "wrong_answer", "judge_error"] satisfies Status[]).map((status, index) =>
		sample("b", index, status),
	),
	sample("a", 0, "accepted"),
	sample("b", 3, "time_limit_exceeded"),
];

function collected(streamed = true): VerdictLines & { lines: string[]; committed: boolean } {
	const sink = {
		name: "/out.jsonl",
		streamed,
		lines: [] as string[],
		committed: false,
		write: (line: string) => Promise.resolve(void sink.lines.push(line)),
		commit: () => {
			sink.committed = true;
			return Promise.resolve();
		},
	};
	return sink;
}

function verifyConfig(over: Partial<VerifySamplesOptions["config"]> = {}): VerifySamplesOptions["config"] {
	return { ...runConfig({ backend: "samples", n: null }), samples: "/samples.jsonl", ...over };
}

async function verify(workspace: string, over: Partial<VerifySamplesOptions> = {}) {
	const around = surroundings(workspace);
	const verifier = fakeVerifier();
	const result = await verifySamples({
		...around,
		verifier,
		inputs: memoryInputs(TASKS, { samples: SAMPLES }),
		config: verifyConfig(),
		resume: null,
		lines: null,
		...over,
	});
	return { result, verifier, events: around.events, files: runFiles(artifactsRoot(workspace), result.runId) };
}

function keysOf(lines: readonly string[]): string[] {
	return lines.map((line) => {
		const { taskId, sampleIndex, status } = JSON.parse(line);
		return `${taskId}/${sampleIndex} ${status}`;
	});
}

const IN_ORDER = ["b/0 accepted", "b/1 wrong_answer", "b/2 judge_error", "a/0 accepted", "b/3 time_limit_exceeded"];

test.each([true, false])(
	"lines come in the order of the input, whatever order the verdicts come in (streamed: %s)",
	async (streamed) => {
		// Each sample waits for the one after it, in pairs; so the first of a pair always ends last.
		const gates = new Map(
			SAMPLES.map(({ taskId, sampleIndex }) => [`${taskId}/${sampleIndex}`, Promise.withResolvers<void>()]),
		);
		const keys = [...gates.keys()];
		const ended: string[] = [];
		const before = async ({ taskId, sampleIndex }: Candidate) => {
			const key = `${taskId}/${sampleIndex}`;
			const index = keys.indexOf(key);
			if (index % 2 === 0) await gates.get(keys[index + 1] ?? "")?.promise;
			gates.get(key)?.resolve();
			ended.push(key);
		};
		const lines = collected(streamed);
		await verify(temporaryFolder(), { verifier: fakeVerifier({ concurrency: 3, before }), lines });
		expect(ended).not.toEqual(keys);
		expect(keysOf(lines.lines)).toEqual(IN_ORDER);
		expect(lines.committed).toBe(true);
	},
);

test("a line has exactly the documented fields", async () => {
	const lines = collected();
	await verify(temporaryFolder(), { lines });
	expect(Object.keys(JSON.parse(lines.lines[0] ?? ""))).toEqual(
		"taskId sampleIndex status passed total phase message cpuTimeMs wallTimeMs peakMemoryBytes flags sandbox".split(
			" ",
		),
	);
});

test("judge errors are counted apart and are in no score", async () => {
	const { result } = await verify(temporaryFolder());
	expect(result.sampleCount).toBe(5);
	expect(result.tasks.find(({ taskId }) => taskId === "b")).toMatchObject({ n: 3, accepted: 1 });
	expect(result.rewardMeans.binary).toBe(0.5);
});

test("a task ends when its last sample has ended, although another task came between", async () => {
	const { events } = await verify(temporaryFolder());
	const ends = events.filter((event) => event.type === "task.finished");
	expect(ends.map(({ taskId, n, accepted }) => [taskId, n, accepted]).sort()).toEqual([
		["a", 1, 1],
		["b", 3, 1],
	]);
	expect(events.filter(({ type }) => type === "task.started")).toHaveLength(2);
});

test("a sample of an unknown task is refused with file, line and field, before anything is judged", async () => {
	const samples = [...SAMPLES, sample("typo", 6, "accepted")];
	const verifier = fakeVerifier();
	const inputs = memoryInputs(TASKS, { samples });
	await expect(verify(temporaryFolder(), { inputs, verifier })).rejects.toThrow(
		'/samples.jsonl:7: field task_id: /tasks.jsonl has no task "typo"',
	);
	expect(verifier.judged).toEqual([]);
});

test("when only some tasks are chosen, the samples of the others are left out, and that is said", async () => {
	const { result, events } = await verify(temporaryFolder(), {
		inputs: memoryInputs([functionTask("a")], { samples: SAMPLES }),
		config: verifyConfig({ filter: "a" }),
	});
	expect(result.sampleCount).toBe(1);
	const notes = events.filter((event) => event.type === "alert.raised").map(({ message }) => message);
	expect(notes).toContain("4 samples left out: not of the chosen tasks");
});

test("the word reference judges the reference of each task that has one", async () => {
	const { result, events } = await verify(temporaryFolder(), {
		inputs: memoryInputs([...TASKS, functionTask("c", { reference: null })]),
		config: verifyConfig({ backend: "reference", samples: "reference" }),
	});
	expect([result.sampleCount, result.statusCounts]).toEqual([2, { accepted: 2 }]);
	const notes = events.filter((event) => event.type === "alert.raised").map(({ message }) => message);
	expect(notes).toContain("1 task left out: no reference solution");
});

test("a resumed verify judges only what is missing and gives all lines, in order", async () => {
	const workspace = temporaryFolder();
	const stop = new AbortController();
	const cut = collected(false);
	const first = await verify(workspace, {
		signal: stop.signal,
		lines: cut,
		verifier: fakeVerifier({
			concurrency: 1,
			before: ({ sampleIndex }) => {
				if (sampleIndex === 2) stop.abort();
			},
		}),
	});
	expect([first.result.outcome, cut.lines, cut.committed]).toEqual(["cancelled", [], false]);
	expect(readPlan(first.files).out).toBe("/out.jsonl");
	const lines = collected(false);
	const second = await verify(workspace, { resume: first.result.runId, lines });
	expect(second.verifier.judged).not.toContain("b/0");
	expect(first.result.sampleCount + second.verifier.judged.length).toBe(5);
	expect(keysOf(lines.lines)).toEqual(IN_ORDER);
	expect(second.result).toMatchObject({ outcome: "completed", sampleCount: 5 });
});

test("a slow sample holds back a bounded number of lines, and all of them come in the end", async () => {
	const samples = Array.from({ length: 5_000 }, (_, index) => sample("a", index, "accepted"));
	let others = 0;
	const last = Promise.withResolvers<void>();
	const before = async ({ sampleIndex }: Candidate) => {
		if (sampleIndex > 0 && ++others === 4095) last.resolve();
		if (sampleIndex === 0) await last.promise;
	};
	const lines = collected();
	const verifier = fakeVerifier({ concurrency: 4, before });
	await verify(temporaryFolder(), { inputs: memoryInputs(TASKS, { samples }), verifier, lines });
	expect(lines.lines.map((line) => JSON.parse(line).sampleIndex)).toEqual(
		samples.map(({ sampleIndex }) => sampleIndex),
	);
	expect(verifier.mostAtOnce).toBeLessThanOrEqual(8);
});

test("the rollouts keep the completion untouched", async () => {
	const { files } = await verify(temporaryFolder());
	const completions: string[] = [];
	for await (const { rollout } of readRollouts(files.rollouts)) completions.push(rollout.candidate.completion);
	expect(completions.sort()).toEqual(SAMPLES.map(({ completion }) => completion).sort());
	expect(readFileSync(files.report, "utf8")).toContain("Judge errors are in no score");
});
