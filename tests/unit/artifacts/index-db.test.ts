import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { runBestOfN } from "../../../src/app/run-best-of-n.js";
import { rebuildIndex } from "../../../src/artifacts/index-db.js";
import { fakeVerifier } from "../app/fake-verifier.js";
import { functionTask, memoryInputs, runConfig, surroundings, temporaryFolder } from "../app/run-fixtures.js";

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
