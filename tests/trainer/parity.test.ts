import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AutoTokenizer } from "@huggingface/transformers";
import { expect, test } from "vitest";
import { z } from "zod";
import { graphParity } from "../../src/generate/onnx/graph-parity.js";

const folder = fileURLToPath(new URL("../../fixtures/models/tiny-coder", import.meta.url));
const offline = { local_files_only: true } as const;

test("ONNX Runtime gives the embedded model's last logits as torch does, within 1e-4", async () => {
	const { sameTokens, difference } = await graphParity(folder);
	expect(sameTokens).toBe(true);
	expect(difference).toBeLessThan(1e-4);
});

test("transformers.js cuts a text into the tokens that the trainer cut it into", async () => {
	const Stored = z.array(z.strictObject({ text: z.string(), ids: z.array(z.int()) }));
	const stored = Stored.parse(
		JSON.parse(readFileSync(new URL("../../fixtures/trainer/token-ids.json", import.meta.url), "utf8")),
	);
	const tokenizer = await AutoTokenizer.from_pretrained(folder, offline);
	for (const { text, ids } of stored) expect(tokenizer.encode(text)).toEqual(ids);
});
