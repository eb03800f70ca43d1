import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { DataManifest, PreferencePair, RewardPrompt, SftExample } from "../../src/domain/training-data.js";
import { TrainingEvaluation } from "../../src/domain/training-job.js";
import { smallTasks } from "./small-tasks.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const SHIPPED = fileURLToPath(new URL("../../fixtures/models/tiny-coder", import.meta.url));
const PYTHON = "/usr/bin/python3";
const hasTorch = spawnSync(PYTHON, ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const root = mkdtempSync(join(tmpdir(), "assay-loop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function assay(workspace: string, ...args: string[]) {
	mkdirSync(workspace, { recursive: true });
	const done = spawnSync(process.execPath, [BIN, ...args, "--workspace", workspace], { encoding: "utf8" });
	return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

function lines<T>(path: string, parse: (value: unknown) => T): T[] {
	return readFileSync(path, "utf8")
		.trim()
		.split("\n")
		.map((line) => parse(JSON.parse(line)));
}

const meanOf = (rewards: readonly (number | null)[]) =>
	rewards.reduce<number>((sum, reward) => sum + (reward ?? 0), 0) / rewards.length;

const LOOP = ["-n", "2", "--iterations", "2", "--name", "small", "--set", "epochs=2", "--json"];
LOOP.push("--replay", "0.5", "--curriculum", "1", "--patience", "0", "--seed", "1");

describe.skipIf(!hasTorch)("with a trainer (needs python3-torch)", () => {
	const tasks = smallTasks(join(root, "tasks"), { train: 8, dev: 4, test_private: 2 });

	test("accepted rollouts of the train split become examples, each program once", { timeout: 120_000 }, () => {
		const workspace = join(root, "export");
		expect(assay(workspace, "run", tasks, "--backend", "onnx", "-n", "4").code).toBe(0);
		const made = assay(workspace, "data", "export", "latest", "--format", "sft", "--name", "a", "--json");
		expect(made.stderr).toBe("");
		const folder = join(workspace, "artifacts", "data", "a");
		const manifest = DataManifest.parse(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")));
		const examples = lines(join(folder, "examples.jsonl"), (value) => SftExample.parse(value));
		expect(manifest.examples).toBe(examples.length);
		expect(manifest.leftOut.otherSplit).toBe(6 * 4);
		expect(new Set(examples.map(({ program }) => program)).size).toBe(examples.length);
		for (const { prompt, completion, program } of examples) expect(prompt + completion).toBe(program);

		assay(workspace, "data", "export", "latest", "--format", "preference", "--name", "b");
		const pairs = lines(join(workspace, "artifacts/data/b/pairs.jsonl"), (value) => PreferencePair.parse(value));
		expect(pairs.every(({ chosen, rejected }) => chosen !== rejected)).toBe(true);
		const again = assay(workspace, "data", "export", "latest", "--format", "sft", "--name", "a");
		expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("already holds training data")]);
		for (const [source, format] of [
			["latest", "sft"],
			[tasks, "grpo"],
		] as const) {
			const none = assay(workspace, "data", "export", source, "--format", format, "--split", "nowhere", "--name", "c");
			expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/is left.*there are.* 8 tasks of train/)]);
		}
		expect(readdirSync(join(workspace, "artifacts/data")).sort()).toEqual(["a", "b"]);
	});

	test("prompts for training by reward hold no test, and the judge's tests lie beside them", () => {
		const workspace = join(root, "prompts");
		expect(assay(workspace, "data", "export", tasks, "--format", "grpo", "--name", "p").code).toBe(0);
		const folder = join(workspace, "artifacts", "data", "p");
		const prompts = lines(join(folder, "prompts.jsonl"), (value) => RewardPrompt.parse(value));
		const suites = readFileSync(join(folder, "suites.jsonl"), "utf8");
		expect(prompts).toHaveLength(8);
		expect(JSON.stringify(prompts)).not.toContain("assert");
		for (const { taskId } of prompts) expect(suites).toContain(`"taskId":${JSON.stringify(taskId)}`);
	});

	test("GRPO and PPO train on the judge's rewards and leave a checkpoint that samples", { timeout: 240_000 }, () => {
		const workspace = join(root, "rewards");
		assay(workspace, "data", "export", tasks, "--format", "grpo", "--name", "p");
		for (const method of ["grpo", "ppo"]) {
			const settings = ["steps=2", "promptsPerStep=4", "groupSize=4"].flatMap((value) => ["--set", value]);
			const trained = assay(workspace, "train", method, "--data", "p", "--name", method, ...settings, "--json");
			expect([trained.code, trained.stderr]).toEqual([0, expect.not.stringContaining("Traceback")]);
			const checkpoint = join(workspace, "artifacts", "checkpoints", method);
			const sampled = assay(
				workspace,
				"run",
				tasks,
				"--backend",
				"onnx",
				"--model",
				checkpoint,
				"-n",
				"1",
				"--limit",
				"2",
			);
			expect(sampled.stderr + sampled.stdout).toContain("pass@1");
		}
	});

	test("rewards that are all equal leave the model as it was, and people are told why", { timeout: 120_000 }, () => {
		const workspace = join(root, "equal");
		assay(workspace, "data", "export", tasks, "--format", "grpo", "--name", "p");
		// Nobody solves a task in one token.
		const settings = ["steps=2", "promptsPerStep=2", "groupSize=2", "maxNewTokens=1"];
		const given = settings.flatMap((value) => ["--set", value]);
		const trained = assay(workspace, "train", "grpo", "--data", "p", "--name", "same", ...given);
		expect([trained.code, trained.stderr.split("\n").slice(1, -2)]).toEqual([
			0,
			[
				expect.stringContaining("step 1/2  reward 0"),
				expect.stringContaining("step 2/2  reward 0"),
				"the model is as it was: no step had attempts with different rewards to learn from",
			],
		]);
		const [before, after] = [SHIPPED, join(workspace, "artifacts", "checkpoints", "same")].map((folder) =>
			readFileSync(join(folder, "model.safetensors")),
		);
		expect(after?.equals(before ?? Buffer.alloc(0))).toBe(true);
	});

	test("the name of a training that is done stands for its settings and its data", { timeout: 120_000 }, () => {
		const workspace = join(root, "named");
		const exported = (...more: string[]) =>
			assay(workspace, "data", "export", tasks, "--format", "grpo", "--name", "p", ...more).code;
		const train = (steps: number) => {
			const settings = [`steps=${steps}`, "promptsPerStep=2", "groupSize=2", "maxNewTokens=1"];
			const given = settings.flatMap((value) => ["--set", value]);
			return assay(workspace, "train", "grpo", "--data", "p", "--name", "known", "--quiet", ...given);
		};
		expect(exported()).toBe(0);
		expect(train(1)).toMatchObject({ code: 0 });
		expect(train(1)).toMatchObject({ code: 0, stdout: expect.stringContaining("checkpoints/known"), stderr: "" });
		expect(train(2)).toMatchObject({ code: 2, stderr: expect.stringMatching(/other settings\n.*another --name/) });
		expect(exported("--force", "--split", "dev")).toBe(0);
		expect(train(1)).toMatchObject({ code: 2, stderr: expect.stringMatching(/other data than known/) });
	});

	test("fine-tuning is measured on held-out prompts before and after, task by task", { timeout: 120_000 }, () => {
		const workspace = join(root, "measured");
		assay(workspace, "run", tasks, "--backend", "onnx", "-n", "2");
		assay(workspace, "data", "export", "latest", "--format", "sft", "--name", "a");
		assay(workspace, "data", "export", tasks, "--format", "grpo", "--split", "dev", "--name", "dev");
		const settings = ["steps=2", "evaluateEvery=2", "evaluationSamples=3", "gradientCheckpointing=true"];
		const given = ["--held-out", "dev", ...settings.flatMap((value) => ["--set", value]), "--json"];
		const trained = assay(workspace, "train", "sft", "--data", "a", "--name", "m", ...given);
		expect([trained.code, trained.stderr]).toEqual([0, expect.not.stringContaining("Traceback")]);
		const path = join(workspace, "artifacts", "training", "m", "evaluations.jsonl");
		const evaluations = lines(path, (value) => TrainingEvaluation.parse(value));
		expect(evaluations.map(({ step }) => step)).toEqual([0, 2]);
		for (const { tasks } of evaluations) expect(tasks.map(({ rewards }) => rewards.length)).toEqual([3, 3, 3, 3]);
		const means = evaluations.map(({ tasks }) => tasks.flatMap(({ rewards }) => rewards)).map(meanOf);
		const told = trained.stdout.split("\n").flatMap((line) => (line.includes('"t":"eval"') ? [JSON.parse(line)] : []));
		expect(told.map(({ m }) => m.reward)).toEqual(means.map((mean) => expect.closeTo(mean, 5)));
	});

	test("a loop killed while it trains ends with the scores of an undisturbed one", { timeout: 240_000 }, async () => {
		const scores = (workspace: string) => {
			const path = join(workspace, "artifacts", "loops", "small", "loop.log");
			const events = lines(path, (value) => value as { type: string; score?: { runId?: string } });
			return events.flatMap(({ type, score }) => (type === "checkpoint.recorded" ? [{ ...score, runId: null }] : []));
		};
		const [calm, killed] = [join(root, "calm"), join(root, "killed")];
		expect(assay(calm, "loop", tasks, ...LOOP).code).toBe(0);
		mkdirSync(killed);
		const child = spawn(process.execPath, [BIN, "loop", tasks, ...LOOP, "--workspace", killed], {
			stdio: ["ignore", "pipe", "ignore"],
		});
		for await (const line of createInterface({ input: child.stdout })) {
			if (line.includes('"stage.started"') && line.includes('"train"')) child.kill("SIGKILL");
		}
		if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
		expect(child.signalCode).toBe("SIGKILL");
		const resumed = assay(killed, "loop", "--resume", "small", "--json");
		expect([resumed.code, resumed.stderr]).toEqual([0, expect.not.stringContaining("Traceback")]);
		expect(scores(killed)).toEqual(scores(calm));
		expect(scores(calm)).toHaveLength(3);
		expect(readdirSync(join(calm, "artifacts", "checkpoints"))).toEqual(["small-1", "small-2"]);
		const [first, second] = ["small-1", "small-2"].map((name) =>
			DataManifest.parse(JSON.parse(readFileSync(join(calm, "artifacts", "data", name, "manifest.json"), "utf8"))),
		);
		expect(first?.replay).toEqual({ share: 0.5, available: 0, examples: 0 });
		expect(second?.replay?.examples).toBeGreaterThan(0);
		expect(second?.replay?.examples).toBeLessThanOrEqual((second?.examples ?? 0) / 2);
	});

	test("a dry run tells what training takes and keeps nothing", { timeout: 60_000 }, () => {
		const workspace = join(root, "dry");
		assay(workspace, "data", "export", tasks, "--format", "grpo", "--name", "p");
		for (const method of ["grpo", "ppo"]) {
			const args = ["--set", "steps=50", "--set", "promptsPerStep=2", "--set", "groupSize=2", "--set", "loraRank=2"];
			const tried = assay(workspace, "train", method, "--data", "p", "--name", "d", ...args, "--dry-run", "--json");
			expect(tried.stderr).toBe("");
			const { config, estimate } = JSON.parse(tried.stdout);
			expect([config.steps, estimate.steps]).toEqual([50, 50]);
			expect(estimate.learning).toBeLessThan(estimate.parameters);
			expect(estimate.seconds).toBeGreaterThan(0);
			expect(estimate.memoryBytes).toBeGreaterThan(4 * estimate.parameters);
		}
		for (const made of ["checkpoints", "training"])
			expect(readdirSync(join(workspace, "artifacts"))).not.toContain(made);
	});

	test("what cannot be trained is refused in one line, with nothing written", () => {
		const workspace = join(root, "refused");
		assay(workspace, "data", "export", tasks, "--format", "grpo", "--name", "p");
		const wrong: [string[], string][] = [
			[["sft", "--data", "p"], "holds grpo data"],
			[["grpo", "--data", "nowhere"], "holds no training data"],
			[["grpo", "--data", "p", "--set", "speed=9"], "speed"],
			[["grpo", "--data", "p", "--set", "groupSize=1"], "groupSize"],
			[["grpo", "--data", "p", "--model", "nowhere"], "no model.safetensors"],
		];
		for (const [args, message] of wrong) {
			const refused = assay(workspace, "train", ...args, "--name", "x");
			expect([args, refused.code, refused.stderr.split("\n").length]).toEqual([args, 2, 3]);
			expect(refused.stderr).toContain(message);
		}
		expect(readdirSync(join(workspace, "artifacts"))).not.toContain("checkpoints");
	});
});
