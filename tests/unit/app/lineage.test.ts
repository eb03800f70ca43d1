import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkLineage, lineageOf } from "../../../src/app/lineage.js";
import { verifySamples } from "../../../src/app/verify-samples.js";
import { checksumFile } from "../../../src/artifacts/checksum.js";
import { type RunFiles, runFiles } from "../../../src/artifacts/layout.js";
import type { Lineage, LineageNode } from "../../../src/domain/lineage.js";
import { lineageRows } from "../../../src/store/lineage-rows.js";
import { assay, jsonLines, recordRun } from "./assay-command.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, sample, surroundings, temporaryFolder } from "./run-fixtures.js";

const signal = new AbortController().signal;
const rootOf = (workspace: string) => join(workspace, "artifacts");

/** Judges the rollouts of a run once more. */
async function judgeAgain(workspace: string, { rollouts }: RunFiles): Promise<RunFiles> {
	const { sha256 } = await checksumFile(rollouts);
	const samples = [sample("a", 0, "accepted"), sample("b", 0, "wrong_answer")];
	const result = await verifySamples({
		...surroundings(workspace),
		random: Math.random,
		verifier: fakeVerifier(),
		inputs: {
			...memoryInputs([functionTask("a"), functionTask("b")], { samples }),
			samplesChecksum: () => Promise.resolve(sha256),
		},
		config: { ...runConfig({ backend: "samples", n: null }), samples: rollouts },
		resume: null,
		lines: null,
	});
	return runFiles(rootOf(workspace), result.runId);
}

test("a run's lineage goes up to the run that wrote its samples, down to its files, and on to what came of it", async () => {
	const workspace = temporaryFolder();
	const first = await recordRun(workspace);
	const second = await judgeAgain(workspace, first);
	const third = await judgeAgain(workspace, second);
	const lineage = await lineageOf([rootOf(workspace)], second.runId);
	expect(lineage.from).toMatchObject([
		{ kind: "tasks", id: "/tasks.jsonl" },
		{
			kind: "samples",
			id: `rollouts/${first.runId}.jsonl`,
			nodes: [{ kind: "run", id: first.runId, detail: "best-of-n completed", nodes: [{ kind: "tasks" }] }],
		},
	]);
	expect(lineage.into).toMatchObject([{ kind: "run", id: third.runId, nodes: [] }]);
	expect(lineage.files.map(({ id, detail }) => [id, detail])).toEqual([
		[`logs/${second.runId}.log`, "events"],
		[`plans/${second.runId}.md`, "assay.plan.v1"],
		[`reports/${second.runId}.md`, "report"],
		[`rollouts/${second.runId}.jsonl`, "assay.rollout.v1"],
		[`runs/${second.runId}.json`, "assay.run.v1"],
	]);
	expect((await lineageOf([rootOf(workspace)], first.runId)).into).toMatchObject([
		{ id: second.runId, nodes: [{ id: third.runId }] },
	]);
	const rows = jsonLines((await assay(workspace, ["runs", "list", "--json"])).stdout);
	expect(Object.fromEntries(rows.map(({ runId, parent }) => [runId, parent]))).toEqual({
		[first.runId]: null,
		[second.runId]: first.runId,
		[third.runId]: second.runId,
	});
});

test("a file's lineage is the run that wrote it, and the runs that judged it", async () => {
	const workspace = temporaryFolder();
	const first = await recordRun(workspace);
	const second = await judgeAgain(workspace, first);
	const lineage = await lineageOf([rootOf(workspace)], first.rollouts);
	expect(lineage).toMatchObject({
		subject: { kind: "file", id: `rollouts/${first.runId}.jsonl`, detail: "assay.rollout.v1" },
		from: [{ kind: "run", id: first.runId }],
		into: [{ kind: "run", id: second.runId }],
	});
	await expect(lineageOf([rootOf(workspace)], "nothing.txt")).rejects.toThrow('no run is called "nothing.txt"');
});

test("files are compared with their checksums, and what is changed or missing is named", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const states = async () => {
		const { files: nodes } = await checkLineage(await lineageOf([rootOf(workspace)], files.runId), signal);
		return nodes.filter(({ state }) => state !== "same").map(({ id, state }) => [id, state]);
	};
	expect(await states()).toEqual([]);
	expect(await assay(workspace, ["artifacts", "show", "latest", "--check"])).toMatchObject({ code: 0 });
	writeFileSync(files.report, "other");
	rmSync(files.log);
	expect(await states()).toEqual([
		[`logs/${files.runId}.log`, "missing"],
		[`reports/${files.runId}.md`, "changed"],
	]);
	const shown = await assay(workspace, ["artifacts", "show", "latest", "--check"]);
	expect(shown).toMatchObject({ code: 1, stderr: expect.stringContaining("2 changed or missing") });
});

test("a lineage is laid out as a tree", async () => {
	const workspace = temporaryFolder();
	const first = await recordRun(workspace);
	const second = await judgeAgain(workspace, first);
	const lineage = await lineageOf([rootOf(workspace)], second.runId);
	const rows = lineageRows(lineage).map(({ prefix, node }) => prefix + (typeof node === "string" ? node : node.kind));
	expect(rows).toEqual([
		"run",
		"├ made from",
		"│ ├ tasks",
		"│ └ samples",
		"│   └ run",
		"│     └ tasks",
		"└ files",
		...Array(4).fill("  ├ file"),
		"  └ file",
	]);
});

test("folded, the files of one folder are a row with their count, and only those that are not as recorded stand below", () => {
	const node = (id: string, state: LineageNode["state"]): LineageNode => ({
		kind: "file",
		id,
		detail: null,
		bytes: 1024,
		sha256: null,
		state,
		nodes: [],
	});
	const patches = Array.from({ length: 5 }, (_, i) => node(`patches/a/t/${i}.diff`, i === 3 ? "missing" : "same"));
	const lineage: Lineage = {
		root: "/",
		subject: { ...node("a", "same"), kind: "run" },
		from: [],
		files: [node("logs/a.log", "same"), ...patches, node("runs/a.json", "same")],
		into: [],
	};
	const texts = (isFolded: boolean) =>
		lineageRows(lineage, isFolded).map(({ prefix, node }) => prefix + (typeof node === "string" ? node : node.id));
	expect(texts(true)).toEqual([
		"a",
		"└ files",
		"  ├ logs/a.log",
		"  ├ 5 files in patches/a/  5.1 kB",
		"  │ └ patches/a/t/3.diff",
		"  └ runs/a.json",
	]);
	expect(texts(false)).toHaveLength(9);
});

test("artifacts list names every file of every manifest once, or those of one run", async () => {
	const workspace = temporaryFolder();
	const [first, second] = [await recordRun(workspace), await recordRun(workspace)];
	const paths = async (...options: string[]) =>
		jsonLines((await assay(workspace, ["artifacts", "list", "--json", ...options])).stdout).map(({ path }) => path);
	expect(await paths("--run", first.runId)).toHaveLength(9);
	expect(new Set(await paths())).toEqual(
		new Set([...(await paths("--run", first.runId)), ...(await paths("--run", second.runId))]),
	);
});
