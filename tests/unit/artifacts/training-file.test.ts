import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkTrained, readTraining, readTrainingEntries } from "../../../src/artifacts/training-file.js";

const model = fileURLToPath(new URL("../../../fixtures/models/tiny-coder", import.meta.url));
const { signal } = new AbortController();
let copy: string;

beforeEach(() => {
	copy = mkdtempSync(join(tmpdir(), "assay-training-"));
	cpSync(model, copy, { recursive: true });
});
afterEach(() => rmSync(copy, { recursive: true }));

async function stored(folder = copy) {
	const training = await readTraining(folder);
	if (training === null) throw new Error(`${folder} has no training manifest`);
	return training;
}

test("the embedded model says what it was trained on, and its files are those that training left", async () => {
	const training = await stored(model);
	await checkTrained(training, signal);
	let [entries, tasks] = [0, 0];
	for await (const { taskId } of readTrainingEntries(training)) {
		entries++;
		if (taskId !== null) tasks++;
	}
	expect({ entries, tasks }).toEqual({ entries: training.manifest.data.entries, tasks: training.manifest.data.tasks });
	expect(training.manifest).toMatchObject({ name: "tiny-coder", parent: null, method: "sft" });
});

test("one changed byte in the weights is found, and so are cut ones; without weights it is still told what they saw", async () => {
	const training = await stored();
	const weights = join(copy, "model.safetensors");
	const bytes = readFileSync(weights);
	bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
	writeFileSync(weights, bytes);
	await expect(checkTrained(training, signal)).rejects.toMatchObject({
		code: "usage",
		message: `${weights}: changed since training: it has other bytes`,
		hint: expect.stringMatching(
			/^the training manifest of tiny-coder vouches for sha256 2cb04f5bfd5dfb66…, 2105344 bytes/,
		),
	});
	writeFileSync(weights, bytes.subarray(1));
	await expect(checkTrained(training, signal)).rejects.toThrow("it has 2105343 bytes");
	rmSync(weights);
	await checkTrained(training, signal);
	rmSync(join(copy, "training-data.jsonl.gz"));
	await expect(checkTrained(training, signal)).rejects.toThrow(
		"training-data.jsonl.gz: changed since training: it is gone",
	);
});

test("a folder without a manifest has none, and a damaged one is refused with its field", async () => {
	rmSync(join(copy, "training.json"));
	expect(await readTraining(copy)).toBeNull();
	writeFileSync(join(copy, "training.json"), JSON.stringify({ schema: "assay.training.v1" }));
	await expect(readTraining(copy)).rejects.toMatchObject({
		code: "usage",
		message: expect.stringMatching(/training\.json: field name: /),
	});
});
