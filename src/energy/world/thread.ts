import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { AssayError } from "../../lib/errors.js";
import type { FromWorldWorker, ToWorldWorker, WorldAnswer, WorldRequest, WorldStart } from "./messages.js";

interface Waiting {
	resolve(answer: WorldAnswer): void;
	reject(error: unknown): void;
}

/** The graphs of a model in a thread of their own, so that whoever asks is never held up. */
export class WorldThread {
	/** Once the graphs are loaded. Rejects with `usage` or `prerequisite` where they cannot be. */
	readonly ready: Promise<void>;
	readonly #name: string;
	readonly #worker: Worker;
	readonly #waiting = new Map<number, Waiting>();
	readonly #ended = Promise.withResolvers<void>();
	#nextId = 0;
	#dead: AssayError | null = null;

	constructor(name: string, start: WorldStart) {
		this.#name = name;
		// What a library prints must get neither onto a screen nor among events.
		this.#worker = new Worker(workerPath(), { workerData: start, stdout: true, stderr: true });
		this.#worker.stdout.resume();
		this.#worker.stderr.resume();
		const ready = Promise.withResolvers<void>();
		this.ready = ready.promise;
		this.#worker.on("message", (message: FromWorldWorker) => {
			if (message.kind === "ready") ready.resolve();
			else if (message.kind === "unusable") ready.reject(unusable(name, message.message));
			else this.#take(message);
		});
		const end = (message: string): void => {
			this.#dead ??= new AssayError("host", `${name}: ${message}`);
			ready.reject(this.#dead);
			for (const { reject } of this.#waiting.values()) reject(this.#dead);
			this.#waiting.clear();
		};
		this.#worker.on("error", (error) => end(`the model's thread failed: ${error.message}`));
		this.#worker.on("exit", () => {
			end("the model's thread has ended");
			this.#ended.resolve();
		});
	}

	async ask(request: WorldRequest, signal: AbortSignal): Promise<WorldAnswer> {
		signal.throwIfAborted();
		if (this.#dead !== null) throw this.#dead;
		const id = this.#nextId++;
		const { promise, resolve, reject } = Promise.withResolvers<WorldAnswer>();
		const cancel = (): void => {
			this.#waiting.delete(id);
			this.#send({ kind: "cancel", id });
			reject(signal.reason);
		};
		this.#waiting.set(id, { resolve, reject });
		signal.addEventListener("abort", cancel, { once: true });
		this.#send({ ...request, id });
		try {
			return await promise;
		} finally {
			signal.removeEventListener("abort", cancel);
		}
	}

	/** The thread ends itself: ONNX Runtime aborts the whole process when its thread is terminated in the midst of a step. */
	async close(): Promise<void> {
		this.#send({ kind: "close" });
		await this.#ended.promise;
	}

	#send(message: ToWorldWorker): void {
		this.#worker.postMessage(message);
	}

	#take(message: Extract<FromWorldWorker, { id: number }>): void {
		const waiting = this.#waiting.get(message.id);
		this.#waiting.delete(message.id);
		if (message.kind === "answer") waiting?.resolve(message);
		else waiting?.reject(new AssayError("host", `${this.#name}: the model failed: ${message.message}`));
	}
}

function unusable(name: string, message: string): AssayError {
	if (/Cannot find (?:package|module)|ERR_MODULE_NOT_FOUND|onnxruntime_binding/.test(message)) {
		return new AssayError(
			"prerequisite",
			"world models cannot run on this machine: onnxruntime-node is not installed",
			{
				hint: "ONNXRUNTIME_NODE_INSTALL=skip npm install; the step that is skipped fetches GPU libraries",
			},
		);
	}
	return new AssayError("usage", `${name}: cannot be loaded: ${message.split("\n")[0] ?? ""}`);
}

/** Beside the bundle; started from the sources, the bundle that was built last. */
function workerPath(): string {
	const beside = fileURLToPath(new URL("./world-worker.js", import.meta.url));
	return existsSync(beside) ? beside : fileURLToPath(new URL("../../../dist/world-worker.js", import.meta.url));
}
