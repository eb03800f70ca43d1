import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { judgeFolder } from "../../src/sandbox/launch.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const TRAINER = fileURLToPath(new URL("../../src/trainer", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "assay-chat-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const TASK = {
	schema: "assay.task.v1",
	kind: "function",
	id: "t/add",
	title: "add",
	language: "python",
	split: "train",
	prompt: "Add two numbers.",
	entryPoint: "add",
	starterCode: "def add(a, b):\n",
	tests: { public: ["assert add(1, 2) == 3"], hidden: ["assert add(-1, 5) == 4"] },
	limits: { cpuTimeMs: 2000 },
	reference: "def add(a, b):\n    return a + b\n",
	source: { origin: "assay", license: "MIT" },
};

const FENCED = "Sure!\n\n```python\ndef add(a, b):\n    return a + b\n```\nIt adds.";
const ANSWERS = [FENCED, FENCED.replace("+", "-"), "I cannot do that.", "    return a + b\n"];

/** What the trainer gives for the answers, with prompts exported by a template. */
function rewards(template: string): unknown {
	const [tasks, data] = [join(root, "tasks.jsonl"), join(root, template)];
	writeFileSync(tasks, `${JSON.stringify(TASK)}\n`);
	const options = ["data", "export", tasks, "--format", "grpo", "--template", template, "--out", data];
	const exported = spawnSync(process.execPath, [BIN, ...options, "--workspace", root], { encoding: "utf8" });
	expect([exported.status, exported.stderr]).toEqual([0, ""]);
	const program = `
import json, sys
from pathlib import Path
from assay_trainer.judged_rewards import JudgedRewards
from assay_trainer.prompts import read_prompts
from assay_trainer.rewards import Attempt
data = Path(sys.argv[1])
reward = JudgedRewards(data, Path(sys.argv[2]), read_prompts(data / "prompts.jsonl"))
print(json.dumps(reward([Attempt("t/add", answer) for answer in json.loads(sys.argv[3])])))
reward.close()`;
	const args = ["-c", program, data, judgeFolder(), JSON.stringify(ANSWERS)];
	const env = { ...process.env, PYTHONPATH: TRAINER };
	const done = spawnSync("/usr/bin/python3", args, { encoding: "utf8", env });
	expect(done.stderr).toBe("");
	return JSON.parse(done.stdout);
}

test("a whole program in a chat answer is rewarded as the workbench would judge it", { timeout: 60_000 }, () => {
	expect(rewards("direct.v1")).toEqual([1, 0, 0, 0]);
});

test("so is an answer that goes on from the starter code", { timeout: 60_000 }, () => {
	expect(rewards("complete.v1")).toEqual([1, 0, 0, 1]);
});
