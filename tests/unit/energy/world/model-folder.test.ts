import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readWorldFolder } from "../../../../src/energy/world/model-folder.js";
import { readOnnxFile } from "../../../../src/energy/world/onnx-file.js";
import { message, onnx, vouch, writeTinyModel } from "./tiny-model.js";

const root = mkdtempSync(join(tmpdir(), "assay-world-"));
afterAll(() => rmSync(root, { recursive: true }));

const folderWith = (name: string, files: Record<string, Uint8Array> = {}): string => {
	const folder = join(root, name);
	writeTinyModel(folder, { files });
	return folder;
};

const floats = { type: 1, rank: 2 };

test("a folder whose every file is what its manifest says is read, and its id changes with any byte", async () => {
	const folder = folderWith("whole");
	const first = await readWorldFolder(folder);
	expect(first).toMatchObject({ name: "tiny", config: { width: 3 } });
	expect(first.id).toMatch(/^[0-9a-f]{16}$/);
	expect((await readWorldFolder(folder)).id).toBe(first.id);
	appendFileSync(join(folder, "tokenizer.json"), " ");
	vouch(folder);
	expect((await readWorldFolder(folder)).id).not.toBe(first.id);
});

test("nothing is loaded without a manifest, with a changed byte, or with a file that nobody vouches for", async () => {
	const folder = folderWith("changed");
	appendFileSync(join(folder, "encoder.onnx"), "x");
	await expect(readWorldFolder(folder)).rejects.toThrow(
		/encoder\.onnx: changed since the model was written: it has \d+ bytes/,
	);
	rmSync(join(folder, "encoder.onnx"));
	await expect(readWorldFolder(folder)).rejects.toThrow(/encoder\.onnx: is missing/);
	vouch(folder);
	await expect(readWorldFolder(folder)).rejects.toThrow(/does not vouch for encoder\.onnx/);
	rmSync(join(folder, "manifest.json"));
	await expect(readWorldFolder(folder)).rejects.toThrow(/no world model: it has no manifest\.json/);
});

test("graphs with operators of others, weights in other files, or functions of their own are refused", async () => {
	const node = { operator: "Relu", inputs: ["state"], outputs: ["predicted"] };
	const graph = (domain: string, more: Parameters<typeof onnx>[3] = []) =>
		onnx([{ ...node, domain }], { state: floats }, { predicted: 2 }, more);
	const refusal = (name: string, predictor: Uint8Array) =>
		expect(readWorldFolder(folderWith(name, { "predictor.onnx": predictor }))).rejects;
	await refusal("custom", graph("com.microsoft")).toThrow(/needs operators of the domain "com\.microsoft"/);
	await refusal("set", graph("", [[8, message([1, "evil"], [2, 1])]])).toThrow(/domain "evil"/);
	await refusal("function", graph("", [[25, message([1, "f"])]])).toThrow(/functions of its own/);
	const tensor = message([8, "w"], [14, 1], [13, message([1, "location"], [2, "/etc/passwd"])]);
	const external = message([1, 7], [7, message([5, tensor], [12, message([1, "predicted"])])], [8, message([2, 11])]);
	await refusal("external", external).toThrow(/weights in other files/);
	// A constant of a node, within the graph of a branch.
	const inner = message([1, message([4, "Constant"], [5, message([1, "value"], [5, tensor])])]);
	const branch = message([1, message([4, "If"], [5, message([1, "then_branch"], [6, inner])])]);
	await refusal("nested", message([1, 7], [7, branch])).toThrow(/weights in other files/);
	await refusal("noise", new Uint8Array([1, 2, 3])).toThrow(/is no ONNX model/);
	await refusal("other", onnx([], { prompt: floats }, { predicted: 2 })).toThrow(/takes prompt, which nobody gives it/);
});

test("what a graph takes and gives is read from its bytes", () => {
	const file = readOnnxFile(
		onnx([{ operator: "Relu", inputs: ["state"], outputs: ["predicted"] }], { state: floats }, { predicted: 2 }),
	);
	expect(file).toEqual({
		inputs: ["state"],
		outputs: ["predicted"],
		operatorSets: new Map([["", 11]]),
		operators: new Set(["Relu"]),
	});
});
