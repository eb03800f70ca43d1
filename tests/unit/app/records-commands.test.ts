import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeBookmarks } from "../../../src/artifacts/bookmarks.js";
import type { RunFiles } from "../../../src/artifacts/layout.js";
import { recordRun as record, assay as runAssay, takeResultAway } from "./assay-command.js";
import { temporaryFolder } from "./run-fixtures.js";

const assay = async (workspace: string, ...argv: string[]) => await runAssay(workspace, argv);

function interrupt(files: RunFiles): void {
	takeResultAway(files);
	truncateSync(files.rollouts, readFileSync(files.rollouts).length - 5);
}

test("runs list shows whole, interrupted and running ones, and names damaged ones", async () => {
	const workspace = temporaryFolder();
	const [whole, killed, running, damaged] = [
		await record(workspace),
		await record(workspace),
		await record(workspace),
		await record(workspace),
	];
	interrupt(killed);
	interrupt(running);
	writeFileSync(running.lock, JSON.stringify({ pid: process.pid, processStart: null }));
	writeFileSync(damaged.result, "{");
	const { code, stdout, stderr } = await assay(workspace, "runs", "list", "--json");
	expect(code).toBe(0);
	const rows = stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	expect(Object.fromEntries(rows.map((row) => [row.runId, [row.outcome, row.sampleCount]]))).toEqual({
		[whole.runId]: ["completed", 4],
		[killed.runId]: ["interrupted", 3],
		[running.runId]: ["running", 3],
	});
	expect(stderr).toContain(`warning: ${damaged.runId} left out: ${damaged.result}: not valid JSON`);
	expect((await assay(workspace, "runs", "list", "--limit", "1")).stdout.trimEnd().split("\n")).toHaveLength(2);
	expect(await assay(temporaryFolder(), "runs", "list")).toMatchObject({ code: 0, stdout: "" });
});

test("runs show tells the bookmarks of a run", async () => {
	const workspace = temporaryFolder();
	const files = await record(workspace);
	const shown = async () => JSON.parse((await assay(workspace, "runs", "show", "latest", "--json")).stdout);
	expect(await shown()).toMatchObject({ bookmarks: [] });
	writeBookmarks(files, [7, 3]);
	expect(await shown()).toMatchObject({ bookmarks: [3, 7] });
	expect((await assay(workspace, "runs", "show", "latest")).stdout).toMatch(/bookmarks +events 3, 7\n/);
});

test("runs show tells how an interrupted run is finished", async () => {
	const workspace = temporaryFolder();
	const files = await record(workspace);
	expect(JSON.parse((await assay(workspace, "runs", "show", "latest", "--json")).stdout)).toMatchObject({
		plan: { runId: files.runId },
		outcome: "completed",
		sampleCount: 4,
		resume: null,
	});
	interrupt(files);
	const { stdout } = await assay(workspace, "runs", "show", files.runId.slice(0, 12));
	expect(stdout).toContain("3 of 4 judged");
	expect(stdout).toContain(`resume with: assay run --resume ${files.runId} --workspace ${workspace}`);
	expect(stdout).toContain(files.rollouts);
});

test("artifacts reindex builds the index anew and leaves a damaged run out", async () => {
	const workspace = temporaryFolder();
	await record(workspace);
	const damaged = await record(workspace);
	writeFileSync(damaged.manifest, "[]");
	rmSync(join(workspace, "artifacts", "index.sqlite"));
	const { code, stdout, stderr } = await assay(workspace, "artifacts", "reindex");
	expect({ code, stdout }).toEqual({ code: 0, stdout: "index.sqlite: 1 run, 9 files\n" });
	expect(stderr).toContain(`${damaged.manifest}: expected object`);
	expect(existsSync(join(workspace, "artifacts", "index.sqlite"))).toBe(true);
});

test("eval --check is met when every task has an accepted candidate", async () => {
	const workspace = temporaryFolder();
	const files = await record(workspace);
	const met = await assay(workspace, "eval", files.runId, "--check");
	expect(met.code).toBe(0);
	expect(met.stdout).toContain("check       met: 2 of 2 tasks ended as they should");
	interrupt(files);
	truncateSync(files.rollouts, readFileSync(files.rollouts).indexOf("\n") + 1);
	expect(await assay(workspace, "eval", files.runId, "--check", "--quiet")).toMatchObject({ code: 1 });
});
