import { type Transferable, Worker } from "node:worker_threads";
import { AssayError } from "./errors.js";
import { receivedError, type SentError } from "./sent-error.js";
import { workerPath } from "./worker-path.js";

export type ToAskedThread<Request> =
	| { kind: "ask"; id: number; request: Request }
	| { kind: "cancel"; id: number }
	/** The thread ends, once no step is under way. */
	| { kind: "close" };

export type FromAskedThread<Answer, Part> =
	| { kind: "ready" }
	/** It cannot answer anything. */
	| { kind: "unusable"; message: string }
	| { kind: "part"; id: number; part: Part }
	| { kind: "answer"; id: number; answer: Answer }
	| { kind: "failed"; id: number; error: SentError };

export interface AskedThreadOptions<Start> {
	/** Of what answers, for messages. */
	name: string;
	/** Bundle of the thread, which calls `serveAsked`. */
	bundle: string;
	start: Start;
	transfer?: Transferable[];
	/** What is to be said where the thread could not get ready, by what it said. */
	unusable: (message: string) => AssayError;
}

/** What was asked has no answer. `isOver`: neither has anything else, since the thread has gone. */
export class ThreadFailure extends AssayError {
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

/** A thread that answers questions, so that whoever asks is never held up. */
export class AskedThread<Start, Request, Answer, Part = never> {
	/** Once it can answer. Rejects with what `unusable` says, or with `ThreadFailure`. */
	readonly ready: Promise<void>;
	readonly #name: string;
	readonly #worker: Worker;
	readonly #waiting = new Map<number, Waiting<Answer, Part>>();
	readonly #ended = Promise.withResolvers<void>();
	#nextId = 0;
	#dead: ThreadFailure | null = null;

	constructor({ name, bundle, start, transfer = [], unusable }: AskedThreadOptions<Start>) {
		this.#name = name;
		const options = { workerData: start, transferList: transfer };
		// What a library prints must get neither onto a screen nor among events.
		this.#worker = new Worker(workerPath(bundle), { ...options, stdout: true, stderr: true });
		this.#worker.stdout.resume();
		this.#worker.stderr.resume();
		const ready = Promise.withResolvers<void>();
		this.ready = ready.promise;
		this.#worker.on("message", (message: FromAskedThread<Answer, Part>) => {
			if (message.kind === "ready") ready.resolve();
			else if (message.kind === "unusable") ready.reject(unusable(message.message));
			else this.#take(message);
		});
		const end = (why: string): void => {
			this.#dead ??= new ThreadFailure(`${name}: ${why}`, true);
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

	/** It has ended, and answers nothing any more. */
	get isOver(): boolean {
		return this.#dead !== null;
	}

	/** Throws what failed with its code and hint, `ThreadFailure` where it has none, and the signal's reason as soon as it is given. */
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

	#send(message: ToAskedThread<Request>): void {
		this.#worker.postMessage(message);
	}

	#take(message: Extract<FromAskedThread<Answer, Part>, { id: number }>): void {
		const waiting = this.#waiting.get(message.id);
		if (message.kind === "part") {
			waiting?.part(message.part);
			return;
		}
		this.#waiting.delete(message.id);
		if (message.kind === "answer") waiting?.resolve(message.answer);
		else if (message.error.code !== null) waiting?.reject(receivedError(message.error));
		else waiting?.reject(new ThreadFailure(`${this.#name}: ${message.error.message}`, false));
	}
}

/** Of a thread that runs a model by an optional package; null: it is there, and something else hinders it. */
export function missingPackage(message: string, what: string, name: string): AssayError | null {
	if (!/Cannot find (?:package|module)|ERR_MODULE_NOT_FOUND|onnxruntime_binding/.test(message)) return null;
	return new AssayError("prerequisite", `${what} cannot run on this machine: ${name} is not installed`, {
		hint: "ONNXRUNTIME_NODE_INSTALL=skip npm install; the step that is skipped fetches GPU libraries",
	});
}

export function cannotBeLoaded(name: string, message: string): AssayError {
	return new AssayError("usage", `${name}: cannot be loaded: ${message.split("\n")[0] ?? ""}`);
}
