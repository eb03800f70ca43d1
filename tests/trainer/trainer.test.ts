import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const PYTHON = "/usr/bin/python3";
// On a machine that checks changes a missing torch is a fault, not a reason to check less.
const hasTorch = spawnSync(PYTHON, ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);

describe.skipIf(!hasTorch)("the trainer (needs python3-torch)", () => {
	test("keeps what its own tests say", { timeout: 300_000 }, () => {
		const cwd = fileURLToPath(new URL(".", import.meta.url));
		const PYTHONPATH = fileURLToPath(new URL("../../src/trainer", import.meta.url));
		const run = spawnSync(PYTHON, ["-m", "unittest"], { cwd, env: { ...process.env, PYTHONPATH }, encoding: "utf8" });
		expect(run.status, run.stderr).toBe(0);
		expect(run.stderr).toMatch(/Ran [1-9]\d* tests/);
	});
});
