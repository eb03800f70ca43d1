import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { runFiles } from "../../../src/artifacts/layout.js";
import { recoverRun } from "../../../src/artifacts/recover-run.js";
import type { Rollout } from "../../../src/domain/run.js";
import { verdictFor } from "../app/fake-verifier.js";
import { temporaryFolder } from "../app/run-fixtures.js";

const RUN_ID = "20261121-093015-verify-aaaa";

function writtenRun() {
	const files = runFiles(temporaryFolder(), RUN_ID);
	for (const path of [files.rollouts, files.log]) mkdirSync(dirname(path), { recursive: true });
	const rollouts = [0, 1, 2].map((index) => JSON.stringify(rolloutOf(index)));
	writeFileSync(files.rollouts, rollouts.map((line) => `${line}\n`).join(""));
	let offset = 0;
	const events = rollouts.flatMap((line, sampleIndex) => {
		const { schema: _s, tests: _t, output: _o, phases: _p, ...verdict } = rolloutOf(sampleIndex).verdict;
		const envelope = { at: "2026-11-21T09:30:15.000Z", runId: RUN_ID, taskId: "Zwölf", sampleIndex };
		const rollout = { offset, bytes: Buffer.byteLength(line) };
		offset += rollout.bytes + 1;
		return [
			{ seq: 2 * sampleIndex, type: "verdict.recorded", ...envelope, verdict, rollout },
			{ seq: 2 * sampleIndex + 1, type: "reward.recorded", ...envelope, rewards: [] },
		];
	});
	writeFileSync(files.log, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
	return files;
}

function rolloutOf(sampleIndex: number): Rollout {
	const candidate = {
		taskId: "Zwölf",
		sampleIndex,
		completion: "# accepted \u2028 ünïcödé 🎈",
		code: "# accepted",
		backend: "samples",
		model: null,
		extraction: null,
		generation: null,
	};
	return {
		schema: "assay.rollout.v1",
		runId: RUN_ID,
		candidate,
		verdict: verdictFor({ id: candidate.taskId }, candidate),
		sameAs: null,
		beyondN: false,
		behaviour: null,
		rewards: [],
		startedAt: "2026-11-21T09:30:15.000Z",
		finishedAt: "2026-11-21T09:30:16.000Z",
	};
}

test("cut at every byte of the last line, rollouts recover to exactly their whole lines, and the log to what agrees with them", async () => {
	const files = writtenRun();
	const rollouts = `${files.rollouts}.original`;
	const log = `${files.log}.original`;
	copyFileSync(files.rollouts, rollouts);
	copyFileSync(files.log, log);
	const bytes = readFileSync(rollouts);
	const ends = [...bytes.keys()].filter((index) => bytes[index] === 10);
	for (let length = (ends[1] ?? 0) - 20; length <= bytes.length; length++) {
		copyFileSync(rollouts, files.rollouts);
		copyFileSync(log, files.log);
		truncateSync(files.rollouts, length);
		const whole = ends.filter((end) => end <= length).length;
		const seen: number[] = [];
		const recovered = await recoverRun(files, ({ candidate }) => seen.push(candidate.sampleIndex));
		expect(seen).toEqual([0, 1, 2].slice(0, whole));
		expect(readFileSync(files.rollouts).equals(bytes.subarray(0, whole === 0 ? 0 : (ends[whole - 1] ?? 0) + 1))).toBe(
			true,
		);
		expect(recovered.nextSeq).toBe(2 * whole);
		expect(readFileSync(files.log, "utf8").split("\n").filter(Boolean)).toHaveLength(2 * whole);
		const cut = whole > 0 && length <= (ends[whole - 1] ?? 0) + 1 ? 0 : 1;
		expect(recovered.repairs.filter((repair) => repair.includes(".jsonl"))).toHaveLength(length === 0 ? 0 : cut);
	}
});

test("cut at every byte of the last lines, a log recovers to its whole lines and knows which candidates it does not tell of", async () => {
	const files = writtenRun();
	const log = `${files.log}.original`;
	copyFileSync(files.log, log);
	const bytes = readFileSync(log);
	const ends = [...bytes.keys()].filter((index) => bytes[index] === 10);
	for (let length = (ends[4] ?? 0) - 300; length <= bytes.length; length++) {
		copyFileSync(log, files.log);
		truncateSync(files.log, length);
		const whole = ends.filter((end) => end <= length).length;
		const { finished, nextSeq } = await recoverRun(files, () => {});
		expect(nextSeq).toBe(whole);
		const unlogged = [...finished.unlogged()].map(({ sampleIndex }) => sampleIndex);
		expect(unlogged).toEqual([0, 1, 2].filter((index) => whole < 2 * index + 2));
	}
});

test("what was recovered once is found as it is the next time", async () => {
	const files = writtenRun();
	truncateSync(files.rollouts, readFileSync(files.rollouts).length - 7);
	await recoverRun(files, () => {});
	const [rollouts, log] = [readFileSync(files.rollouts), readFileSync(files.log)];
	const again = await recoverRun(files, () => {});
	expect(again.repairs).toEqual([]);
	expect([readFileSync(files.rollouts).equals(rollouts), readFileSync(files.log).equals(log)]).toEqual([true, true]);
});
