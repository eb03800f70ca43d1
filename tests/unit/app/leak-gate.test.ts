import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { compareRuns } from "../../../src/app/compare-runs.js";
import { evaluateRun } from "../../../src/app/evaluate-run.js";
import { fileInputs } from "../../../src/app/file-inputs.js";
import { verifySamples } from "../../../src/app/verify-samples.js";
import { type RunFiles, runFiles } from "../../../src/artifacts/layout.js";
import { comparisonMarkdown, conclusionText } from "../../../src/compare/comparison-text.js";
import type { RunConfig } from "../../../src/domain/run.js";
import type { FunctionTask } from "../../../src/domain/task.js";
import { trainingEntryOf } from "../../../src/lineage/training-entry.js";
import { serializeTask } from "../../../src/tasks/serialize-task.js";
import { writeCheckpoint } from "../lineage/checkpoint-folder.js";
import { assay } from "./assay-command.js";
import { fakeVerifier } from "./fake-verifier.js";
import { functionTask, memoryInputs, runConfig, sample, surroundings, temporaryFolder } from "./run-fixtures.js";

const signal = new AbortController().signal;
let workspace: string;
beforeEach(() => {
	workspace = temporaryFolder();
});

const COUNT = `def count_words(text, least):
    found = {}
    for word in text.lower().split():
        if len(word) >= least:
            found[word] = found.get(word, 0) + 1
    order = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return dict(order)
`;
const COUNT_RENAMED = `# another author, another layout
def tally(s: str, k: int = 1) -> dict[str, int]:
    """Counts."""
    d = {}
    for w in s.lower().split():
        if len(w) >= k: d[w] = d.get(w, 0) + 1

    o = sorted(d.items(), key=lambda p: (-p[1],
                                         p[0]))
    return dict(o)  # done
`;
const QUESTION =
	"Given a text, count how often each of its words occurs without regard to case, and return the counts as a dictionary, most frequent word first, ties by the alphabet.";

const SCORED = [
	...Array.from({ length: 11 }, (_, i) => functionTask(`t${i}`, { prompt: `Write f for number ${i}` })),
	functionTask("count_words", { prompt: QUESTION, reference: COUNT, entryPoint: "count_words" }),
].map((task) => ({ ...task, contamination: "written for the test" }));

/** Candidates of a model in `folder`, or of no known one, judged: all right, but for those of `wrong`. */
async function judge(over: Partial<RunConfig> = {}, options: { wrong?: readonly string[] } = {}): Promise<RunFiles> {
	const tasks = join(workspace, "tasks.jsonl");
	writeFileSync(tasks, SCORED.map((task) => `${JSON.stringify(serializeTask(task, tasks))}\n`).join(""));
	const right = (id: string) => !(options.wrong ?? []).includes(id);
	const samples = SCORED.flatMap(({ id }) =>
		[0, 1].map((index) => sample(id, index, right(id) ? "accepted" : "wrong_answer")),
	);
	const result = await verifySamples({
		...surroundings(workspace),
		random: Math.random,
		verifier: fakeVerifier(),
		inputs: { ...memoryInputs(SCORED, { samples }), tasks: fileInputs.tasks },
		config: {
			...runConfig({ tasks, backend: "samples", n: null, ...over }),
			samples: join(workspace, "samples.jsonl"),
		},
		resume: null,
		lines: null,
	});
	return runFiles(join(workspace, "artifacts"), result.runId);
}

function askedOf(folder: string): RunConfig["generation"] {
	return {
		model: folder,
		template: { id: "direct.v1", sha256: "0".repeat(64) },
		sampling: { temperature: 1, topP: 1, maxTokens: 64, stop: [] },
		logprobs: false,
		concurrency: 1,
		server: null,
		allowDownload: false,
	};
}

/** A model that learnt `trained`, with the solutions as they are. */
async function checkpointOn(...trained: FunctionTask[]): Promise<string> {
	const entries = await Promise.all(trained.map((task) => trainingEntryOf(task, [task.reference ?? ""])));
	return writeCheckpoint(join(workspace, "checkpoints", "one"), "one", entries).path;
}

const evaluate = (run: string, seenIsScored = false) => evaluateRun({ workspace, run, ks: [1], signal, seenIsScored });

test("a scored task that the model was trained on is in no figure, or marked in each", async () => {
	const folder = await checkpointOn(functionTask("t3"), functionTask("elsewhere", { prompt: "Something else" }));
	const { runId, report } = await judge({ generation: askedOf(folder) }, { wrong: ["t0"] });
	const clean = await evaluate(runId);
	expect(clean.training).toMatchObject({ state: "checked", tasks: "as_judged", compared: 12, unknownParent: null });
	expect(clean.training).toMatchObject({ seen: [{ taskId: "t3", by: "id", checkpoint: "one" }] });
	expect(clean).toMatchObject({ taskCount: 11, plannedTaskCount: 11, sampleCount: 22, seenIsScored: false });
	expect(clean.passAtK[0]).toMatchObject({ value: 10 / 11, tasks: 11, seen: 0 });
	const all = await evaluate(runId, true);
	expect(all.passAtK[0]).toMatchObject({ value: 11 / 12, tasks: 12, seen: 1 });
	const { stdout } = await assay(workspace, ["eval", runId, "--allow-seen", "--k", "1"]);
	expect(stdout).toMatch(/pass@1 .* over 12 tasks, 1 of them seen in training/);
	expect(stdout).toMatch(/^binary .*\[seen\]$/m);
	expect(stdout).toMatch(
		/^training +1 of 12 tasks are in the training data of one .* every figure counts them: t3 by its id$/m,
	);
	expect(readFileSync(report, "utf8")).toContain(
		"**1 of the tasks were trained on, and every figure here counts them.**",
	);
});

test.each<[string, FunctionTask, object]>([
	[
		"a copy with other names, layout and comments",
		functionTask("borrowed", { prompt: "Tally.", reference: COUNT_RENAMED }),
		{ by: "solution", similarity: 1, trainedAs: "borrowed" },
	],
	[
		"a copy that changes one line",
		functionTask("borrowed", { prompt: "Tally.", reference: COUNT_RENAMED.replace("+ 1", "+ 2") }),
		{ by: "solution", trainedAs: "borrowed" },
	],
	[
		"the same question with a word changed",
		functionTask("borrowed", { prompt: QUESTION.replace("Given a text", "For a text"), reference: null }),
		{ by: "prompt", trainedAs: "borrowed" },
	],
	[
		"the same content under another id",
		functionTask("borrowed", {
			title: "Other",
			tags: ["x"],
			prompt: QUESTION,
			entryPoint: "count_words",
			reference: null,
			tests: functionTask("count_words").tests,
		}),
		{ by: "content", similarity: 1 },
	],
])("%s of a trained-on task is found under its other id", async (_name, trained, sign) => {
	const { runId } = await judge({ generation: askedOf(await checkpointOn(trained)) });
	const { training } = await evaluate(runId);
	expect(training).toMatchObject({ state: "checked", seen: [{ taskId: "count_words", ...sign }] });
});

test("what a checkpoint was trained from counts, and what that was trained from is said to be unknown", async () => {
	const entries = [await trainingEntryOf(functionTask("t5"), [])];
	const outside = { name: "outside/model", path: null, manifestSha256: null };
	const base = writeCheckpoint(join(workspace, "checkpoints/base"), "base", entries, outside);
	const parent = { name: "base", path: "../base", manifestSha256: base.manifestSha256 };
	const { path } = writeCheckpoint(join(workspace, "checkpoints/tuned"), "tuned", [], parent);
	const { runId } = await judge({ generation: askedOf(path) });
	const { stdout } = await assay(workspace, ["eval", runId]);
	expect(stdout).toContain("1 of 12 tasks are in the training data of tuned, trained from base (1 example)");
	expect(stdout).toContain(
		"contamination unknown before that: outside/model, from which training began, has no training manifest",
	);
	writeCheckpoint(join(workspace, "checkpoints/base"), "base", []);
	await expect(evaluate(runId)).rejects.toThrow("is another checkpoint than the one that tuned was trained from");
});

test("a run whose tasks were all trained on has nothing left to score", async () => {
	const { runId } = await judge({ generation: askedOf(await checkpointOn(...SCORED)) });
	await expect(evaluate(runId)).rejects.toThrow("its model was trained on all of its tasks: nothing is left to score");
	const other = await judge();
	const compared = compareRuns({
		workspace,
		sources: [runId, other.runId],
		k: 1,
		seed: 1,
		resamples: 200,
		allowed: [],
		signal,
	});
	await expect(compared).rejects.toThrow("its model was trained on all of its tasks");
});

test("a changed byte in the weights is caught before a run and before a figure", async () => {
	const folder = await checkpointOn(functionTask("t3"));
	const { runId } = await judge({ generation: askedOf(folder) });
	writeFileSync(join(folder, "model.safetensors"), "weights oF one");
	const message = /model\.safetensors: changed since training: it has other bytes$/;
	await expect(evaluate(runId)).rejects.toThrow(message);
	await expect(judge({ generation: askedOf(folder) })).rejects.toThrow(message);
	await checkpointOn(functionTask("t4"));
	await expect(evaluate(runId)).rejects.toThrow("is not the one of one that the run asked");
});

test("of a model without a training manifest it is said that nobody knows", async () => {
	const { runId } = await judge({ generation: askedOf(join(workspace, "downloaded")) });
	const { training } = await evaluate(runId);
	expect(training).toEqual({ state: "unknown", reason: `${workspace}/downloaded has no training manifest` });
	const { stdout } = await assay(workspace, ["eval", runId]);
	expect(stdout).toContain("training    contamination unknown:");
	const rollouts = await judge();
	expect((await evaluate(rollouts.runId)).training).toMatchObject({
		reason: "samples.jsonl does not say which model made it: no training manifest",
	});
});

test("compare leaves out what one of the models was trained on, and says it of each", async () => {
	const trained = await judge({ generation: askedOf(await checkpointOn(functionTask("t3"))) });
	const other = await judge({ generation: askedOf(join(workspace, "downloaded")) }, { wrong: ["t3", "t4"] });
	const options = { workspace, sources: [trained.runId, other.runId], k: 1, seed: 1, resamples: 200, signal };
	const comparison = await compareRuns({ ...options, allowed: [] });
	expect(comparison).toMatchObject({ seen: ["t3"], seenIsScored: false });
	expect(comparison.tasks.map(({ taskId }) => taskId)).not.toContain("t3");
	expect(comparison.sets.map(({ score }) => score.value)).toEqual([1, 10 / 11]);
	const text = comparisonMarkdown(comparison);
	expect(text).toContain(`${trained.runId}: 1 of 12 tasks are in the training data of one`);
	expect(text).toContain(`${other.runId}: contamination unknown: ${workspace}/downloaded has no training manifest`);
	const marked = await compareRuns({ ...options, allowed: [], seenIsScored: true });
	expect(marked.sets.map(({ score }) => [score.tasks, score.seen])).toEqual([
		[12, 1],
		[12, 1],
	]);
	const [pair] = marked.pairs;
	expect(pair && conclusionText(pair, 1)).toContain("with 1 seen in training");
});

test("a file of rollouts is looked up by the checkpoint that a person names", async () => {
	const { rollouts } = await judge();
	const copy = join(workspace, "copy.jsonl");
	writeFileSync(copy, readFileSync(rollouts));
	const folder = await checkpointOn(functionTask("t3"));
	const { stdout, code } = await assay(workspace, ["eval", copy, "--checkpoint", folder]);
	expect(stdout).toMatch(
		/1 of 12 tasks are in the training data of one .*by id alone; they are in no figure: t3 by its id/,
	);
	expect(code).toBe(0);
	const refused = await assay(workspace, ["eval", copy, "--checkpoint", workspace]);
	expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("has no training.json") });
});

test("eval refuses rollouts that were cut since the run ended, and a candidate that was judged twice", async () => {
	const { runId, rollouts } = await judge();
	const lines = readFileSync(rollouts, "utf8");
	writeFileSync(rollouts, lines.slice(0, lines.lastIndexOf("\n", lines.length - 2) + 1));
	await expect(evaluate(runId)).rejects.toThrow(
		`${rollouts}: changed since the run ended: its checksum is not the manifest's`,
	);
	const copy = join(workspace, "copy.jsonl");
	writeFileSync(copy, lines);
	appendFileSync(copy, lines.slice(0, lines.indexOf("\n") + 1));
	await expect(evaluate(copy)).rejects.toThrow(/copy\.jsonl:25: sample \d of task t\d+ is already on line 1$/);
});

test("a claim of two runs whose training was looked up is supported, and every report of these runs says so", async () => {
	const folder = await checkpointOn(functionTask("elsewhere", { prompt: "Something else" }));
	const wrong = SCORED.slice(0, 9).map(({ id }) => id);
	const before = await judge({ generation: askedOf(folder) }, { wrong });
	const after = await judge({ generation: askedOf(folder) });
	writeFileSync(
		join(workspace, "claims.yaml"),
		`claims:
  - {id: more, text: The second run solves more of these tasks., compare: [${before.runId}, ${after.runId}], says: better}
  - {id: less, text: The second run solves fewer of them., compare: [${before.runId}, ${after.runId}], says: worse}
`,
	);
	expect((await assay(workspace, ["compare", before.runId, after.runId])).stdout).toContain(
		"claim unchecked: “The second",
	);
	const checked = await assay(workspace, ["claims", "check", "--json"]);
	const [more, less] = checked.stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	expect(more).toMatchObject({ id: "more", status: "supported", reasons: [] });
	expect(less).toMatchObject({ id: "less", status: "blocked" });
	expect(checked.code).toBe(1);
	const out = join(workspace, "report.md");
	const { stdout } = await assay(workspace, ["compare", before.runId, after.runId, "--out", out]);
	for (const text of [stdout, readFileSync(out, "utf8"), (await assay(workspace, ["eval", after.runId])).stdout]) {
		expect(text).toContain("supported: “The second run solves more of these tasks.” (more); computed: ");
		expect(text).toMatch(
			/blocked: “The second run solves fewer of them.” \(less\); .*because of figure: the figures say/,
		);
	}
	writeFileSync(join(workspace, "claims.yaml"), "claims: [");
	expect((await assay(workspace, ["eval", after.runId])).stdout).toContain("claims.yaml cannot be read");
});

test("a claim of a run that was trained on its tasks rests on the others alone", async () => {
	const folder = await checkpointOn(functionTask("t3"));
	const { runId } = await judge({ generation: askedOf(folder) }, { wrong: ["t0"] });
	writeFileSync(join(workspace, "claims.yaml"), `claims: [{id: a, text: Most., eval: ${runId}, value: 0.909}]\n`);
	const { stdout } = await assay(workspace, ["claims", "check", "--json"]);
	const [claim] = stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	const training = claim.gates.find(({ gate }: { gate: string }) => gate === "training");
	expect(training).toMatchObject({ state: "holds", note: "trained on, and in no figure: 1 task" });
	expect(claim.figure).toMatch(/^pass@1 0\.9091 .*, 11 tasks$/);
});

/** What a script of one's own leaves: weights, and the examples that it was given. */
function foreignCheckpoint(lines: readonly object[]): { folder: string; data: string } {
	const [folder, data] = [join(workspace, "out/checkpoint-500"), join(workspace, "sft.jsonl")];
	mkdirSync(join(folder, "nested"), { recursive: true });
	writeFileSync(join(folder, "model.safetensors"), "weights");
	writeFileSync(join(folder, "nested/tokenizer.json"), "{}");
	writeFileSync(data, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	return { folder, data };
}

const REGISTER = ["--parent", "none", "--method", "sft", "--steps", "500"];

test.each([
	["by id", { task_id: "count_words", prompt: "Do it.", completion: "pass" }],
	[
		"by its question, in a conversation",
		{
			messages: [
				{ role: "user", content: QUESTION },
				{ role: "assistant", content: "ok" },
			],
		},
	],
	[
		"by a renamed solution, in a fence",
		{ instruction: "Do it.", output: `Sure:\n\`\`\`python\n${COUNT_RENAMED}\`\`\`\n` },
	],
	["by a renamed solution, in a text", { text: `### Question\nDo it.\n\`\`\`python\n${COUNT_RENAMED}\`\`\`` }],
])("a task that another trainer's checkpoint was trained on is found %s", async (_how, example) => {
	const run = await judge();
	const { folder, data } = foreignCheckpoint([{ prompt: "Write something else", completion: "x = 1" }, example]);
	const registered = await assay(workspace, ["checkpoints", "register", folder, "--trained-on", data, ...REGISTER]);
	expect(registered).toMatchObject({ code: 0, stderr: "" });
	expect(registered.stdout).toMatch(/^checkpoint-500: 2 examples, \d task ids?, 2 files/);
	const evaluated = await assay(workspace, ["eval", run.runId, "--checkpoint", folder]);
	expect(evaluated).toMatchObject({ code: 0 });
	expect(evaluated.stdout).toMatch(/^pass@1 .* over 11 tasks/m);
	expect(evaluated.stdout).toMatch(/^training .*count_words/m);
	writeFileSync(join(folder, "model.safetensors"), "weighty");
	const changed = await assay(workspace, ["eval", run.runId, "--checkpoint", folder]);
	expect(changed).toMatchObject({ code: 2 });
	expect(changed.stderr).toContain("model.safetensors: changed since training");
});

test("tasks can be named as what a checkpoint was trained on, and its parent's record is held to its checksum", async () => {
	const run = await judge();
	const { folder } = foreignCheckpoint([]);
	const tasks = join(workspace, "tasks.jsonl");
	const parent = writeCheckpoint(join(workspace, "parent"), "parent", []);
	const argv = [
		"--trained-on",
		tasks,
		"--parent",
		parent.path,
		"--method",
		"grpo",
		"--steps",
		"20",
		"--cost",
		"1.5",
		"--json",
	];
	const { stdout } = await assay(workspace, ["checkpoints", "register", folder, ...argv]);
	expect(JSON.parse(stdout)).toMatchObject({
		parent: { name: "parent", path: parent.path, manifestSha256: parent.manifestSha256 },
		method: "grpo",
		seed: null,
		costUsd: 1.5,
		data: { entries: 12, tasks: 12 },
		files: [{ path: "model.safetensors" }, { path: "nested/tokenizer.json" }],
	});
	const card = await assay(workspace, ["artifacts", "card", folder]);
	expect(card.stdout).toMatch(/^\| seed \| \*\*unknown\*\*/m);
	const { code, stderr } = await assay(workspace, ["eval", run.runId, "--checkpoint", folder]);
	expect(code).toBe(2);
	expect(stderr).toContain("its model was trained on all of its tasks");
});

test("what cannot be recorded is refused with its place, and leaves nothing behind", async () => {
	const { folder, data } = foreignCheckpoint([{ prompt: "p", completion: "c" }, { reward: 1 }]);
	const register = () => assay(workspace, ["checkpoints", "register", folder, "--trained-on", data, ...REGISTER]);
	const bad = await register();
	expect(bad).toMatchObject({ code: 2 });
	expect(bad.stderr).toContain(`${data}:2: no training example`);
	expect(readdirSync(folder).sort()).toEqual(["model.safetensors", "nested"]);
	writeFileSync(data, '{"prompt":"p","completion":"c"}\n');
	expect((await register()).code).toBe(0);
	const again = await register();
	expect(again).toMatchObject({ code: 2 });
	expect(again.stderr).toContain("already has a training.json");
});
