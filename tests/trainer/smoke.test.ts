import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { SMOKE_STAGES, type SmokeReport } from "../../src/app/smoke-training.js";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const PYTHON = "/usr/bin/python3";
const hasTorch = spawnSync(PYTHON, ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const root = mkdtempSync(join(tmpdir(), "assay-smoke-test-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function smoke(methods: string[], python = PYTHON) {
	const args = [BIN, "train", "smoke", ...methods, "--json", "--workspace", root];
	// Its own folder of temporary files, so that what it leaves there is seen.
	const env = { ...process.env, ASSAY_TRAINER_PYTHON: python, TMPDIR: root };
	const done = spawnSync(process.execPath, args, { encoding: "utf8", env });
	const told = done.stdout
		.trim()
		.split("\n")
		.map((line): SmokeReport & { type: string } => JSON.parse(line));
	return { code: done.status, stderr: done.stderr, stages: told.slice(0, -1), last: told.at(-1) };
}

describe.skipIf(!hasTorch)("a smoke run (needs python3-torch)", () => {
	test("goes the whole way of each method with true gradients and leaves nothing", { timeout: 240_000 }, () => {
		const { code, stderr, stages, last } = smoke([]);
		expect(stages.map(({ method, stage, ok }) => [method, stage, ok])).toEqual(
			["sft", "grpo", "ppo"].flatMap((method) => SMOKE_STAGES.map((stage) => [method, stage, true])),
		);
		for (const { stage, note } of stages) {
			if (stage === "train") expect(note).toMatch(/^\d steps?, [1-9] with a gradient/);
			if (stage === "checkpoint") expect(note).toContain("its weights have changed");
		}
		expect([code, stderr, last]).toEqual([0, "", expect.objectContaining({ type: "smoke.result", ok: true })]);
		expect(readdirSync(root).filter((name) => name.startsWith("assay-smoke"))).toEqual([]);
	});

	test("says which stage failed and why, and tries nothing that builds on it", { timeout: 120_000 }, () => {
		const broken = join(root, "python-without-trainer");
		writeFileSync(
			broken,
			`#!/bin/sh\ncase "$*" in *assay_trainer*) echo no memory >&2; exit 3;; esac\nexec ${PYTHON} "$@"\n`,
		);
		chmodSync(broken, 0o755);
		const { code, stages, last } = smoke(["grpo"], broken);
		expect(stages.map(({ stage, ok }) => [stage, ok])).toEqual([
			["data", true],
			["train", false],
		]);
		expect(stages[1]?.note).toContain("no memory");
		expect([code, last]).toEqual([1, expect.objectContaining({ ok: false })]);
	});
});
