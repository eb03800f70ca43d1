import { Worker } from "node:worker_threads";
import { AssayError } from "./errors.js";
import { workerPath } from "./worker-path.js";

export type ToModelThread<Request> =
	| { kind: "ask"; id: number; request: Request }
	| { kind: "cancel"; id: number }
	/** The thread ends, once no step is under way. */
	| { kind: "close" };

export type FromModelThread<Answer, Part> =
	| { kind: "ready" }
	/** The model cannot be used at all. */
	| { kind: "unusable"; message: string }
	| { kind: "part"; id: number; part: Part }
	| { kind: "answer"; id: number; answer: Answer }
	| { kind: "failed"; id: number; message: string };

export interface ModelThreadOptions<Start> {
	/** Of the model, for messages. */
	name: string;
	/** Bundle of the thread, which calls `serveModel`. */
	bundle: string;
	start: Start;
	/** What is to be said where a model cannot be used, by what its thread said; null: that it cannot be loaded. */
	unusable: (message: string) => AssayError | null;
	/** What cannot run without an optional package, and that package. */
	needs: { what: string; package: string };
}

/** What was asked has no answer. `isOver`: neither has anything else, since the thread has gone. */
export class ModelThreadFailure extends AssayError {
	constructor(
		message: string,
		readonly isOver: boolean,
	) {
		super("host", message);
	}
}

interface Waiting<Answer, Part> {
	part(part: Part): void;
	resolve(answer: Answer): void;
	reject(error: unknown): void;
}

/** A model in a thread of its own, so that whoever asks is never held up. */
export class ModelThread<Start, Request, Answer, Part = never> {
	/** Once the model is loaded. Rejects with `usage` or `prerequisite` where it cannot be. */
	readonly ready: Promise<void>;
	readonly #name: string;
	readonly #worker: Worker;
	readonly #waiting = new Map<number, Waiting<Answer, Part>>();
	readonly #ended = Promise.withResolvers<void>();
	#nextId = 0;
	#dead: ModelThreadFailure | null = null;

	constructor(options: ModelThreadOptions<Start>) {
		const { name, bundle, start } = options;
		this.#name = name;
		// What a library prints must get neither onto a screen nor among events.
		this.#worker = new Worker(workerPath(bundle), { workerData: start, stdout: true, stderr: true });
		this.#worker.stdout.resume();
		this.#worker.stderr.resume();
		const ready = Promise.withResolvers<void>();
		this.ready = ready.promise;
		this.#worker.on("message", (message: FromModelThread<Answer, Part>) => {
			if (message.kind === "ready") ready.resolve();
			else if (message.kind === "unusable") ready.reject(reasonOf(message.message, options));
			else this.#take(message);
		});
		const end = (why: string): void => {
			this.#dead ??= new ModelThreadFailure(`${name}: ${why}`, true);
			ready.reject(this.#dead);
			for (const { reject } of this.#waiting.values()) reject(this.#dead);
			this.#waiting.clear();
		};
		this.#worker.on("error", (error) => end(`its thread failed: ${error.message}`));
		this.#worker.on("exit", () => {
			end("its thread has ended");
			this.#ended.resolve();
		});
	}

	/** Throws `ModelThreadFailure`, or the signal's reason as soon as it is given. */
	async ask(request: Request, signal: AbortSignal, onPart: (part: Part) => void = () => {}): Promise<Answer> {
		signal.throwIfAborted();
		if (this.#dead !== null) throw this.#dead;
		const id = this.#nextId++;
		const { promise, resolve, reject } = Promise.withResolvers<Answer>();
		const cancel = (): void => {
			this.#waiting.delete(id);
			this.#send({ kind: "cancel", id });
			reject(signal.reason);
		};
		this.#waiting.set(id, { part: onPart, resolve, reject });
		signal.addEventListener("abort", cancel, { once: true });
		this.#send({ kind: "ask", id, request });
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

	#send(message: ToModelThread<Request>): void {
		this.#worker.postMessage(message);
	}

	#take(message: Extract<FromModelThread<Answer, Part>, { id: number }>): void {
		const waiting = this.#waiting.get(message.id);
		if (message.kind === "part") {
			waiting?.part(message.part);
			return;
		}
		this.#waiting.delete(message.id);
		if (message.kind === "answer") waiting?.resolve(message.answer);
		else waiting?.reject(new ModelThreadFailure(`${this.#name}: ${message.message}`, false));
	}
}

function reasonOf(message: string, { name, needs, unusable }: ModelThreadOptions<unknown>): AssayError {
	if (/Cannot find (?:package|module)|ERR_MODULE_NOT_FOUND|onnxruntime_binding/.test(message)) {
		return new AssayError(
			"prerequisite",
			`${needs.what} cannot run on this machine: ${needs.package} is not installed`,
			{ hint: "ONNXRUNTIME_NODE_INSTALL=skip npm install; the step that is skipped fetches GPU libraries" },
		);
	}
	return unusable(message) ?? new AssayError("usage", `${name}: cannot be loaded: ${message.split("\n")[0] ?? ""}`);
}
