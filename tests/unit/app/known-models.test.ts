import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { knownModels } from "../../../src/app/known-models.js";
import { assay } from "./assay-command.js";
import { temporaryFolder } from "./run-fixtures.js";

const SHIPPED = fileURLToPath(new URL("../../../fixtures/models/tiny-coder", import.meta.url));

test("the model that ships is known with its licence and how it is sampled", async () => {
	const [model, ...others] = await knownModels(temporaryFolder(), SHIPPED);
	expect(others).toEqual([]);
	expect(model).toMatchObject({
		backend: "onnx",
		name: "tiny-coder",
		description: expect.stringContaining("licence mit"),
		generation: { model: SHIPPED, template: { id: "complete.v1" }, sampling: { temperature: 1 }, server: null },
	});
});

test("models that were trained in the workspace are known, those that are not exported yet are not", async () => {
	const workspace = temporaryFolder();
	const folder = join(workspace, "artifacts", "checkpoints");
	mkdirSync(join(folder, "half-done"), { recursive: true });
	writeFileSync(join(folder, "half-done", "config.json"), "{}");
	cpSync(SHIPPED, join(folder, "trained"), { recursive: true });
	const [model, ...others] = await knownModels(workspace, null);
	expect(others).toEqual([]);
	expect(model).toMatchObject({ backend: "onnx", name: "trained", asks: "text" });
	expect(model?.description).toContain("trained in this workspace");
	expect(model?.card).toContain("license: mit");
});

test("models that assay.yaml names for a provider are asked at its address, with its key and their prices", async () => {
	const workspace = temporaryFolder();
	writeFileSync(
		join(workspace, "assay.yaml"),
		`providers:
  lab: {baseUrl: "http://lab:8000/v1", keyEnv: LAB_KEY, models: [small, large]}
  quiet: {baseUrl: "http://quiet:8000/v1"}
prices:
  large: {promptPerMillion: 1, completionPerMillion: 2}
`,
	);
	const models = await knownModels(workspace, null);
	expect(models.map(({ backend, name }) => [backend, name])).toEqual([
		["openai", "small"],
		["openai", "large"],
	]);
	expect(models[1]?.generation).toMatchObject({
		model: "large",
		template: { id: "direct.v1" },
		server: {
			baseUrl: "http://lab:8000/v1",
			keyEnv: "LAB_KEY",
			prices: { promptPerMillion: 1, completionPerMillion: 2 },
		},
	});
});

test("settings that cannot be read are said with their file", async () => {
	const workspace = temporaryFolder();
	writeFileSync(join(workspace, "assay.yaml"), "providers: [\n");
	await expect(knownModels(workspace, SHIPPED)).rejects.toThrow("assay.yaml");
});

test("the models are listed with their licences, and the card of one on this machine is shown", async () => {
	const workspace = temporaryFolder();
	const listed = await assay(workspace, ["providers", "list", "--json"]);
	expect(
		listed.stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line)),
	).toMatchObject([
		{ backend: "onnx", name: "tiny-coder", description: expect.stringContaining("licence mit"), server: null },
	]);
	const shown = await assay(workspace, ["providers", "card"]);
	expect(shown.stdout).toContain("license: mit");
	expect(shown.stdout).toContain("demonstration model");
	const unknown = await assay(workspace, ["providers", "card", "nobody"]);
	expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("no model on this machine with a card")]);
});
