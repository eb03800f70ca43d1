import { join } from "node:path";
import { z } from "zod";
import { readJsonFile } from "../../artifacts/json-file.js";
import { openDecoder } from "./decoder.js";
import { Sequence } from "./sequence.js";

/** parity.json, which the trainer leaves beside a graph: tokens, and what torch makes of the last one. */
const Parity = z.strictObject({ text: z.string(), ids: z.array(z.int()), lastLogits: z.array(z.number()) });

export interface GraphParity {
	/** Whether text and tokens are the same pair for both. */
	sameTokens: boolean;
	/** The largest between two logits of the last token. */
	difference: number;
}

/** What ONNX Runtime makes of a model's graph, against what torch made of its weights. Throws where the model cannot be loaded. */
export async function graphParity(folder: string): Promise<GraphParity> {
	const { text, ids, lastLogits } = readJsonFile(Parity, join(folder, "parity.json"));
	const local = { model: folder, allowDownload: false, cacheDir: null, hub: null, batch: 1, threads: 1 };
	const decoder = await openDecoder(local);
	const prompt = { kind: "text" as const, text };
	const request = {
		kind: "generate" as const,
		id: 0,
		prompt,
		sampling: { temperature: 0, topP: 1, maxTokens: 1, stop: [] },
		seed: 0,
	};
	const { contextLength, endTokens, decode } = decoder;
	const sequence = new Sequence({ request, promptIds: ids, contextLength, endTokens, decode });
	const [logits = new Float32Array()] = await decoder.step(decoder.start([sequence]));
	const differences = lastLogits.map((logit, at) => Math.abs(logit - (logits[at] ?? Number.NaN)));
	return {
		sameTokens: JSON.stringify(decoder.encode(prompt)) === JSON.stringify(ids),
		difference: logits.length === lastLogits.length ? Math.max(...differences) : Number.NaN,
	};
}
