import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { GenerationConfig } from "../../domain/generation.js";
import { AssayError } from "../../lib/errors.js";
import { type Completion, GenerationFailure, type LanguageModel, type ModelRequest } from "../language-model.js";
import type { FromWorker, ToWorker, WorkerStart } from "./messages.js";
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

interface Waiting {
	request: ModelRequest;
	resolve(completion: Completion): void;
	reject(error: unknown): void;
}

class OnnxModel implements LanguageModel {
	readonly name: string;
	readonly concurrency: number;
	readonly ready: Promise<void>;
	readonly #worker: Worker;
	readonly #waiting = new Map<number, Waiting>();
	readonly #ended = Promise.withResolvers<void>();
	#nextId = 0;
	#dead: AssayError | null = null;

	constructor(name: string, start: WorkerStart) {
		this.name = name;
		this.concurrency = start.batch;
		// What a library prints must get neither onto a screen nor among events.
		this.#worker = new Worker(workerPath(), { workerData: start, stdout: true, stderr: true });
		this.#worker.stdout.resume();
		this.#worker.stderr.resume();
		const ready = Promise.withResolvers<void>();
		this.ready = ready.promise;
		this.#worker.on("message", (message: FromWorker) => {
			if (message.kind === "ready") ready.resolve();
			else if (message.kind === "unusable") ready.reject(unusable(name, message.message));
			else this.#take(message);
		});
		const end = (message: string): void => {
			this.#dead ??= new AssayError("host", `${name}: ${message}`);
			ready.reject(this.#dead);
			for (const { reject } of this.#waiting.values()) {
				reject(new GenerationFailure("model", `${name}: ${message}`, { fatal: true }));
			}
			this.#waiting.clear();
		};
		this.#worker.on("error", (error) => end(`its thread failed: ${error.message}`));
		this.#worker.on("exit", () => {
			end("its thread has ended");
			this.#ended.resolve();
		});
	}

	async generate(request: ModelRequest): Promise<Completion> {
		request.signal.throwIfAborted();
		if (this.#dead !== null) throw new GenerationFailure("model", this.#dead.message, { fatal: true });
		const id = this.#nextId++;
		const { promise, resolve, reject } = Promise.withResolvers<Completion>();
		const cancel = (): void => {
			this.#waiting.delete(id);
			this.#send({ kind: "cancel", id });
			reject(request.signal.reason);
		};
		this.#waiting.set(id, { request, resolve, reject });
		request.signal.addEventListener("abort", cancel, { once: true });
		const { prompt, sampling, seed } = request;
		this.#send({ kind: "generate", id, prompt, sampling, seed: seed ?? Math.floor(Math.random() * 2 ** 31) });
		try {
			return await promise;
		} finally {
			request.signal.removeEventListener("abort", cancel);
		}
	}

	/** Of the whole process, which holds little else. */
	peakMemoryBytes(): number {
		return process.resourceUsage().maxRSS * 1024;
	}

	/** The thread ends itself: ONNX Runtime aborts the whole process when its thread is terminated in the midst of a step. */
	async close(): Promise<void> {
		this.#send({ kind: "close" });
		await this.#ended.promise;
	}

	#send(message: ToWorker): void {
		this.#worker.postMessage(message);
	}

	#take(message: Extract<FromWorker, { id: number }>): void {
		const waiting = this.#waiting.get(message.id);
		if (waiting === undefined) return;
		if (message.kind === "text") {
			waiting.request.onText?.(message.text);
			return;
		}
		this.#waiting.delete(message.id);
		if (message.kind === "failed") {
			waiting.reject(new GenerationFailure("model", `${this.name}: ${message.message}`));
			return;
		}
		const { text, finishReason, promptTokens, completionTokens, logprob } = message;
		const usage = { promptTokens, completionTokens, estimated: false };
		const { seed } = waiting.request;
		waiting.request.onSpend?.({ usage, costUsd: null });
		waiting.resolve({ text, model: this.name, finishReason, usage, logprob, seed, attempts: 1, costUsd: null });
	}
}

function unusable(model: string, message: string): AssayError {
	if (/Cannot find (?:package|module)|ERR_MODULE_NOT_FOUND|onnxruntime_binding/.test(message)) {
		return new AssayError(
			"prerequisite",
			"models cannot run on this machine: @huggingface/transformers is not installed",
			{
				hint: "ONNXRUNTIME_NODE_INSTALL=skip npm install; the step that is skipped fetches GPU libraries",
			},
		);
	}
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
	return new AssayError("usage", `${model}: cannot be loaded: ${message.split("\n")[0] ?? ""}`);
}

/** Beside the bundle; started from the sources, the bundle that was built last. */
function workerPath(): string {
	const beside = fileURLToPath(new URL("./onnx-worker.js", import.meta.url));
	return existsSync(beside) ? beside : fileURLToPath(new URL("../../../dist/onnx-worker.js", import.meta.url));
}
