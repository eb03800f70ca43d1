import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const BIN = fileURLToPath(new URL("../../bin/assay.js", import.meta.url));
const LOGS = fileURLToPath(new URL("../../fixtures/trainer/logs/", import.meta.url));
const hasTorch = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);
const root = mkdtempSync(join(tmpdir(), "assay-import-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function assay(...args: string[]) {
	const done = spawnSync(process.execPath, [BIN, "train", ...args, "--workspace", root], { encoding: "utf8" });
	return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

describe.skipIf(!hasTorch)("logs of other trainers (needs python3-torch)", () => {
	test("become trainings whose figures are shown by panel", { timeout: 120_000 }, () => {
		for (const [format, file, steps, panel] of [
			["huggingface", "huggingface.log", 3, "loss"],
			["trl", "trl.log", 1, "reward"],
			["verl", "verl.log", 3, "reward"],
			["prime-rl", "prime-rl.jsonl", 2, "reward"],
		] as const) {
			const made = assay("import", join(LOGS, file), "--format", format, "--name", format, "--json");
			expect([made.stderr, JSON.parse(made.stdout || "null")]).toEqual([
				"",
				expect.objectContaining({ format, steps }),
			]);
			const shown = JSON.parse(assay("show", format, "--json").stdout);
			expect([shown.state, shown.job]).toEqual(["finished", null]);
			expect(shown.panels.map(({ id }: { id: string }) => id)).toContain(panel);
		}
		const rows = assay("list").stdout;
		expect(rows).toContain("prime-rl");
	});

	test("that hold no figure of that trainer leave nothing", { timeout: 120_000 }, () => {
		const log = join(root, "plain.log");
		writeFileSync(log, "nothing to see\n");
		const refused = assay("import", log, "--format", "verl", "--name", "none");
		expect([refused.code, refused.stderr]).toEqual([
			2,
			expect.stringContaining("holds no figures as verl prints them"),
		]);
		expect(existsSync(join(root, "artifacts", "training", "none"))).toBe(false);
		const gone = assay("import", join(root, "gone.log"), "--format", "verl", "--name", "none");
		expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining("no such file")]);
	});
});
