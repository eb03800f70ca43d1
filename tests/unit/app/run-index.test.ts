import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { rebuildIndex, withIndex } from "../../../src/app/run-index.js";
import { runFiles } from "../../../src/artifacts/layout.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "./run-fixtures.js";

async function workspaceWithRuns(count: number): Promise<string> {
	const workspace = temporaryFolder();
	const random = surroundings(workspace).random;
	for (let i = 0; i < count; i++) await record(workspace, random);
	return join(workspace, "artifacts");
}

async function record(workspace: string, random: () => number): Promise<void> {
	await runBestOfN({
		...surroundings(workspace),
		random,
		verifier: fakeVerifier(),
		inputs: memoryInputs([functionTask("a"), functionTask("b")]),
		config: runConfig(),
		resume: null,
	});
}

function contents(root: string): unknown {
	const database = new DatabaseSync(join(root, "index.sqlite"), { readOnly: true });
	try {
		return ["runs", "run_tasks", "files", "parents"].map((name) =>
			database.prepare(`SELECT * FROM ${name} ORDER BY 1, 2, 3`).all(),
		);
	} finally {
		database.close();
	}
}

test("the index that grows with each run is the one that is built anew from the files", async () => {
	const root = await workspaceWithRuns(3);
	const grown = contents(root);
	rmSync(join(root, "index.sqlite"));
	expect(await rebuildIndex(root)).toEqual({ runs: 3, files: 3 * 11, damaged: [] });
	expect(contents(root)).toEqual(grown);
	expect(readdirSync(root).filter((name) => name.includes("tmp"))).toEqual([]);
});

const listed = (root: string) => withIndex(root, (index) => index.rows().map(({ runId }) => runId));

test("an index that is missing, cut, or of another version answers as if nothing had been", async () => {
	const root = await workspaceWithRuns(3);
	const path = join(root, "index.sqlite");
	const whole = await listed(root);
	expect(whole).toHaveLength(3);
	rmSync(path);
	expect(await listed(root)).toEqual(whole);
	writeFileSync(path, "");
	expect(await listed(root)).toEqual(whole);
	const other = new DatabaseSync(path);
	other.exec("DROP TABLE parents; CREATE TABLE parents (x); PRAGMA user_version = 1");
	other.close();
	expect(await listed(root)).toEqual(whole);
	expect(contents(root)).toMatchObject([{ length: 3 }, { length: 6 }, {}, {}]);
});

test("what is in the index and no run of ours is not shown, but read again from the files", async () => {
	const root = await workspaceWithRuns(2);
	const whole = await listed(root);
	const database = new DatabaseSync(join(root, "index.sqlite"));
	database.exec("UPDATE runs SET status_counts = 'nonsense', tier = 'none'");
	database.close();
	expect(await listed(root)).toEqual(whole);
});

test("a run whose files changed, came or went behind the index's back is read again", async () => {
	const root = await workspaceWithRuns(3);
	const [newest = "", middle = "", oldest = ""] = await listed(root);
	for (const path of [runFiles(root, newest).result, runFiles(root, newest).plan]) rmSync(path);
	rmSync(runFiles(root, middle).manifest);
	rmSync(runFiles(root, middle).result);
	writeFileSync(runFiles(root, oldest).result, "{");
	const now = await withIndex(root, (index) => ({ rows: index.rows(), damaged: index.damaged() }));
	expect(now.rows).toMatchObject([{ runId: middle, outcome: "interrupted", sampleCount: 6 }]);
	expect(now.damaged).toMatchObject([{ runId: oldest }]);
});

test("where no index can be written, one in memory serves", async () => {
	const root = await workspaceWithRuns(1);
	rmSync(join(root, "index.sqlite"));
	const occupied = join(root, "index.sqlite", "folder");
	mkdirSync(occupied, { recursive: true });
	expect(await listed(root)).toHaveLength(1);
	expect(existsSync(occupied)).toBe(true);
});

test("a broken index does not hurt a run, and is built anew", async () => {
	const root = await workspaceWithRuns(1);
	writeFileSync(
		join(root, "index.sqlite"),
		"this is no database, but it is long enough to be taken for one".repeat(100),
	);
	await record(join(root, ".."), Math.random);
	const [runs] = contents(root) as unknown[][];
	expect(runs).toHaveLength(2);
});

test("an empty folder has an empty index", async () => {
	expect(await rebuildIndex(temporaryFolder())).toEqual({ runs: 0, files: 0, damaged: [] });
});
