import { basename } from "node:path";
import { readModelFolder } from "./model-folder.js";
import { openOnnxModel } from "./onnx-model.js";

/** Loads a model and has it write a few tokens; gives one line for people. Throws what hinders it. */
export async function tryModel(folder: string, signal: AbortSignal): Promise<string> {
	const license = readModelFolder(folder)?.license ?? "no licence named";
	const startedAt = performance.now();
	const sampling = { temperature: 0, topP: 1, maxTokens: 4, stop: [] };
	const model = await openOnnxModel({
		config: {
			model: folder,
			template: { id: "", sha256: "" },
			sampling,
			logprobs: true,
			concurrency: 1,
			server: null,
			allowDownload: false,
		},
		cacheDir: null,
		signal,
	});
	try {
		await model.generate({ prompt: { kind: "text", text: "def f" }, sampling, seed: 1, signal });
		return `${basename(folder)} (${license}) answers after ${Math.round(performance.now() - startedAt)} ms`;
	} finally {
		await model.close();
	}
}
