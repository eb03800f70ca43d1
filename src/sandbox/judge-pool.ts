import { availableParallelism } from "node:os";
import type { Tier } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import type { JudgeJob, JudgeReport } from "./judge-protocol.js";
import { JudgeWorker } from "./judge-worker.js";
import { startJudge } from "./launch.js";
import type { PythonRuntime } from "./python-runtime.js";

/** The compiler runs in the shared zygote: a huge source would bloat it and make every later guest dear. */
export const SOURCE_CAP_BYTES = 256 << 10;
const DEPTH = 2;
const WATCH_EVERY_MS = 1000;
/** Starts beyond the wanted workers before the machine is declared unfit. */
const SPARE_STARTS = 200;

interface Pending {
	id: number;
	job: JudgeJob;
	retries: number;
	resolve: (report: JudgeReport) => void;
	reject: (reason: unknown) => void;
	signal: AbortSignal;
}

/** Warm judge workers behind one queue. A worker that dies is replaced; the candidate it died on is tried once more. */
export class JudgePool {
	readonly size: number;
	readonly #tier: Tier;
	readonly #python: PythonRuntime;
	readonly #workers = new Map<JudgeWorker, boolean>();
	readonly #jobs = new Map<number, Pending>();
	/** Killed because their work was given up: nobody is to blame. */
	readonly #dismissed = new Set<JudgeWorker>();
	#queue: Pending[] = [];
	#nextId = 0;
	#starts = 0;
	#closed = false;
	#failure: AssayError | null = null;
	#watch: NodeJS.Timeout | null = null;
	readonly #exits: (() => void)[] = [];

	constructor(options: { tier: Tier; python: PythonRuntime; workers?: number | null }) {
		this.#tier = options.tier;
		this.#python = options.python;
		// One more than processors: while a tester waits for its guest, another pair computes.
		this.size = options.workers ?? availableParallelism() + 1;
	}

	/** Rejects with the signal's reason when aborted, with `judge` when no worker can be kept alive. */
	judge(job: JudgeJob, signal: AbortSignal): Promise<JudgeReport> {
		const bytes = Buffer.byteLength(job.code);
		if (bytes > SOURCE_CAP_BYTES) return Promise.resolve({ kind: "too_large", bytes });
		return new Promise((resolve, reject) => {
			if (signal.aborted) return reject(signal.reason);
			if (this.#closed || this.#failure) return reject(this.#failure ?? new AssayError("judge", "the judge is closed"));
			const pending: Pending = { id: this.#nextId++, job, retries: 0, resolve, reject, signal };
			this.#jobs.set(pending.id, pending);
			signal.addEventListener("abort", this.#onAbort, { once: true });
			this.#queue.push(pending);
			this.#pump();
		});
	}

	/** Kills every worker and waits until they are reaped. */
	async close(): Promise<void> {
		this.#closed = true;
		if (this.#watch) clearInterval(this.#watch);
		this.#watch = null;
		const gone = this.#workers.size === 0 ? null : new Promise<void>((resolve) => this.#exits.push(resolve));
		for (const worker of this.#workers.keys()) worker.kill();
		await gone;
		for (const pending of this.#jobs.values()) pending.reject(new AssayError("judge", "the judge was closed"));
		this.#jobs.clear();
	}

	/** One listener object for all jobs of a signal; every job whose signal has fired is given up. */
	readonly #onAbort = (): void => {
		const aborted = [...this.#jobs.values()].filter((pending) => pending.signal.aborted);
		for (const pending of aborted) {
			this.#jobs.delete(pending.id);
			pending.reject(pending.signal.reason);
		}
		this.#queue = this.#queue.filter((pending) => this.#jobs.has(pending.id));
		// A worker that runs given-up candidates is replaced rather than waited for; its other jobs go to the next.
		for (const worker of this.#workers.keys()) {
			if (worker.unfinished.every((id) => this.#jobs.has(id))) continue;
			this.#dismissed.add(worker);
			worker.kill();
		}
	};

	#pump(): void {
		if (this.#closed) return;
		while (this.#workers.size < Math.min(this.size, this.#jobs.size)) this.#start();
		for (const [worker, ready] of this.#workers) {
			while (ready && worker.inFlight < DEPTH && this.#queue.length > 0 && this.#mayTakeMore(worker)) {
				const next = this.#queue.shift();
				if (next) worker.send(next.id, next.job);
			}
		}
	}

	/** A second job waits behind the first only when every worker has one; a suspect is always alone. */
	#mayTakeMore(worker: JudgeWorker): boolean {
		if (worker.inFlight === 0) return true;
		if (this.#queue[0]?.retries || worker.unfinished.some((id) => this.#jobs.get(id)?.retries)) return false;
		return this.#queue.length >= this.size;
	}

	#start(): void {
		if (++this.#starts > this.size + SPARE_STARTS) {
			this.#fail("judge processes keep dying");
			return;
		}
		let ready = false;
		const worker: JudgeWorker = new JudgeWorker(startJudge(this.#tier, this.#python), {
			onReady: () => {
				ready = true;
				if (this.#workers.has(worker)) this.#workers.set(worker, true);
				this.#pump();
			},
			onReport: (id, tester, zygote) => {
				const pending = this.#settle(id);
				// A machine that judges is fit: only starts without any verdict between them count.
				this.#starts = 0;
				pending?.resolve({ kind: "judged", tester, zygote, retries: pending.retries });
				this.#pump();
			},
			onExit: (detail) => this.#onExit(worker, ready, detail),
		});
		this.#workers.set(worker, false);
		this.#watch ??= setInterval(() => this.#killOverdue(), WATCH_EVERY_MS).unref();
	}

	#onExit(worker: JudgeWorker, wasReady: boolean, detail: string): void {
		this.#workers.delete(worker);
		if (this.#workers.size === 0) for (const exit of this.#exits.splice(0)) exit();
		if (this.#closed) return;
		if (!wasReady) {
			this.#fail(`the judge did not start: ${detail}`);
			return;
		}
		const left = worker.unfinished.map((id) => this.#jobs.get(id)).filter((pending) => pending !== undefined);
		if (this.#dismissed.delete(worker)) {
			this.#queue.unshift(...left);
			this.#pump();
			return;
		}
		// The oldest job is the suspect: once more, alone, and then it is to blame. The others are innocent.
		const [suspect, ...others] = left;
		this.#queue.unshift(...others);
		if (suspect && suspect.retries > 0) {
			this.#settle(suspect.id)?.resolve({ kind: "crashed", detail, retries: suspect.retries });
		} else if (suspect) {
			suspect.retries++;
			this.#queue.unshift(suspect);
		}
		this.#pump();
	}

	#settle(id: number): Pending | undefined {
		const pending = this.#jobs.get(id);
		this.#jobs.delete(id);
		return pending;
	}

	#killOverdue(): void {
		const now = Date.now();
		for (const worker of this.#workers.keys()) if (worker.overdueMs(now) > 0) worker.kill();
	}

	#fail(detail: string): void {
		this.#failure = new AssayError("judge", detail, { hint: "run `assay doctor` to see what this machine can do" });
		for (const pending of this.#jobs.values()) pending.reject(this.#failure);
		this.#jobs.clear();
		this.#queue = [];
		for (const worker of this.#workers.keys()) worker.kill();
	}
}
