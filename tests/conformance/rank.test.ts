import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CandidateRankingUpdate } from "../../src/app/candidate-rankings.js";
import type { TaskMap } from "../../src/app/map-task.js";
import { createRankingThread } from "../../src/app/ranking-thread.js";
import { artifactsRoot, verdictCacheFolder } from "../../src/artifacts/layout.js";
import { FittedRankers } from "../../src/domain/fitted-ranker.js";
import { FolderRanking } from "../../src/domain/folder-ranking.js";
import { TaskRanking } from "../../src/domain/ranking.js";
import { RunResult } from "../../src/domain/run.js";
import { readWorldFolder } from "../../src/energy/world/model-folder.js";
import { promptLikeness } from "../../src/tasks/likeness.js";
import { assay, jsonLines } from "../unit/app/assay-command.js";
import { fakeVerifier } from "../unit/app/fake-verifier.js";
import { writeTinyModel } from "../unit/energy/world/tiny-model.js";

const workspace = mkdtempSync(join(tmpdir(), "assay-rank-"));
afterAll(() => rmSync(workspace, { recursive: true }));

const STARTER = (name: string, by: number): string =>
	`def ${name}(n: int) -> int:\n    """ Add ${by}.\n    >>> ${name}(2)\n    ${2 + by}\n    """\n`;
const RIGHT = (by: number): string => `    return n + ${by}\n`;
const ALSO = (by: number): string => `    m = n\n    m += ${by}\n    return m\n`;
/** Gives what the example shows, and nothing else that is right. */
const FOOLS = (by: number): string => `    return ${2 + by}\n`;
const WRONG = (by: number): string => `    return n - ${by}\n`;
const BROKEN = (): string => "    return n +\n";
const UNBOUND = (): string => "    return math.floor(n)\n";
const SAMPLES = [BROKEN, WRONG, FOOLS, UNBOUND, RIGHT, ALSO, UNBOUND];

const write = (name: string, lines: readonly object[]): string => {
	const path = join(workspace, name);
	writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	return path;
};

beforeAll(async () => {
	mkdirSync(workspace, { recursive: true });
	const tasks = Array.from({ length: 6 }, (_, i) => ({ id: `add/${i}`, name: `add_${i + 3}`, by: i + 3 }));
	const tasksFile = write(
		"tasks.jsonl",
		tasks.map(({ id, name, by }) => ({
			task_id: id,
			prompt: STARTER(name, by),
			entry_point: name,
			canonical_solution: RIGHT(by),
			test: `def check(candidate):\n    assert candidate(10) == ${10 + by}\n    assert candidate(0) == ${by}\n`,
		})),
	);
	const samples = write(
		"samples.jsonl",
		tasks.flatMap(({ id, by }) => SAMPLES.map((body) => ({ task_id: id, completion: body(by) }))),
	);
	write(
		"tests.jsonl",
		tasks.map(({ id, name, by }) => ({
			task_id: id,
			prompt: "",
			generations: [
				`${name}(1) == ${1 + by}\nassert ${name}(4) == ${4 + by}, 'no'\nprint(1)`,
				`${name}(7) == 0\n`,
				"x\n",
			],
		})),
	);
	expect((await assay(workspace, ["verify", tasksFile, samples, "--quiet"])).code).toBe(0);
}, 120_000);

interface Figures {
	ranker: string;
	firstChoice: { value: number; tasks: number };
	auc: { value: number; tasks: number };
	against: { firstChoice: { value: number } } | null;
}

async function rankers(...args: string[]): Promise<Map<string, Figures>> {
	const { stdout, stderr, code } = await assay(workspace, ["rank", "latest", "--json", ...args]);
	expect(stderr.replace(/^rank: .*$/gm, "").trim()).toBe("");
	expect(code).toBe(0);
	const [report] = jsonLines(stdout) as [{ rankers: Figures[]; rerankable: number; candidates: number }];
	expect(report).toMatchObject({ rerankable: 6, candidates: 42 });
	return new Map(report.rankers.map((of) => [of.ranker, of]));
}

test("every ranker that has what it needs is measured by the verdicts, and told from the static floor", async () => {
	const out = join(workspace, "rankings.jsonl");
	const found = await rankers("--tests", join(workspace, "tests.jsonl"), "--folds", "3", "--out", out);
	const first = (name: string): number | undefined => found.get(name)?.firstChoice.value;
	expect(first("random")).toBeCloseTo(2 / 7, 12);
	expect(first("static validity")).toBeCloseTo(2 / 4, 12);
	expect(first("agreement")).toBe(1);
	expect(first("CodeT")).toBe(1);
	expect(first("examples")).toBeCloseTo(2 / 3, 12);
	expect(first("examples, then agreement")).toBe(1);
	expect(first("oracle")).toBe(1);
	expect(found.get("random")?.against?.firstChoice.value).toBeCloseTo(2 / 7 - 1 / 2, 12);
	expect(found.get("static validity")?.against).toBeNull();
	expect(found.has("log-probability")).toBe(false);
	expect(found.has("public tests")).toBe(false);
	expect(found.get("trees, everything")?.firstChoice.tasks).toBe(6);
	const lines = readFileSync(out, "utf8").trim().split("\n");
	const rankings = lines.map((line) => TaskRanking.parse(JSON.parse(line)));
	expect(rankings.map(({ taskId }) => taskId)).toEqual([0, 1, 2, 3, 4, 5].map((i) => `add/${i}`));
	expect(rankings[0]?.candidates.map(({ accepted }) => accepted)).toEqual([
		false,
		false,
		false,
		false,
		true,
		true,
		false,
	]);
	expect(rankings[0]?.candidates.map(({ valid }) => valid)).toEqual([false, true, true, false, true, true, false]);
	expect(rankings[0]?.candidates[4]?.scores.CodeT).toBeCloseTo(Math.SQRT2 * 2, 12);
	expect(rankings[0]?.candidates[0]?.scores).not.toHaveProperty("oracle");
});

test("what a program answered is kept by the program and what it was asked; --no-cache runs it again", async () => {
	const first = async (...args: string[]) =>
		(await rankers("--folds", "3", ...args)).get("examples")?.firstChoice.value ?? 0;
	const right = await first();
	const file = join(verdictCacheFolder(workspace), "verdicts.sqlite");
	const kept = new DatabaseSync(file);
	const rows = kept.prepare("SELECT verdict FROM observations").all();
	expect(rows.length).toBeGreaterThan(0);
	kept.exec(
		`UPDATE observations SET verdict = json_set(verdict, '$.behaviour.examples', json('{"passed":1,"total":1}'))`,
	);
	kept.close();
	// Now all programs seem to give what the text says, but for those that hold no program.
	expect(await first()).not.toBeCloseTo(right, 6);
	expect(await first("--no-cache")).toBeCloseTo(right, 12);
	rmSync(file);
	expect(await first()).toBeCloseTo(right, 12);
});

test("trees that one run taught give pass probabilities on tasks of another, and refuse those that taught them", async () => {
	const file = join(workspace, "trees.json");
	await rankers("--folds", "3", "--fit", file);
	const refused = await assay(workspace, ["rank", "latest", "--fitted", file]);
	expect(refused.code).toBe(2);
	expect(refused.stderr).toMatch(/were fitted on 6 of the 6 tasks: add\/0, .*\n.*--allow-seen/);
	const marked = await assay(workspace, ["rank", "latest", "--fitted", file, "--allow-seen", "--folds", "3"]);
	expect(marked.stdout).toMatch(/^pass probability, run +1\.000.* seen$/m);
	expect(marked.stdout).toMatch(/6 of the 6 tasks here among them/);
	const fitted = FittedRankers.parse(JSON.parse(readFileSync(file, "utf8")));
	const others = { ...fitted, tasks: [] };
	const elsewhere = join(workspace, "others.json");
	writeFileSync(elsewhere, JSON.stringify(others));
	const found = await rankers("--folds", "3", "--fitted", elsewhere);
	expect(found.get("pass probability")?.firstChoice.tasks).toBe(6);
	writeFileSync(elsewhere, JSON.stringify({ ...others, features: "2001" }));
	const stale = await assay(workspace, ["rank", "latest", "--fitted", elsewhere]);
	expect([stale.code, stale.stderr]).toEqual([2, expect.stringMatching(/others\.json: features: was fitted on 2001/)]);
	writeFileSync(elsewhere, JSON.stringify({ ...others, seed: "one" }));
	const broken = await assay(workspace, ["rank", "latest", "--fitted", elsewhere]);
	expect([broken.code, broken.stderr]).toEqual([2, expect.stringMatching(/others\.json: field seed: expected/)]);
	const few = await assay(workspace, ["rank", "latest", "--fit", join(workspace, "few.json"), "--folds", "7"]);
	expect([few.code, few.stderr]).toEqual([
		2,
		expect.stringMatching(/6 tasks with accepted and other candidates are too few/),
	]);
	expect(existsSync(join(workspace, "few.json"))).toBe(false);
});

test("on a thread of their own rankings are the same, and the judge of this one runs the programs, equal ones once", async () => {
	const [model, trees] = [join(workspace, "thread-model"), join(workspace, "thread-trees.json")];
	writeTinyModel(model, { seen: [{ taskId: "other/1", ...NOTHING_SEEN }] });
	const found = await rankers("--folds", "5", "--fit", trees, "--model", model, "--no-execute");
	const verifier = fakeVerifier();
	const { calls, close } = createRankingThread({
		workspace,
		roots: [artifactsRoot(workspace)],
		verifier: () => Promise.resolve(verifier),
		worldModel: model,
		worldIndex: null,
		fittedRankers: trees,
	});
	const ranked = async (over: { execute?: boolean; allowSeen?: boolean }) => {
		const updates: CandidateRankingUpdate[] = [];
		const request = { runId: "latest", execute: false, allowSeen: false, ...over };
		for await (const update of calls.rankCandidates(request, new AbortController().signal)) updates.push(update);
		const last = updates.at(-1);
		if (last?.kind !== "measured") throw new Error("it was not measured");
		const problems = updates.flatMap((of) => (of.kind === "fitted" && of.problem !== null ? [of.problem] : []));
		return { report: last.report, problems };
	};
	try {
		const still = await ranked({});
		expect(still.problems).toEqual(["6 of these 6 tasks taught it"]);
		expect(JSON.parse(JSON.stringify(still.report.rankers))).toEqual([...found.values()]);
		const marked = await ranked({ execute: true, allowSeen: true });
		expect(marked.problems).toEqual([]);
		expect(marked.report.fitted?.seen).toHaveLength(6);
		const names = marked.report.rankers.map(({ ranker }) => ranker);
		for (const name of ["pass probability", "energy", "agreement"]) expect(names).toContain(name);
		expect(verifier.observed).toHaveLength(6 * 6);
		const explained = await calls.explainRanked({ runId: "latest", allowSeen: false }, "add/1", 4);
		expect(explained).toMatchObject({ taskId: "add/1", sampleIndex: 4 });
		const unknown = calls.explainRanked({ runId: "latest", allowSeen: false }, "add/1", 99);
		await expect(unknown).rejects.toMatchObject({ code: "usage", message: "add/1 #99: no such candidate in this run" });
		const stopped = new AbortController();
		stopped.abort(new Error("enough"));
		const given = { runId: "latest", execute: false, allowSeen: false };
		await expect(calls.rankCandidates(given, stopped.signal)[Symbol.asyncIterator]().next()).rejects.toThrow("enough");
	} finally {
		await close();
	}
});

test("without running anything only texts and syntax trees rank", async () => {
	const found = await rankers("--no-execute", "--folds", "3");
	expect([...found.keys()]).toContain("trees, static");
	for (const name of ["agreement", "examples", "CodeT", "trees, everything"]) expect(found.has(name)).toBe(false);
});

test("what --out wrote is opened again with the same figures", async () => {
	const out = join(workspace, "again.jsonl");
	const found = await rankers("--tests", join(workspace, "tests.jsonl"), "--folds", "3", "--out", out);
	const opened = await assay(workspace, ["rank", "--open", out, "--json"]);
	expect(opened.code).toBe(0);
	const [report] = jsonLines(opened.stdout) as [{ rankers: Figures[] }];
	expect(report).toMatchObject({ tasks: 6, candidates: 42, rerankable: 6, folds: 3 });
	expect(report).toMatchObject({ made: { version: expect.any(String), features: expect.any(String) } });
	expect(new Map(report.rankers.map((of) => [of.ranker, of]))).toEqual(found);
	const broken = join(workspace, "broken.jsonl");
	writeFileSync(broken, `${readFileSync(out, "utf8")}{"schema":"assay.ranking.v1"}\n`);
	const refused = await assay(workspace, ["rank", "--open", broken]);
	expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("broken.jsonl:7")]);
});

test("whole files and diffs of a folder are ranked without running them, each with what became of it", async () => {
	const [folder, model, out] = ["tries", "tries-model", "tries.json"].map((name) => join(workspace, name));
	if (folder === undefined || model === undefined || out === undefined) throw new Error("paths");
	writeTinyModel(model, {
		seen: [{ taskId: "x", ...NOTHING_SEEN, prompt: promptLikeness("Give n times two, doubled.") }],
	});
	mkdirSync(folder);
	const before = join(workspace, "before.py");
	const ran = join(workspace, "ran");
	writeFileSync(before, "def twice(n):\n    # what is to be done\n    pass\n");
	const diff = (from: string) =>
		`--- a/before.py\n+++ b/before.py\n@@ -1,3 +1,3 @@\n def twice(n):\n-    # ${from}\n-    pass\n+    m = n\n+    return m + n\n`;
	const files = {
		"whole.py": `import os\nos.mkdir(${JSON.stringify(ran)})\n\ndef twice(n):\n    return 2 * n\n`,
		"same.py": `import os\nos.mkdir(${JSON.stringify(ran)})\ndef twice(n):  # again\n    return 2 * n\n`,
		"half.py": "def twice(n):\n    return (2 *\n",
		"fits.diff": diff("what is to be done"),
		"other.patch": diff("something else"),
		"none.patch": "no diff\n",
	};
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
	const args = ["rank", "--before", before, "--candidates", folder, "--model", model];
	const found = await assay(workspace, [...args, "--instruction", "Return twice the number.", "--json", "--out", out]);
	expect(found.code).toBe(0);
	expect(existsSync(ran)).toBe(false);
	const ranking = FolderRanking.parse(JSON.parse(found.stdout));
	expect(ranking).toMatchObject({ entryPoint: "twice", by: "energy", model: { name: "tiny", seen: null } });
	const of = (file: string) => ranking.candidates.find((candidate) => candidate.file === file);
	expect(of("whole.py")).toMatchObject({
		program: { kind: "whole" },
		parses: true,
		valid: true,
		passProbability: null,
	});
	expect(of("half.py")).toMatchObject({ program: { kind: "whole" }, parses: false, valid: false });
	expect(of("fits.diff")).toMatchObject({ program: { kind: "applied" }, parses: true, valid: true });
	for (const name of ["other.patch", "none.patch"])
		expect(of(name)).toMatchObject({ program: { kind: "refused" }, parses: null, energy: null });
	expect(of("whole.py")?.duplicateOf).toBe("same.py");
	const energies = ranking.candidates.flatMap(({ energy }) => energy ?? []);
	expect(energies).toEqual(energies.toSorted((a, b) => a - b));
	expect(energies).toHaveLength(4);
	expect(ranking.candidates.slice(4).map(({ file }) => file)).toEqual(["none.patch", "other.patch"]);
	const opened = await assay(workspace, ["rank", "--open", out, "--json"]);
	expect(JSON.parse(opened.stdout)).toEqual(ranking);
	const seen = [...args, "--instruction", "Give n times two, doubled."];
	const refused = await assay(workspace, seen);
	expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("was taught by this instruction, as x")]);
	expect((await assay(workspace, [...seen, "--allow-seen"])).stdout).toContain("nothing that it says counts");
	const lacking = await assay(workspace, ["rank", "--candidates", folder]);
	expect([lacking.code, lacking.stderr]).toEqual([2, expect.stringContaining("needs --before FILE and --instruction")]);
});

test("groups of a few candidates are drawn by the seed, and a task counts once", async () => {
	const [one, again] = [await rankers("-n", "3", "--no-execute"), await rankers("-n", "3", "--no-execute")];
	expect(one).toEqual(again);
	expect(one.get("random")?.firstChoice.tasks).toBe(6);
	const { stdout } = await assay(workspace, ["rank", "latest", "-n", "3", "--no-execute", "--json", "--quiet"]);
	expect(jsonLines(stdout)).toEqual([expect.objectContaining({ n: 3, gates: [] })]);
	const refused = await assay(workspace, ["rank", "latest", "-n", "3", "--out", join(workspace, "x.jsonl")]);
	expect(refused).toMatchObject({ code: 2, stdout: "" });
	expect(refused.stderr).toContain("--out: with -n a candidate is in one of several groups");
});

test("samples are judged first, or named as not judged; a run's tasks may have moved", async () => {
	const [tasks, samples] = [join(workspace, "tasks.jsonl"), join(workspace, "samples.jsonl")];
	const refused = await assay(workspace, ["rank", samples]);
	expect(refused.code).toBe(2);
	expect(refused.stderr).toContain("holds samples that nobody has judged");
	const judged = await assay(workspace, ["rank", tasks, samples, "--no-execute", "--folds", "3", "--json", "--quiet"]);
	expect(judged).toMatchObject({ code: 0, stderr: "" });
	// Bounds that were set for others are not held against these.
	expect(jsonLines(judged.stdout)).toMatchObject([{ candidates: 42, rerankable: 6, gates: [] }]);
	const moved = join(workspace, "moved.jsonl");
	renameSync(tasks, moved);
	try {
		expect((await assay(workspace, ["rank", "latest", "--no-execute"])).code).toBe(2);
		const found = await assay(workspace, ["rank", moved, "latest", "--no-execute", "--json", "--quiet"]);
		expect(jsonLines(found.stdout)).toMatchObject([{ candidates: 42 }]);
	} finally {
		renameSync(moved, tasks);
	}
});

test("a line of model-written tests that is none is named", async () => {
	const bad = write("bad.jsonl", [{ task_id: "add/0", generations: "x" }]);
	const { code, stderr } = await assay(workspace, ["rank", "latest", "--tests", bad]);
	expect(code).toBe(2);
	expect(stderr).toMatch(/bad\.jsonl:1.*generations/);
});

const NOTHING_SEEN = { contentSha256: null, prompt: null, solutions: [] };

test("with a world model its energies rank too, beside their controls; without one there is none", async () => {
	const model = join(workspace, "model");
	writeTinyModel(model, { seen: [{ taskId: "other/1", ...NOTHING_SEEN }] });
	const out = join(workspace, "energies.jsonl");
	const args = ["rank", "latest", "--no-execute", "--folds", "3"];
	const { stdout, code } = await assay(workspace, [...args, "--model", model, "--json", "--quiet", "--out", out]);
	expect(code).toBe(0);
	const [report] = jsonLines(stdout) as [
		{
			rankers: Figures[];
			controls: { ranker: string; less: { ranker: string } }[];
			model: { id: string; seen: unknown[] };
			gates: { ranker: string; name: string; passed: boolean }[];
		},
	];
	const names = ["energy", "energy change", "pass head", "energy without action", "energy, other action"];
	expect(report.rankers.map(({ ranker }) => ranker)).toEqual(expect.arrayContaining(names));
	expect(report.controls.map(({ ranker, less }) => [ranker, less.ranker])).toEqual([
		["energy", "energy without action"],
		["energy", "energy, other action"],
	]);
	expect(report.model).toMatchObject({ name: "tiny", seen: [] });
	const missed = report.gates.filter(({ passed }) => !passed).map(({ ranker, name }) => `${ranker}: ${name}`);
	expect(missed).toContain("energy: AUC less that of energy without action, lower end of the interval");
	const { stdout: text } = await assay(workspace, [...args, "--model", model, "--quiet"]);
	for (const name of missed) expect(text).toContain(`FAILED  ${name}: `);
	const [first] = readFileSync(out, "utf8").trim().split("\n");
	const ranking = TaskRanking.parse(JSON.parse(first ?? ""));
	expect(ranking.model).toEqual({ name: "tiny", id: report.model.id, seen: null });
	expect(ranking.candidates[0]?.scores.energy).toBeLessThan(0);
	const none = await assay(workspace, [...args, "--quiet"]);
	expect(none.stdout).toContain("energy      no model; --model names one");
	expect(none.stdout).not.toContain("pass head");
});

test("tasks that the model was trained on are refused, renamed ones too, and marked where they are allowed", async () => {
	const words = "Add 5.\n>>> add_5(2)\n7";
	const seen = [
		{ taskId: "add/0", ...NOTHING_SEEN },
		{ taskId: "renamed/9", ...NOTHING_SEEN, prompt: promptLikeness(words) },
	];
	const model = join(workspace, "leaky");
	writeTinyModel(model, { seen });
	const args = ["rank", "latest", "--no-execute", "--folds", "3", "--quiet", "--model", model];
	const refused = await assay(workspace, args);
	expect(refused).toMatchObject({ code: 2, stdout: "" });
	expect(refused.stderr).toContain("was trained on 2 of the 6 tasks: add/0, add/2 (by its prompt, as renamed/9)");
	expect(refused.stderr).toContain("--allow-seen");
	const out = join(workspace, "seen.jsonl");
	const allowed = await assay(workspace, [...args, "--allow-seen", "--out", out]);
	expect(allowed.code).toBe(0);
	expect(allowed.stdout).toContain("trained on 2 of the 6 tasks: nothing that its rankers show counts");
	expect(allowed.stdout).toMatch(/^energy .* {2}seen$/m);
	expect(allowed.stdout).toMatch(/^seen {4}energy: AUC less /m);
	expect(allowed.stdout).toMatch(/^lexical overlap .*[^n]$/m);
	const rankings = readFileSync(out, "utf8")
		.trim()
		.split("\n")
		.map((line) => TaskRanking.parse(JSON.parse(line)));
	expect(rankings.map(({ model: by }) => by?.seen?.by ?? null)).toEqual(["id", null, "prompt", null, null, null]);
	const json = await assay(workspace, [...args, "--allow-seen", "--json"]);
	expect(jsonLines(json.stdout)).toMatchObject([{ model: { seen: [{ taskId: "add/0" }, { taskId: "add/2" }] } }]);
});

test("a run picks by a world model's energy or by fitted trees, and says whose; tasks that taught them are refused or marked", async () => {
	const [model, leaky, trees] = ["picks", "picks-leaky", "picks-trees.json"].map((name) => join(workspace, name));
	if (model === undefined || leaky === undefined || trees === undefined) throw new Error("paths");
	writeTinyModel(model, { seen: [{ taskId: "other/1", ...NOTHING_SEEN }] });
	writeTinyModel(leaky, { seen: [{ taskId: "add/0", ...NOTHING_SEEN }] });
	const { id } = await readWorldFolder(model, new AbortController().signal);
	await rankers("--folds", "3", "--fit", trees, "--no-execute");
	const elsewhere = mkdtempSync(join(tmpdir(), "assay-picks-"));
	const out = join(elsewhere, "result.json");
	const files = [join(workspace, "tasks.jsonl"), "--backend", "static", "--samples", join(workspace, "samples.jsonl")];
	const run = (...args: string[]) => assay(elsewhere, ["run", ...files, "-n", "7", "--out", out, ...args]);
	const picked = () => RunResult.parse(JSON.parse(readFileSync(out, "utf8"))).picked;
	try {
		const energy = await run("--select", "energy", "--world-model", model);
		expect(energy.code).toBe(0);
		expect(picked()).toMatchObject({ selector: "energy", by: { id, seen: [] } });
		expect(energy.stdout).toContain(`picked      by energy of ${id}: `);
		const ranking = join(elsewhere, "ranking.jsonl");
		const ranked = await assay(elsewhere, ["rank", "latest", "--no-execute", "--model", model, "--out", ranking]);
		expect(ranked.code).toBe(0);
		for (const line of readFileSync(ranking, "utf8").trim().split("\n")) {
			const { taskId, candidates } = TaskRanking.parse(JSON.parse(line));
			const most = Math.max(...candidates.map(({ scores }) => scores.energy ?? 0));
			const first = candidates.filter(({ scores }) => scores.energy === most).map(({ sampleIndex }) => sampleIndex);
			expect(picked()?.tasks.find((of) => of.taskId === taskId)?.samples).toEqual(first);
		}
		const refused = await run("--select", "energy", "--world-model", leaky);
		expect(refused.code).toBe(2);
		expect(refused.stderr).toContain("was trained on 1 of the 6 tasks: add/0");
		const taught = await run("--select", "pass-probability", "--fitted", trees);
		expect(taught.code).toBe(2);
		expect(taught.stderr).toContain("were fitted on 6 of the 6 tasks");
		const marked = await run("--select", "pass-probability", "--fitted", trees, "--allow-seen");
		expect(marked.stdout).toContain("seen        it was taught by 6 tasks of these");
		expect(picked()?.by?.seen).toHaveLength(6);
		const missing = await run("--select", "energy", "--world-model", join(elsewhere, "nowhere"));
		expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("no such folder")]);
	} finally {
		rmSync(elsewhere, { recursive: true });
	}
});

test("world eval says of a run what can be ranked first, and its gates", async () => {
	const model = join(workspace, "model");
	const rerank = await assay(workspace, ["world", "eval", "rerank", "latest", "--model", model, "--quiet"]);
	expect(rerank.code).toBe(0);
	expect(rerank.stdout.split("\n")[1]).toBe(
		"rerankable  6 of 6 tasks (0 all accepted, 0 without any); picking perfectly would add 71.43 points to picking at random",
	);
	expect(rerank.stdout).toContain("FAILED  tasks: 6, at least 100");
	const calibration = await assay(workspace, ["world", "eval", "calibration", "latest", "--model", model, "--json"]);
	expect(jsonLines(calibration.stdout)).toMatchObject([
		{ kind: "calibration", seen: [], report: { rerankable: 6, candidates: 42, pass: { count: 42, accepted: 12 } } },
	]);
	const check = await assay(workspace, ["world", "eval", "rerank", "latest", "--model", model, "--check"]);
	expect(check.code).toBe(1);
});

test("world explain shows a candidate line by line, and names one that is not there", async () => {
	const model = join(workspace, "model");
	const { stdout, code } = await assay(workspace, ["world", "explain", "latest", "add/1", "4", "--model", model]);
	expect(code).toBe(0);
	expect(stdout).toContain("add/1 #4, by tiny");
	expect(stdout).toMatch(/^ +6 {6}return n \+ 4$/m);
	const missing = await assay(workspace, ["world", "explain", "latest", "add/1", "99", "--model", model]);
	expect(missing).toMatchObject({ code: 2, stdout: "" });
	expect(missing.stderr).toContain("add/1 #99: no such candidate in this run");
});

test("world map shows where the candidates of a task are, with the energies that another question would give them", async () => {
	const args = ["world", "map", "latest", "add/1", "--model", join(workspace, "model")];
	const { stdout, code } = await assay(workspace, [...args, "--instead", "add/4"]);
	expect(code).toBe(0);
	expect(stdout).toMatch(/^before \S+, predicted \S+, by the question of add\/4 \S+$/m);
	const { stdout: json } = await assay(workspace, [...args, "--json"]);
	const [map] = jsonLines(json) as [TaskMap];
	expect(map).toMatchObject({ taskId: "add/1", instead: null, starts: [{ swapped: null }] });
	expect(map.candidates.flatMap(({ sampleIndex, accepted }) => (accepted ? [sampleIndex] : []))).toEqual([4, 5]);
	// Equal programs are at one place, and the nearest to each other.
	const [third, sixth] = [map.candidates[3], map.candidates[6]];
	expect(third?.place).toEqual(sixth?.place);
	expect(third?.neighbours[0]).toEqual({ sampleIndex: 6, distance: 0 });
	const { stdout: explained } = await assay(workspace, [...args.with(1, "explain"), "--json"]);
	expect(jsonLines(explained)).toMatchObject([{ numbers: { energy: map.candidates[0]?.energy } }]);
	const unknown = await assay(workspace, [...args, "--instead", "add/99"]);
	expect(unknown).toMatchObject({ code: 2, stdout: "" });
	expect(unknown.stderr).toContain("add/99: is no function task of this run");
});
