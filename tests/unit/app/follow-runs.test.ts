import { spawn } from "node:child_process";
import { once } from "node:events";
import {
	appendFileSync,
	cpSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { followRuns } from "../../../src/app/follow-runs.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { temporaryFolder } from "./run-fixtures.js";

const FIXTURES = fileURLToPath(new URL("../../../fixtures/runs", import.meta.url));
const ended = new AbortController();
afterAll(() => ended.abort());

/** The ids of the runs with how they ended, each time that they are told anew. */
function following(root: string) {
	const rows = followRuns([root], ended.signal, 2);
	return async () => {
		const next = await rows.next();
		return (next.done ? [] : next.value).map(({ runId, outcome }) => [runId, outcome]);
	};
}

function copiedRuns(): { root: string; runId: string } {
	const root = join(temporaryFolder(), "artifacts");
	cpSync(FIXTURES, root, { recursive: true });
	const [name = "", ...others] = readdirSync(join(root, "plans"));
	for (const other of others) remove(root, other.replace(/\.md$/, ""));
	return { root, runId: name.replace(/\.md$/, "") };
}

function remove(root: string, runId: string): void {
	const { plan, result, manifest, log, rollouts } = runFiles(root, runId);
	for (const path of [manifest, result, plan, log, rollouts]) rmSync(path, { force: true });
}

test("runs are told at first, and again when one comes and when one goes", async () => {
	const { root, runId } = copiedRuns();
	const aside = `${root}-aside`;
	renameSync(root, aside);
	const next = following(root);
	expect(await next()).toEqual([]);
	cpSync(aside, root, { recursive: true });
	expect((await next()).map(([id]) => id)).toEqual([runId]);
	remove(root, runId);
	expect(await next()).toEqual([]);
});

test("a run whose process dies is told as interrupted, though none of its files changes", async () => {
	const { root, runId } = copiedRuns();
	const files = runFiles(root, runId);
	for (const path of [files.manifest, files.result]) rmSync(path);
	const writer = spawn("sleep", ["600"]);
	mkdirSync(join(root, "runs"), { recursive: true });
	writeFileSync(files.lock, JSON.stringify({ pid: writer.pid, processStart: null }));
	const next = following(root);
	expect(await next()).toEqual([[runId, "running"]]);
	writer.kill("SIGKILL");
	await once(writer, "close");
	expect(await next()).toEqual([[runId, "interrupted"]]);
});

test("the counts of a run that another process writes are told as they grow", async () => {
	const { root, runId } = copiedRuns();
	const files = runFiles(root, runId);
	for (const path of [files.manifest, files.result]) rmSync(path);
	const lines = readFileSync(files.rollouts, "utf8").trimEnd().split("\n");
	writeFileSync(files.rollouts, `${lines.slice(0, 3).join("\n")}\n`);
	writeFileSync(files.lock, JSON.stringify({ pid: process.pid, processStart: null }));
	const rows = followRuns([root], ended.signal, 2);
	const counts = async () => {
		const next = await rows.next();
		return next.done ? null : next.value.map(({ outcome, sampleCount }) => [outcome, sampleCount]);
	};
	expect(await counts()).toEqual([["running", 3]]);
	appendFileSync(files.rollouts, `${lines.slice(3, 7).join("\n")}\n`);
	expect(await counts()).toEqual([["running", 7]]);
});
