import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AutoModelForCausalLM, AutoTokenizer } from "@huggingface/transformers";
import { expect, test } from "vitest";
import { z } from "zod";

const folder = fileURLToPath(new URL("../../fixtures/models/tiny-coder", import.meta.url));
const Parity = z.strictObject({ text: z.string(), ids: z.array(z.int()), lastLogits: z.array(z.number()) });
const offline = { local_files_only: true } as const;

test("ONNX Runtime gives the embedded model's last logits as torch does, within 1e-4", async () => {
	const parity = Parity.parse(JSON.parse(readFileSync(`${folder}/parity.json`, "utf8")));
	const tokenizer = await AutoTokenizer.from_pretrained(folder, offline);
	const inputs = tokenizer(parity.text);
	expect([...inputs.input_ids.data].map(Number)).toEqual(parity.ids);
	const session_options = { intraOpNumThreads: 1 };
	const model = await AutoModelForCausalLM.from_pretrained(folder, {
		...offline,
		dtype: "fp32",
		device: "cpu",
		session_options,
	});
	try {
		const { logits } = await model(inputs);
		const last = [...logits.data].slice(-parity.lastLogits.length);
		const differences = last.map((logit, at) => Math.abs(logit - (parity.lastLogits[at] ?? Number.NaN)));
		expect(Math.max(...differences)).toBeLessThan(1e-4);
	} finally {
		await model.dispose();
	}
});

test("transformers.js cuts a text into the tokens that the trainer cut it into", async () => {
	const Stored = z.array(z.strictObject({ text: z.string(), ids: z.array(z.int()) }));
	const stored = Stored.parse(
		JSON.parse(readFileSync(new URL("../../fixtures/trainer/token-ids.json", import.meta.url), "utf8")),
	);
	const tokenizer = await AutoTokenizer.from_pretrained(folder, offline);
	for (const { text, ids } of stored) expect(tokenizer.encode(text)).toEqual(ids);
});
