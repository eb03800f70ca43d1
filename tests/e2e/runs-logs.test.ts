import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { runFiles } from "../../src/artifacts/layout.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const TASKS = fileURLToPath(new URL("../../fixtures/tasks", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "assay-logs-"));
const started: ChildProcess[] = [];
afterAll(() => {
	for (const child of started) child.kill("SIGKILL");
	rmSync(root, { recursive: true, force: true });
});

function start(workspace: string, ...words: string[]) {
	const child = spawn(process.execPath, [BIN, ...words, "--workspace", workspace], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	started.push(child);
	const ended = once(child, "close").then(([code]) => code);
	return { child, ended };
}

async function assay(workspace: string, ...words: string[]) {
	const { child, ended } = start(workspace, ...words);
	const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
	return { code: await ended, stdout, stderr };
}

const judging = (n: number) => ["run", TASKS, "--task", "two_sum", "--backend", "mock", "-n", String(n), "--no-cache"];

/** The log of the only run there, with what was appended to it. */
function onlyRun(workspace: string) {
	const artifacts = join(workspace, "artifacts");
	const [name = ""] = readdirSync(join(artifacts, "logs"));
	return runFiles(artifacts, name.replace(/\.log$/, ""));
}

/** A recorded run that this process seems to go on writing, until `release`. */
async function runGoingOn(name: string) {
	const workspace = join(root, name);
	expect((await assay(workspace, ...judging(2), "--quiet")).code).toBe(0);
	const files = onlyRun(workspace);
	writeFileSync(files.lock, JSON.stringify({ pid: process.pid, processStart: null }));
	return { workspace, files, release: () => rmSync(files.lock) };
}

test("the log of a recorded run is printed for people, and with --json as it is in the file", async () => {
	const workspace = join(root, "recorded");
	await assay(workspace, ...judging(4), "--quiet");
	const file = readFileSync(onlyRun(workspace).log, "utf8");
	expect(await assay(workspace, "runs", "logs", "latest", "--json")).toEqual({ code: 0, stdout: file, stderr: "" });
	const { stdout } = await assay(workspace, "runs", "logs", "latest", "--follow");
	const lines = stdout.trimEnd().split("\n");
	expect(lines).toHaveLength(file.trimEnd().split("\n").length);
	expect(lines[0]).toMatch(/^ +0 +\+0\.000s {2}run\.planned +run: 1 task, 4 candidates, backend mock$/);
	expect(lines.at(-1)).toMatch(/run\.finished +completed/);
	const verdicts = await assay(workspace, "runs", "logs", "latest", "--grep", "Verdict\\.recorded|run\\.f");
	expect(verdicts.stdout.trimEnd().split("\n")).toEqual(
		lines.filter((line) => /verdict\.recorded|run\.finished/.test(line)),
	);
});

test("a log is followed while the run is judged, and ends with it", async () => {
	const workspace = join(root, "followed");
	const run = start(workspace, ...judging(40), "--json");
	run.child.stderr.resume();
	await once(run.child.stdout, "data");
	run.child.stdout.resume();
	const { code, stdout } = await assay(workspace, "runs", "logs", "latest", "--follow", "--json");
	const { log } = onlyRun(workspace);
	expect([code, stdout]).toEqual([0, readFileSync(log, "utf8")]);
	expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ type: "run.finished" });
	expect(await run.ended).toBe(0);
});

test("half a line waits for its rest while somebody writes, and is printed as it is when nobody does", async () => {
	const { workspace, files, release } = await runGoingOn("half");
	appendFileSync(files.log, "text of \x1b[31manother");
	expect((await assay(workspace, "runs", "logs", "latest")).stdout).not.toContain("another");
	const { child, ended } = start(workspace, "runs", "logs", "latest", "--follow");
	const out = text(child.stdout);
	await once(child.stdout, "data");
	appendFileSync(files.log, " kind\ncut he");
	release();
	expect((await out).split("\n").slice(-3)).toEqual(["text of \\x1b[31manother kind", "cut he", ""]);
	expect(await ended).toBe(0);
	const json = await assay(workspace, "runs", "logs", "latest", "--json", "--grep", "kind$");
	expect(JSON.parse(json.stdout)).toMatchObject({ type: "log.line", text: "text of \x1b[31manother kind" });
});

test("Ctrl-C ends following with 130, and a reader that goes away ends it quietly", async () => {
	const { workspace, files } = await runGoingOn("interrupted");
	const interrupted = start(workspace, "runs", "logs", "latest", "--follow");
	await once(interrupted.child.stdout, "data");
	interrupted.child.kill("SIGINT");
	expect(await interrupted.ended).toBe(130);

	const unread = start(workspace, "runs", "logs", "latest", "--follow");
	const errors = text(unread.child.stderr);
	await once(unread.child.stdout, "data");
	unread.child.stdout.destroy();
	const writing = setInterval(() => appendFileSync(files.log, "more\n"), 5);
	expect(await unread.ended).toBe(0);
	clearInterval(writing);
	expect(await errors).toBe("");
});

test("a pattern that is none, and a run without a log, are refused", async () => {
	const { workspace, files, release } = await runGoingOn("refused");
	release();
	expect(await assay(workspace, "runs", "logs", "latest", "--grep", "(")).toMatchObject({
		code: 2,
		stderr: expect.stringContaining('--grep "(": not a regular expression'),
	});
	rmSync(files.log);
	expect(await assay(workspace, "runs", "logs", "latest")).toMatchObject({
		code: 2,
		stderr: expect.stringContaining("has no log"),
	});
});
