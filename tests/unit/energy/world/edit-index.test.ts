import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluateOnTransitions } from "../../../../src/app/world-eval.js";
import { Transition, TransitionManifest } from "../../../../src/domain/transition.js";
import { editVector, indexTransitions, similarEdits } from "../../../../src/energy/world/edit-index.js";
import { WorldModel } from "../../../../src/energy/world/world-model.js";
import { STRUCTURE_NAMES } from "../../../../src/languages/structure.js";
import { writeTinyModel } from "./tiny-model.js";

const root = mkdtempSync(join(tmpdir(), "assay-edits-"));
const { signal } = new AbortController();
const [data, edits] = [join(root, "data"), join(root, "edits")];
let model: WorldModel;

const state = (code: string) => ({ code, entryPoint: "f", facts: STRUCTURE_NAMES.map(() => 0), unbound: [] });
const transition = (i: number, label: "accepted" | "rejected"): Transition =>
	Transition.parse({
		schema: "assay.transition.v1",
		id: `t${i}${label}`,
		source: label === "accepted" ? "solution" : "mutant",
		origin: { dataset: "d", path: null, commit: null, generator: null },
		group: `task/${i}`,
		split: "test",
		licence: "MIT",
		before: state("def f(x):\n    pass\n"),
		action: { text: `add ${"a".repeat(i + 1)}`, operations: [] },
		after: state(`def f(x):\n    return x${label === "accepted" ? " + 1".repeat(i) : ` - 9 * ${i}`}\n`),
		label,
		mutations: label === "accepted" ? [] : ["binop"],
		changedLines: 1,
	});
const TRANSITIONS = Array.from({ length: 12 }, (_, i) => [transition(i, "accepted"), transition(i, "rejected")]).flat();

beforeAll(async () => {
	mkdirSync(join(data, "shards"), { recursive: true });
	const lines = TRANSITIONS.map((of) => `${JSON.stringify(of)}\n`).join("");
	writeFileSync(join(data, "shards/00000.jsonl.gz"), gzipSync(lines));
	const manifest: TransitionManifest = {
		schema: "assay.world-data.v1",
		command: "assay world build",
		seed: 0,
		fractions: { train: 0, dev: 0, test: 1 },
		facts: [...STRUCTURE_NAMES],
		transitions: TRANSITIONS.length,
		counts: { bySource: {}, bySplit: {}, byLabel: {}, byAll: {}, dropped: {} },
		groups: Array.from({ length: 12 }, (_, i) => {
			return { group: `task/${i}`, split: "test", contentSha256: null, licence: "MIT", transitions: 2 };
		}),
		excluded: [],
		parents: [],
		files: [{ path: "shards/00000.jsonl.gz", bytes: 0, sha256: "" }],
		version: "0",
		ownSha256: null,
	};
	writeFileSync(join(data, "manifest.json"), JSON.stringify(TransitionManifest.parse(manifest)));
	writeTinyModel(join(root, "model"), {
		seen: [{ taskId: "other", contentSha256: null, prompt: null, solutions: [] }],
	});
	model = await WorldModel.open(join(root, "model"), { cacheFolder: null, signal });
});
afterAll(async () => {
	await model.close();
	rmSync(root, { recursive: true });
});

test("an edit is the nearest to itself, and an index of another model is refused", async () => {
	const manifest = await indexTransitions(model, { transitions: data, folder: edits }, { signal });
	expect(manifest).toMatchObject({ count: 24, width: 3, vectors: { bytes: 24 * 3 * 4 } });
	const [before, after] = await model.encode(
		["def f(x):\n    pass\n", `def f(x):\n    return x${" + 1".repeat(7)}\n`].map((code) => {
			return { code, entryPoint: "f", known: { facts: STRUCTURE_NAMES.map(() => 0), unbound: [] }, hidden: null };
		}),
		{ signal },
	);
	if (before === undefined || after === undefined) throw new Error("no vectors");
	const found = await similarEdits(edits, { model, edit: editVector(before, after), count: 3 }, signal);
	expect(found.map(({ id, label }) => [id, label])).toContainEqual(["t7accepted", "accepted"]);
	expect(found[0]).toMatchObject({ id: "t7accepted", distance: 0, group: "task/7" });
	expect(found.map(({ distance }) => distance)).toEqual(found.map(({ distance }) => distance).sort((a, b) => a - b));
	writeTinyModel(join(root, "second"), { files: { "README.md": Buffer.from("another") } });
	const other = await WorldModel.open(join(root, "second"), { cacheFolder: null, signal });
	try {
		const asked = similarEdits(edits, { model: other, edit: editVector(before, after), count: 3 }, signal);
		await expect(asked).rejects.toThrow(/holds vectors of tiny, [0-9a-f]{16}, not of/);
	} finally {
		await other.close();
	}
});

const OPTIONS = {
	split: "test",
	limit: 100,
	allowSeen: false,
	maxCandidates: 100,
	maxHardNegatives: 100,
	seed: 1,
} as const;

test("retrieval, surprise, spread and scorer quality say how much there was to find before what was found", async () => {
	const evaluate = (kind: Parameters<typeof evaluateOnTransitions>[0]) =>
		evaluateOnTransitions(kind, { ...OPTIONS, model, folder: data, signal });
	const retrieval = await evaluate("retrieval");
	expect(retrieval).toMatchObject({
		kind: "retrieval",
		seen: [],
		report: { queries: 12, groups: 12, hardNegatives: 12 },
	});
	if (retrieval.kind !== "retrieval") throw new Error("another evaluation");
	const random = retrieval.report.rows.find(({ query }) => query === "random");
	expect(random?.recallAt1).toBeCloseTo(1 / 24, 12);
	expect(random?.medianRank).toBe(12.5);
	const surprise = await evaluate("surprise");
	expect(surprise).toMatchObject({
		report: { transitions: 12, rows: [{ pairs: 12 }, { pairs: 0 }, { pairs: 12 }, { pairs: 12 }] },
	});
	expect(await evaluate("latent")).toMatchObject({ report: { transitions: 24, labelled: 24 } });
	const quality = await evaluate("scorer-quality");
	expect(quality).toMatchObject({
		report: { rerankable: 12, questions: 12, trueAnswers: 12, hardNegatives: 12, headroom: 0.5 },
	});
	if (quality.kind !== "scorer-quality") throw new Error("another evaluation");
	expect(quality.report.failures).toMatchObject([{ kind: "binop", pairs: 12 }]);
});

test("groups that the model was trained on are refused, and marked where they are allowed", async () => {
	writeTinyModel(join(root, "seen"), {
		seen: [{ taskId: "task/3", contentSha256: null, prompt: null, solutions: [] }],
	});
	const leaky = await WorldModel.open(join(root, "seen"), { cacheFolder: null, signal });
	try {
		const options = { ...OPTIONS, model: leaky, folder: data, signal };
		await expect(evaluateOnTransitions("surprise", options)).rejects.toThrow(
			"trained on 1 of the 12 groups of the split test: task/3",
		);
		expect(await evaluateOnTransitions("surprise", { ...options, allowSeen: true })).toMatchObject({
			seen: ["task/3"],
		});
	} finally {
		await leaky.close();
	}
});
