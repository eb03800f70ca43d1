import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isAbsolute, join } from "node:path";
import type { GenerationConfig } from "../../domain/generation.js";
import { AskedThread, cannotBeLoaded, missingPackage, ThreadFailure } from "../../lib/asked-thread.js";
import { AssayError } from "../../lib/errors.js";
import { type Completion, GenerationFailure, type LanguageModel, type ModelRequest } from "../language-model.js";
import type { WorkerCompletion, WorkerRequest, WorkerStart } from "./messages.js";
import { readModelFolder } from "./model-folder.js";

export interface OnnxOptions {
	config: GenerationConfig;
	/** Where downloaded models are kept; null: the library's own place. */
	cacheDir: string | null;
	/** Base URL of the hub, as HF_ENDPOINT names it; null: huggingface.co. */
	hub?: string | null;
	signal: AbortSignal;
}

/** Resolves once the weights are loaded. Throws `usage` or `prerequisite` for what cannot be loaded. */
export async function openOnnxModel({ config, cacheDir, hub = null, signal }: OnnxOptions): Promise<LanguageModel> {
	const { model, allowDownload, concurrency } = config;
	readModelFolder(model);
	const isCached = cacheDir !== null && existsSync(join(cacheDir, model, "config.json"));
	if (!isAbsolute(model) && !allowDownload && !isCached) {
		throw new AssayError("usage", `${model}: no such folder, and not downloaded before`, {
			hint: "--allow-download fetches it from the Hugging Face hub, where it is the id of a model",
		});
	}
	signal.throwIfAborted();
	const threads = Math.max(1, Math.floor(availableParallelism() / 2));
	const opened = new OnnxModel(model, { model, allowDownload, cacheDir, hub, batch: concurrency, threads });
	try {
		await opened.ready;
		return opened;
	} catch (error) {
		await opened.close();
		throw error;
	}
}

class OnnxModel implements LanguageModel {
	readonly name: string;
	readonly concurrency: number;
	readonly #thread: AskedThread<WorkerStart, WorkerRequest, WorkerCompletion, string>;

	constructor(name: string, start: WorkerStart) {
		this.name = name;
		this.concurrency = start.batch;
		this.#thread = new AskedThread({
			name,
			bundle: "onnx-worker",
			start,
			unusable: (message) =>
				missingPackage(message, "models", "@huggingface/transformers") ??
				notDownloaded(name, message) ??
				cannotBeLoaded(name, message),
		});
	}

	/** Rejects with `usage`, `prerequisite` or `host`. */
	get ready(): Promise<void> {
		return this.#thread.ready;
	}

	async generate(request: ModelRequest): Promise<Completion> {
		const { prompt, sampling, signal } = request;
		const seed = request.seed ?? Math.floor(Math.random() * 2 ** 31);
		const written = await this.#thread
			.ask({ prompt, sampling, seed }, signal, request.onText)
			.catch((error: unknown) => {
				if (!(error instanceof ThreadFailure)) throw error;
				throw new GenerationFailure("model", error.message, { fatal: error.isOver });
			});
		const { text, finishReason, promptTokens, completionTokens, logprob } = written;
		const usage = { promptTokens, completionTokens, estimated: false };
		request.onSpend?.({ usage, costUsd: null });
		return {
			text,
			model: this.name,
			finishReason,
			usage,
			logprob,
			seed: request.seed,
			attempts: 1,
			costUsd: null,
		};
	}

	/** Of the whole process, which holds little else. */
	peakMemoryBytes(): number {
		return process.resourceUsage().maxRSS * 1024;
	}

	async close(): Promise<void> {
		await this.#thread.close();
	}
}

/** null: that is not what hinders it. */
function notDownloaded(model: string, message: string): AssayError | null {
	if (
		/bytes arrived$|arrived changed|fetch failed|terminated|Could not locate file|Error \(\d{3}\) occurred/.test(
			message,
		)
	) {
		return new AssayError("host", `${model}: cannot be downloaded: ${message.split("\n")[0] ?? ""}`, {
			hint: "nothing of a file that did not arrive whole is kept; the same command fetches what is missing",
		});
	}
	if (message.includes("file was not found locally")) {
		return new AssayError("usage", `${model}: not downloaded whole: ${message.split("\n")[0] ?? ""}`, {
			hint: "--allow-download fetches what is missing",
		});
	}
	return null;
}
