import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { type RunFiles, runFiles } from "../../../src/artifacts/layout.js";
import { RunEvent } from "../../../src/domain/events.js";
import { Rollout } from "../../../src/domain/run.js";
import type { Tier } from "../../../src/domain/verdict.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

const TASKS = [functionTask("a"), functionTask("b")];

async function run(workspace: string, resume: string | null, given: { tier?: Tier; anyTier?: boolean } = {}) {
	const around = surroundings(workspace);
	const verifier = fakeVerifier({ concurrency: 1, ...(given.tier ? { tier: given.tier } : {}) });
	const result = await runBestOfN({
		...around,
		verifier,
		inputs: memoryInputs(TASKS),
		config: runConfig({ n: 2 }),
		resume,
		anyTier: given.anyTier ?? false,
	});
	return { result, verifier, events: around.events };
}

let template: string;
let runId: string;

beforeAll(async () => {
	template = temporaryFolder();
	runId = (await run(template, null)).result.runId;
});

/** A copy of the finished run as it was before its end: no manifest, no result, no report. */
function unfinishedCopy(): { workspace: string; files: RunFiles } {
	const workspace = temporaryFolder();
	cpSync(join(template, "artifacts"), join(workspace, "artifacts"), { recursive: true });
	const files = runFiles(join(workspace, "artifacts"), runId);
	for (const path of [files.manifest, files.result, files.report]) rmSync(path);
	return { workspace, files };
}

function readLines(path: string): unknown[] {
	const text = readFileSync(path, "utf8");
	expect(text.endsWith("\n")).toBe(true);
	return text
		.slice(0, -1)
		.split("\n")
		.map((line) => JSON.parse(line));
}

/** Every candidate is there once, the log agrees with the rollouts, and its numbers have no gap. */
function expectWhole(files: RunFiles): void {
	const rollouts = readLines(files.rollouts).map((line) => Rollout.parse(line));
	const keys = rollouts.map(({ candidate }) => `${candidate.taskId}/${candidate.sampleIndex}`);
	expect(keys.sort()).toEqual(["a/0", "a/1", "b/0", "b/1"]);
	const events = readLines(files.log).map((line) => RunEvent.parse(line));
	expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
	const bytes = readFileSync(files.rollouts);
	const verdicts = events.filter((event) => event.type === "verdict.recorded");
	expect(verdicts.map(({ taskId, sampleIndex }) => `${taskId}/${sampleIndex}`).sort()).toEqual(keys);
	for (const { rollout, taskId, sampleIndex } of verdicts) {
		const line = bytes.subarray(rollout.offset, rollout.offset + rollout.bytes).toString("utf8");
		expect(Rollout.parse(JSON.parse(line)).candidate).toMatchObject({ taskId, sampleIndex });
	}
	const rewards = events.filter((event) => event.type === "reward.recorded");
	expect(new Set(rewards.map(({ taskId, sampleIndex }) => `${taskId}/${sampleIndex}`)).size).toBe(4);
	expect(events.filter(({ type }) => type === "run.planned")).toHaveLength(1);
}

/** Places where to cut: around the ends of the last two lines, and now and then within them. */
function cuts(path: string): number[] {
	const bytes = readFileSync(path);
	const lastLine = bytes.lastIndexOf(10, bytes.length - 2);
	const start = bytes.lastIndexOf(10, lastLine - 1) + 1;
	const edges = [start - 1, start, start + 1, lastLine - 1, lastLine, lastLine + 1, lastLine + 2];
	const within = Array.from({ length: bytes.length - start }, (_, index) => start + index).filter(
		(at) => at % 211 === 0,
	);
	return [...edges, ...within, bytes.length - 2, bytes.length - 1];
}

test("rollouts cut within the last two lines: nothing is lost, nothing is judged twice", async () => {
	const { workspace, files } = unfinishedCopy();
	const original = join(workspace, "rollouts.original");
	const log = join(workspace, "log.original");
	copyFileSync(files.rollouts, original);
	copyFileSync(files.log, log);
	const full = readFileSync(original);
	for (const length of cuts(original)) {
		copyFileSync(original, files.rollouts);
		copyFileSync(log, files.log);
		truncateSync(files.rollouts, length);
		for (const path of [files.manifest, files.result, files.report]) rmSync(path, { force: true });
		// A last line that lacks nothing but its newline is a finished candidate.
		const whole = full.subarray(0, length).toString("utf8").split("\n").filter(isJson).length;
		const { result, verifier } = await run(workspace, runId);
		expect(verifier.judged).toHaveLength(4 - whole);
		expect(result.sampleCount).toBe(4);
		expectWhole(files);
	}
});

test("a log cut within its last two lines is continued without a gap and without judging anything", async () => {
	const { workspace, files } = unfinishedCopy();
	const original = join(workspace, "log.original");
	copyFileSync(files.log, original);
	for (const length of [0, 1, ...cuts(original)]) {
		copyFileSync(original, files.log);
		truncateSync(files.log, length);
		for (const path of [files.manifest, files.result, files.report]) rmSync(path, { force: true });
		const { verifier } = await run(workspace, runId);
		expect(verifier.judged).toEqual([]);
		expectWhole(files);
	}
});

test("a log cut at every line boundary is completed from the rollouts", async () => {
	const { workspace, files } = unfinishedCopy();
	const original = readFileSync(files.log, "utf8").split("\n");
	for (let lines = 0; lines < original.length; lines++) {
		writeFileSync(
			files.log,
			original
				.slice(0, lines)
				.map((line) => `${line}\n`)
				.join(""),
		);
		for (const path of [files.manifest, files.result, files.report]) rmSync(path, { force: true });
		const { verifier } = await run(workspace, runId);
		expect(verifier.judged).toEqual([]);
		expectWhole(files);
	}
});

test("the person is told what was cut off", async () => {
	const { workspace, files } = unfinishedCopy();
	truncateSync(files.rollouts, readFileSync(files.rollouts).length - 10);
	const { events } = await run(workspace, runId);
	const notes = events.filter((event) => event.type === "alert.raised").map(({ message }) => message);
	expect(notes.filter((message) => message.includes(".jsonl: cut off from line 4"))).toHaveLength(1);
});

test("a damaged line in the middle of the rollouts is refused, and the file is left as it is", async () => {
	const { workspace, files } = unfinishedCopy();
	const text = readFileSync(files.rollouts, "utf8").replace('"schema"', '"sch');
	writeFileSync(files.rollouts, text);
	await expect(run(workspace, runId)).rejects.toThrow(`${files.rollouts}:1: not valid JSON`);
	expect(readFileSync(files.rollouts, "utf8")).toBe(text);
});

test("another sandbox tier than the recorded one is refused unless it is forced", async () => {
	const { workspace, files } = unfinishedCopy();
	truncateSync(files.rollouts, readFileSync(files.rollouts).length - 10);
	await expect(run(workspace, runId, { tier: "rlimit" })).rejects.toThrow("judged in sandbox tier bwrap");
	const { result, verifier } = await run(workspace, runId, { tier: "rlimit", anyTier: true });
	expect([result.sampleCount, verifier.judged.length]).toEqual([4, 1]);
});

test("a run that was killed between its result and its manifest is finished, with nothing judged again", async () => {
	const workspace = temporaryFolder();
	cpSync(join(template, "artifacts"), join(workspace, "artifacts"), { recursive: true });
	const files = runFiles(join(workspace, "artifacts"), runId);
	rmSync(files.manifest);
	writeFileSync(`${files.manifest}.99.tmp`, "{");
	const { result, verifier } = await run(workspace, runId);
	expect([result.sampleCount, verifier.judged.length]).toEqual([4, 0]);
	expect([existsSync(files.manifest), existsSync(`${files.manifest}.99.tmp`)]).toEqual([true, false]);
	expectWhole(files);
});

test.each([
	["a plan that is cut", (files: RunFiles) => truncateSync(files.plan, 700), "it holds no JSON block"],
	[
		"the plan of another run",
		(files: RunFiles) => change(files.plan, `"runId": "${runId}"`, '"runId": "x"'),
		"field runId",
	],
	[
		"rollouts of another run",
		(files: RunFiles) => change(files.rollouts, runId, "20200101-000000-run-aaaa"),
		".jsonl:1: field runId",
	],
	[
		"a status that is none",
		(files: RunFiles) => change(files.rollouts, '"accepted"', '"fine"'),
		".jsonl:1: field verdict.status",
	],
])("%s is refused in one line that names the file", async (_name, damage, message) => {
	const { workspace, files } = unfinishedCopy();
	damage(files);
	await expect(run(workspace, runId)).rejects.toThrow(message);
	expect(existsSync(files.lock)).toBe(false);
});

function change(path: string, from: string, to: string): void {
	writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
}

test("of two that resume a run at once, one does it and the other is told who does", async () => {
	const { workspace, files } = unfinishedCopy();
	truncateSync(files.rollouts, readFileSync(files.rollouts).indexOf("\n") + 1);
	const both = await Promise.allSettled([run(workspace, runId), run(workspace, runId)]);
	const failures = both.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []));
	expect(failures).toHaveLength(1);
	expect(failures[0]).toContain(`written by process ${process.pid}`);
	expectWhole(files);
});

test("a log that is removed while its run goes on ends the run", async () => {
	const workspace = temporaryFolder();
	const around = surroundings(workspace);
	const removeArtifacts = () => rmSync(join(workspace, "artifacts"), { recursive: true, force: true });
	const verifier = fakeVerifier({ before: removeArtifacts });
	const options = { ...around, verifier, inputs: memoryInputs(TASKS), config: runConfig({ n: 2 }), resume: null };
	await expect(runBestOfN(options)).rejects.toThrow("was removed or replaced while the run was going on");
});

test("a run whose tasks have changed is not resumed", async () => {
	const { workspace } = unfinishedCopy();
	const options = { ...surroundings(workspace), verifier: fakeVerifier(), config: runConfig({ n: 2 }), resume: runId };
	const changed = [functionTask("a", { prompt: "Another one" }), functionTask("b")];
	await expect(runBestOfN({ ...options, inputs: memoryInputs(changed) })).rejects.toThrow(
		"not those that were planned",
	);
});

test("a run that a live process writes is not touched; the lock of a dead one is taken over", async () => {
	const { workspace, files } = unfinishedCopy();
	writeFileSync(files.lock, JSON.stringify({ pid: process.ppid, processStart: null }));
	await expect(run(workspace, runId)).rejects.toThrow(`written by process ${process.ppid}`);
	writeFileSync(files.lock, JSON.stringify({ pid: process.ppid, processStart: "1" }));
	expect((await run(workspace, runId)).result.outcome).toBe("completed");
});

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
