import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AutoTokenizer } from "@huggingface/transformers";
import { expect, test } from "vitest";
import { z } from "zod";
import { graphParity } from "../../src/generate/onnx/graph-parity.js";

const folder = fileURLToPath(new URL("../../fixtures/models/tiny-coder", import.meta.url));
const PYTHON = "/usr/bin/python3";
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

const hasTorch = spawnSync(PYTHON, ["-c", "import torch"]).status === 0 || Boolean(process.env.CI);

test.skipIf(!hasTorch)(
	"every text of this repository is cut alike by both, id for id (needs python3-torch)",
	{ timeout: 120_000 },
	async () => {
		const root = fileURLToPath(new URL("../..", import.meta.url));
		const texts = ["src", "tests", "docs", "fixtures/tasks"]
			.flatMap((part) =>
				readdirSync(join(root, part), { recursive: true, encoding: "utf8" }).map((name) => join(part, name)),
			)
			.filter((name) => /\.(ts|tsx|py|md|ya?ml)$/.test(name))
			.sort();
		const program = `
import json, sys
from pathlib import Path
from assay_trainer.tokenizer import read_tokenizer
tokenizer = read_tokenizer(Path(sys.argv[1], "tokenizer.json"))
for name in sys.stdin.read().split("\\n"):
    print(json.dumps(tokenizer.encode(Path(name).read_text(encoding="utf-8"))))`;
		const env = { ...process.env, PYTHONPATH: join(root, "src", "trainer") };
		const options = { cwd: root, env, encoding: "utf8", input: texts.join("\n"), maxBuffer: 1 << 28 } as const;
		const told = spawnSync(PYTHON, ["-c", program, folder], options);
		expect(told.stderr).toBe("");
		const tokenizer = await AutoTokenizer.from_pretrained(folder, offline);
		const lines = told.stdout.trimEnd().split("\n");
		expect(lines).toHaveLength(texts.length);
		let tokens = 0;
		for (const [at, name] of texts.entries()) {
			const ids = tokenizer.encode(readFileSync(join(root, name), "utf8"));
			tokens += ids.length;
			expect([name, JSON.stringify(ids)]).toEqual([name, JSON.stringify(JSON.parse(lines[at] ?? "null"))]);
		}
		expect(tokens).toBeGreaterThan(500_000);
	},
);
