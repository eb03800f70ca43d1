import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { extract } from "tar";
import { expect, test } from "vitest";
import type { RunFiles } from "../../../src/artifacts/layout.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { assay, jsonLines, recordRun, takeResultAway } from "./assay-command.js";
import { temporaryFolder } from "./run-fixtures.js";

/** Every file and folder that bears the run's id. */
function leftOf({ root, runId }: RunFiles): string[] {
	return readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.includes(runId));
}

test("a run is deleted with all its files, and no other run is touched", async () => {
	const workspace = temporaryFolder();
	const [kept, gone] = [await recordRun(workspace), await recordRun(workspace)];
	const before = leftOf(kept);
	const { code, stdout } = await assay(workspace, ["runs", "delete", gone.runId, "--yes", "--json"]);
	expect(code).toBe(0);
	expect(jsonLines(stdout)).toMatchObject([{ type: "run.deleted", runId: gone.runId, outcome: "completed" }]);
	expect(leftOf(gone)).toEqual([]);
	expect(leftOf(kept)).toEqual(before);
	expect(jsonLines((await assay(workspace, ["runs", "list", "--json"])).stdout)).toMatchObject([{ runId: kept.runId }]);
});

test("deleting asks on a terminal, takes only a yes for one, and needs --yes elsewhere", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const silent = await assay(workspace, ["runs", "delete", "latest"], { text: "y\n" });
	expect(silent).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes goes on without a question") });
	for (const text of ["n\n", "\n", "", "yo\n"]) {
		expect(await assay(workspace, ["runs", "delete", "latest"], { isTTY: true, text })).toMatchObject({ code: 1 });
	}
	expect(existsSync(files.rollouts)).toBe(true);
	const asked = await assay(workspace, ["runs", "delete", "latest"], { isTTY: true, text: "y\n" });
	expect(asked.code).toBe(0);
	expect(asked.stderr).toContain("delete it? [y/N]");
	expect(leftOf(files)).toEqual([]);
});

test("a run that a live process writes is not deleted", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	writeFileSync(files.lock, JSON.stringify({ pid: process.pid, processStart: null }));
	expect(await assay(workspace, ["runs", "delete", "latest", "--yes"])).toMatchObject({
		code: 2,
		stderr: expect.stringContaining("is going on"),
	});
	expect(existsSync(files.result)).toBe(true);
});

test("a deletion that was killed at any file is a run that is gone, and the next look removes the rest", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const { manifest, result, report, rollouts, log } = files;
	for (const removed of [[], [manifest], [manifest, result, report], [manifest, result, report, rollouts, log]]) {
		const copy = temporaryFolder();
		cpSync(workspace, copy, { recursive: true });
		const left = runFiles(join(copy, "artifacts"), files.runId);
		writeFileSync(left.deleted, "");
		for (const path of removed) rmSync(path.replace(workspace, copy));
		expect(await assay(copy, ["runs", "show", files.runId])).toMatchObject({ code: 2 });
		expect(await assay(copy, ["runs", "list", "--json"])).toMatchObject({ code: 0, stdout: "" });
		expect(leftOf(left)).toEqual([]);
	}
});

test("an archive has the same bytes wherever the run lies, and unpacked it is the run again", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const elsewhere = temporaryFolder();
	cpSync(workspace, elsewhere, { recursive: true });
	utimesSync(join(elsewhere, "artifacts", "logs", `${files.runId}.log`), 1, 1);
	chmodSync(join(elsewhere, "artifacts", "logs", `${files.runId}.log`), 0o664);
	const pack = async (folder: string) =>
		jsonLines((await assay(folder, ["runs", "archive", "latest", "--json"])).stdout)[0];
	const [here, there] = [await pack(workspace), await pack(elsewhere)];
	expect(here).toMatchObject({ type: "run.archived", runId: files.runId, files: 10 });
	expect(readFileSync(there.path)).toEqual(readFileSync(here.path));
	expect(there.sha256).toBe(here.sha256);

	const unpacked = temporaryFolder();
	mkdirSync(join(unpacked, "artifacts"));
	await extract({ cwd: join(unpacked, "artifacts"), file: here.path });
	expect(jsonLines((await assay(unpacked, ["runs", "list", "--json"])).stdout)).toMatchObject([
		{ runId: files.runId, outcome: "completed", sampleCount: 4 },
	]);
});

test("no archive is made of a run that is not complete, or not what its manifest says", async () => {
	const workspace = temporaryFolder();
	const changed = await recordRun(workspace);
	writeFileSync(changed.report, `${readFileSync(changed.report, "utf8")} `);
	expect(await assay(workspace, ["runs", "archive", changed.runId])).toMatchObject({
		code: 2,
		stderr: expect.stringContaining(`reports/${changed.runId}.md is not what it was when the run ended`),
	});
	rmSync(changed.report);
	expect((await assay(workspace, ["runs", "archive", changed.runId])).stderr).toContain("is missing");
	const killed = await recordRun(workspace);
	takeResultAway(killed);
	expect((await assay(workspace, ["runs", "archive", killed.runId])).stderr).toContain("has no manifest");
	expect(readdirSync(join(workspace, "artifacts", "archives"))).toEqual([]);
});

test("a replay prints the log's own events, as lines for people or as they were recorded", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const log = readFileSync(files.log, "utf8");
	for (const speed of ["1", "16", "max"]) {
		expect((await assay(workspace, ["runs", "replay", "latest", "--speed", speed, "--json"])).stdout).toBe(log);
	}
	const { stdout } = await assay(workspace, ["runs", "replay", "latest", "--speed", "max"]);
	expect(stdout.trimEnd().split("\n")).toHaveLength(log.trimEnd().split("\n").length);
	expect(stdout).toContain("verdict.recorded    a #1 wrong_answer");
	expect(stdout).toContain("run.finished        completed: 2 accepted");
});

test("a stepped replay prints one event for each line that comes in", async () => {
	const workspace = temporaryFolder();
	await recordRun(workspace);
	const { code, stdout } = await assay(workspace, ["runs", "replay", "latest", "--step", "--json"], { text: "\n\n\n" });
	expect(code).toBe(0);
	expect(jsonLines(stdout).map(({ seq }) => seq)).toEqual([0, 1, 2]);
});

test("runs are filtered by kind, outcome, backend and age, and sorted", async () => {
	const workspace = temporaryFolder();
	const [whole, killed] = [await recordRun(workspace), await recordRun(workspace)];
	takeResultAway(killed);
	const ids = async (...options: string[]) => {
		const { stdout } = await assay(workspace, ["runs", "list", "--json", ...options]);
		return stdout === "" ? [] : jsonLines(stdout).map(({ runId }) => runId);
	};
	const all = [whole.runId, killed.runId].sort().reverse();
	expect(await ids()).toEqual(all);
	expect(await ids("--reverse")).toEqual(all);
	expect(await ids("--outcome", "interrupted,failed")).toEqual([killed.runId]);
	expect(await ids("--kind", "verify")).toEqual([]);
	expect(await ids("--kind", "best-of-n", "--backend", "static", "--since", "2026-11-21")).toEqual(all);
	expect(await ids("--since", "2026-11-22T00:00")).toEqual([]);
	expect(await ids("--sort", "outcome")).toEqual([whole.runId, killed.runId]);
	expect(await ids("--sort", "outcome", "--reverse")).toEqual([killed.runId, whole.runId]);
	expect((await assay(workspace, ["runs", "list", "--since", "yesterday"])).stderr).toContain("Expected 90m, 12h, 7d");
});
