import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assay, recordRun } from "./assay-command.js";
import { temporaryFolder } from "./run-fixtures.js";

test("the card of a checkpoint says what it was trained on, and what nobody knows", async () => {
	const { code, stdout } = await assay(temporaryFolder(), ["artifacts", "card", "fixtures/models/tiny-coder"]);
	expect(code).toBe(0);
	expect(stdout).toContain("# tiny-coder");
	expect(stdout).toContain("| began with | random weights |");
	expect(stdout).toMatch(/\| time \| \*\*unknown\*\*: nobody recorded it \|/);
	expect(stdout).toContain("No run of this workspace asked this model: **no score is claimed**.");
	expect(stdout).toMatch(/\| `model\.safetensors` \| [\d.]+ MB \| `[0-9a-f]{64}` \|/);
});

test("the card of a run's rollouts says how they were made and judged, with licence and contamination as they are known", async () => {
	const workspace = temporaryFolder();
	const files = await recordRun(workspace);
	const out = join(workspace, "README.md");
	expect((await assay(workspace, ["artifacts", "card", files.runId, "--out", out])).stdout).toBe("");
	const { stdout } = await assay(workspace, ["artifacts", "card", "latest"]);
	expect(stdout).toContain(`# Rollouts of ${files.runId}`);
	expect(stdout).toContain("- 4 candidates for 2 tasks");
	expect(stdout).toContain("2 tasks: **unknown**: nobody has said whether they are in training data");
	expect(stdout).toContain("Licence of the candidates, and whether they may be trained on: **unknown**");
	rmSync(files.manifest);
	expect((await assay(workspace, ["artifacts", "card", "latest"])).code).toBe(2);
	expect((await assay(workspace, ["artifacts", "card", workspace])).stderr).toContain("has no training.json");
});
