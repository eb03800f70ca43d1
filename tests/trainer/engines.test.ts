import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { TrainerEvent } from "../../src/domain/training-job.js";
import { smallTasks } from "./small-tasks.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const TRAINER = fileURLToPath(new URL("../../src/trainer", import.meta.url));
const PYTHON = "/usr/bin/python3";
const has = (python: string, modules: string) => spawnSync(python, ["-c", `import ${modules}`]).status === 0;
const hasTorch = has(PYTHON, "torch") || Boolean(process.env.CI);
const named = process.env.ASSAY_TRAINER_PYTHON;
const withTrl = named !== undefined && has(named, "torch, trl, peft, accelerate") ? named : null;
const root = mkdtempSync(join(tmpdir(), "assay-engines-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function assay(args: string[], python = PYTHON) {
	const env = { ...process.env, ASSAY_TRAINER_PYTHON: python };
	const done = spawnSync(process.execPath, [BIN, ...args, "--workspace", root], { encoding: "utf8", env });
	return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

describe.skipIf(!hasTorch)("other trainers (needs python3-torch)", () => {
	const tasks = smallTasks(join(root, "tasks"), { train: 4, dev: 2 });
	assay(["data", "export", tasks, "--format", "grpo", "--name", "p"]);
	assay(["data", "export", tasks, "--format", "grpo", "--split", "dev", "--name", "held"]);
	const artifacts = join(root, "artifacts");

	test("a dry run prints script, command and settings, and writes nothing", { timeout: 120_000 }, () => {
		const args = ["train", "grpo", "--data", "p", "--name", "t", "--engine", "trl", "--processes", "2", "--dry-run"];
		const told = assay([...args, "--json"]);
		const { plan, engine, processes } = JSON.parse(told.stdout);
		expect([told.code, engine, processes]).toEqual([0, "trl", 2]);
		expect(plan.commands).toEqual([expect.stringContaining("-m accelerate.commands.launch --config_file")]);
		const [accelerate, settings, script] = plan.files;
		expect(JSON.parse(accelerate.text)).toMatchObject({ num_processes: 2, distributed_type: "MULTI_GPU" });
		expect(JSON.parse(settings.text).arguments).toMatchObject({ max_steps: 60, num_generations: 8 });
		expect(script.text).toContain("reward_funcs=[judged]");
		expect(assay(args).stdout).toContain(plan.commands[0]);
		expect(readdirSync(artifacts)).not.toContain("training");
	});

	test.skipIf(has(PYTHON, "trl"))(
		"one that is not installed is named with its remedy, and leaves its name free",
		() => {
			const refused = assay(["train", "grpo", "--data", "p", "--name", "t", "--engine", "trl", "--json"]);
			expect([refused.code, refused.stderr.split("\n").length]).toEqual([2, 2]);
			expect(refused.stderr).toContain("not installed for this Python: pip install 'trl[vllm]' peft");
			expect(existsSync(join(artifacts, "training", "t", "job.json"))).toBe(false);
			const impossible = assay(["train", "ppo", "--data", "p", "--name", "t", "--engine", "trl", "--json"]);
			expect([impossible.code, impossible.stderr]).toEqual([2, expect.stringContaining("trains by sft and grpo")]);
		},
	);

	test("verl's reward function gives what the judge gives, from the task's id alone", { timeout: 120_000 }, () => {
		const job = JSON.parse(assay(["train", "grpo", "--data", "p", "--name", "t", "--dry-run", "--json"]).stdout);
		const [prompt] = readFileSync(join(artifacts, "data", "p", "prompts.jsonl"), "utf8").split("\n");
		const { taskId } = JSON.parse(prompt ?? "");
		const program = `
import json, os, sys, tempfile
path = tempfile.NamedTemporaryFile("w", suffix=".json", delete=False)
path.write(sys.argv[1]); path.close()
os.environ["ASSAY_TRAINING_JOB"] = path.name
from assay_trainer.engines.verl_reward import compute_score, _judge
task, answers = sys.argv[2], json.loads(sys.argv[3])
print(json.dumps([compute_score("assay", answer, task, {}) for answer in answers]))
_judge().close()
os.unlink(path.name)`;
		const { estimate: _, ...plain } = job;
		const reference = /^reference:.*\n((?: .*\n)+)/m.exec(taskFile(tasks, taskId))?.[1] ?? "";
		const body = reference.replace(/^ {2}/gm, "").split("\n").slice(1).join("\n");
		const answers = [body, "    return None\n", "not python ("];
		const args = ["-c", program, JSON.stringify(plain), taskId, JSON.stringify(answers)];
		const done = spawnSync(PYTHON, args, { encoding: "utf8", env: { ...process.env, PYTHONPATH: TRAINER } });
		expect([done.stderr, done.stdout.trim()]).toEqual(["", "[1.0, 0.0, 0.0]"]);
	});

	test.skipIf(withTrl === null)(
		"TRL trains on the judge's rewards and leaves a checkpoint of ours (needs trl and peft in ASSAY_TRAINER_PYTHON)",
		{ timeout: 400_000 },
		() => {
			const settings = ["steps=2", "promptsPerStep=2", "groupSize=4", "maxNewTokens=32", "loraRank=2"];
			const given = [...settings.flatMap((value) => ["--set", value]), "--device", "cpu", "--held-out", "held"];
			const args = ["train", "grpo", "--data", "p", "--name", "t", "--engine", "trl", ...given, "--json"];
			const trained = assay(args, withTrl ?? "");
			expect([trained.code, trained.stderr]).toEqual([0, expect.not.stringContaining("Traceback")]);
			const events = readFileSync(join(artifacts, "training", "t", "metrics.jsonl"), "utf8")
				.trim()
				.split("\n");
			const steps = events.map((line) => TrainerEvent.parse(JSON.parse(line))).filter(({ t }) => t === "train.step");
			expect(steps.map(({ step, m }) => [step, m.attempts, typeof m.reward])).toEqual([
				[1, 8, "number"],
				[2, 8, "number"],
			]);
			const evaluations = readFileSync(join(artifacts, "training", "t", "evaluations.jsonl"), "utf8")
				.trim()
				.split("\n");
			expect(evaluations.map((line) => JSON.parse(line).step)).toEqual([0, 2]);
			const checkpoint = readdirSync(join(artifacts, "checkpoints", "t"));
			expect(checkpoint).toEqual(expect.arrayContaining(["model.safetensors", "onnx", "parity.json", "training.json"]));
		},
	);
});

function taskFile(folder: string, id: string): string {
	const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
	return texts.find((text) => text.includes(`id: ${id}\n`)) ?? "";
}
