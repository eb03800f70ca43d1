import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { givenSettings } from "../../../src/training/given-settings.js";
import { trainingConfig } from "../../../src/training/training-config.js";
import { temporaryFolder } from "../app/run-fixtures.js";

function yaml(text: string): string {
	const path = join(temporaryFolder(), "settings.yaml");
	writeFileSync(path, text);
	return path;
}

test("settings of a file stand behind those that are given one by one", async () => {
	const file = yaml("epochs: 4\nlearningRate: 0.001\npacked: true\n");
	expect(await givenSettings(file, { epochs: "2" })).toEqual({ epochs: "2", learningRate: 0.001, packed: true });
	expect(await givenSettings(null, { seed: "1" })).toEqual({ seed: "1" });
});

test.each([
	["steps: [1]\n", /settings.yaml: field steps: expected a number, a word, true or false$/],
	["- 1\n", /settings.yaml: expected settings by name$/],
	["", /settings.yaml: expected settings by name$/],
	["a: b: c\n", /settings.yaml: Nested mappings are not allowed in compact mappings at line 1, column 4$/],
])("what is no list of settings is refused in one line: %j", async (text, message) => {
	await expect(givenSettings(yaml(text), {})).rejects.toThrow(message);
});

test("a setting that a method does not have, or cannot take, is named with what is there", () => {
	expect(() => trainingConfig("grpo", { speed: 9 }, 1)).toThrow("settings of grpo: field speed: unknown field");
	expect(() => trainingConfig("grpo", { klWeight: "-1" }, 1)).toThrow(
		"settings of grpo: field klWeight: expected number to be >=0, received -1",
	);
	for (const epochs of ["0", "many"]) {
		expect(() => trainingConfig("sft", { epochs }, 64)).toThrow(
			`field epochs: expected a number above 0, received ${epochs}`,
		);
	}
});
