import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { startSession } from "./session.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const TASKS = fileURLToPath(new URL("../../fixtures/tasks", import.meta.url));
const workspace = mkdtempSync(join(tmpdir(), "assay-other-process-"));
const started: ChildProcess[] = [];
afterAll(() => {
	for (const child of started) child.kill("SIGKILL");
	rmSync(workspace, { recursive: true, force: true });
});

function assay(...words: string[]) {
	const child = spawn(process.execPath, [BIN, ...words, "--workspace", workspace], { stdio: "ignore" });
	started.push(child);
	return { child, ended: once(child, "close").then(([code]) => code) };
}

const judging = (n: number) =>
	assay("run", TASKS, "--task", "two_sum", "--backend", "mock", "-n", String(n), "--no-cache");

test("the table of runs shows what other processes start, end, kill and delete, and is silent in between", async () => {
	const session = startSession({
		words: ["open", "--screen", "runs", "--workspace", workspace, "--tasks", TASKS],
		columns: 120,
		rows: 40,
	});
	try {
		await session.until("sandbox bwrap");
		const first = judging(12);
		await session.until(/best-of-n running, /);
		expect(await first.ended).toBe(0);
		await session.until(/best-of-n completed, /);
		const second = judging(5000);
		await session.until(/best-of-n running, /);
		second.child.kill("SIGKILL");
		await session.until(/best-of-n interrupted, /);
		await session.quiet();
		const before = session.written().length;
		expect(await assay("runs", "delete", "latest", "--yes").ended).toBe(0);
		await session.until(/^(?![\s\S]*interrupted)/);
		expect(session.written().length).toBeGreaterThan(before);
		session.send({ keys: "Q" });
		expect(await session.exited).toBe(0);
	} finally {
		session.kill();
	}
});
