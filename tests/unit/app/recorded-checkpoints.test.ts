import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { checkpointNamed, listCheckpoints } from "../../../src/app/checkpoints.js";
import { type ComparisonUpdate, createComparisons } from "../../../src/app/comparisons.js";
import { artifactsRoot } from "../../../src/artifacts/layout.js";
import { readRollout } from "../../../src/artifacts/rollout-file.js";
import type { Checkpoint } from "../../../src/domain/checkpoint.js";
import { assay, jsonLines } from "./assay-command.js";
import { temporaryFolder } from "./run-fixtures.js";

const shipped = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const workspace = temporaryFolder();
const signal = new AbortController().signal;
let checkpoints: Checkpoint[];
let runIds: string[];

beforeAll(async () => {
	for (const name of ["tiny-coder", "tiny-coder-1"]) {
		const words = ["verify", shipped("fixtures/tasks/tiny"), shipped(`fixtures/checkpoints/${name}.jsonl`)];
		expect((await assay(workspace, [...words, "--filter", "dev", "--quiet"])).code).toBe(0);
	}
	checkpoints = await listCheckpoints({
		roots: [artifactsRoot(workspace)],
		shippedModel: shipped("fixtures/models/tiny-coder"),
	});
	runIds = ["tiny-coder.jsonl", "tiny-coder-1.jsonl"].map((name) => checkpointNamed(checkpoints, name).knownBy ?? "");
}, 60_000);

const comparisons = createComparisons(workspace, [artifactsRoot(workspace)]);

async function compared(): Promise<Extract<ComparisonUpdate, { kind: "compared" }>> {
	for await (const update of comparisons.compareRuns({ runIds, allowed: [] }, signal))
		if (update.kind === "compared") return update;
	throw new Error("nothing was compared");
}

test("recorded samples are checkpoints with the score of their run; the model that ships has none yet", () => {
	expect(checkpointNamed(checkpoints, "tiny-coder-1.jsonl")).toMatchObject({
		kind: "samples",
		parent: null,
		runs: [{ n: null, taskCount: 40, sampleCount: 160, passAt1: { value: 0.4875, tasks: 40 } }],
	});
	expect(checkpointNamed(checkpoints, "tiny-coder")).toMatchObject({ kind: "folder", runs: [], knownBy: null });
	expect(checkpointNamed(checkpoints, "tiny-coder").training).toMatchObject({ method: "sft", steps: 800 });
});

test("N and N+1 are compared task by task, worst change first, and each candidate of a task is found again", async () => {
	const { comparison, conclusions } = await compared();
	expect(comparison.pairs[0]).toMatchObject({ conclusion: "cannot_tell", tasksUp: 13, tasksDown: 6, tasksSame: 21 });
	expect(conclusions[0]).toMatch(/^cannot tell B from A: pass@1 \+0\.0750 \[/);
	const [worst] = comparison.tasks;
	expect(worst).toMatchObject({ change: -0.5 });
	const sides = await comparisons.comparedCandidates({ runIds, allowed: [] }, worst?.taskId ?? "");
	expect(sides.map((side) => side.map(({ sampleIndex }) => sampleIndex))).toEqual([
		[0, 1, 2, 3],
		[0, 1, 2, 3],
	]);
	for (const [set, side] of sides.entries()) {
		for (const { place, status, sampleIndex } of side) {
			const rollout = await readRollout(comparison.sets[set]?.path ?? "", place);
			expect(rollout).toMatchObject({ candidate: { taskId: worst?.taskId, sampleIndex }, verdict: { status } });
		}
	}
});

test("the page of a comparison has its charts, and the programs of tasks that changed, folded", async () => {
	const { comparison } = await compared();
	const path = await comparisons.writeComparison({ runIds, allowed: [] }, "html");
	const page = readFileSync(path, "utf8");
	expect(page.match(/<svg role="img"/g)).toHaveLength(2);
	expect(page).toContain('aria-label="pass@1 by set"');
	const changed = comparison.tasks.filter(({ change }) => change !== 0);
	// Each task, and in it each of its candidates.
	expect(page.match(/<details>/g)).toHaveLength(changed.length * 9);
	expect(page).not.toMatch(/<script|(src|href)="/);
	const out = join(workspace, "out.html");
	expect((await assay(workspace, ["compare", ...runIds, "--out", out])).code).toBe(0);
	expect(readFileSync(out, "utf8").match(/<details>/g)).toHaveLength(changed.length * 9);
});

test("comparisons of other runs than those that were compared are asked for again", async () => {
	await expect(comparisons.comparedCandidates({ runIds: ["x", "y"], allowed: [] }, "t")).rejects.toThrow(
		"x and y are to be compared again",
	);
	expect(jsonLines((await assay(workspace, ["checkpoints", "list", "--json"])).stdout).length).toBeGreaterThan(2);
});
