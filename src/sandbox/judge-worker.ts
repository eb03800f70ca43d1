import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { encodeFrame, onFrames } from "../lib/frames.js";
import { type JudgeJob, type JudgePhase, type TesterReport, wallGuardMs, type ZygoteReport } from "./judge-protocol.js";

export interface WorkerEvents {
	onReady(): void;
	onReport(job: number, tester: TesterReport, zygote: ZygoteReport): void;
	onExit(detail: string): void;
}

type Message =
	| TesterReport
	| ZygoteReport
	| { who: "P"; id: number; ph: JudgePhase }
	| { who?: undefined; ready: "T" | "Z" };

/** One judge process. Jobs may be queued two deep: the zygote then compiles one while the tester ends another. */
export class JudgeWorker {
	readonly #process: ChildProcess;
	readonly #zygote: Writable;
	readonly #tester: Writable;
	readonly #live = new Map<number, { job: JudgeJob; tester?: TesterReport; zygote?: ZygoteReport; since: number }>();
	#ready = 0;
	#errors = "";
	#lastSuite = "";

	constructor(process: ChildProcess, events: WorkerEvents) {
		this.#process = process;
		this.#zygote = process.stdio[0] as Writable;
		this.#tester = process.stdio[3] as Writable;
		for (const stream of process.stdio) stream?.on("error", () => {});
		const onFrame = (payload: Buffer): void => this.#onMessage(JSON.parse(payload.toString()) as Message, events);
		onFrames(process.stdio[1] as Readable, onFrame);
		onFrames(process.stdio[4] as Readable, onFrame);
		(process.stdio[2] as Readable).on("data", (chunk: Buffer) => {
			this.#errors = (this.#errors + chunk.toString()).slice(-2000);
		});
		let ended = false;
		const end = (detail: string): void => {
			if (ended) return;
			ended = true;
			events.onExit([detail, this.#errors.trim()].filter(Boolean).join(": "));
		};
		process.on("error", (error) => end(error.message));
		process.on("close", (code, signal) => end(`judge process ended with ${signal ?? `status ${code}`}`));
	}

	get inFlight(): number {
		return this.#live.size;
	}

	/** Jobs without a verdict, oldest first. */
	get unfinished(): number[] {
		return [...this.#live.keys()];
	}

	/** Milliseconds that the oldest job is over every limit it could have, or a negative number. */
	overdueMs(now: number): number {
		const oldest = this.#live.values().next().value;
		return oldest ? now - oldest.since - (10 * wallGuardMs(oldest.job.limits.cpuTimeMs) + 10_000) : -1;
	}

	send(id: number, job: JudgeJob): void {
		const cpu = job.limits.cpuTimeMs / 1000;
		const guard = wallGuardMs(job.limits.cpuTimeMs) / 1000;
		this.#live.set(id, { job, since: Date.now() });
		this.#zygote.write(
			encodeFrame({
				id,
				code: job.code,
				entry: job.entryPoint,
				cpu,
				guard,
				memory: job.limits.memoryBytes,
				output: job.limits.outputBytes,
				processes: job.limits.processes,
				disk: job.limits.diskBytes,
			}),
		);
		const known = this.#lastSuite === job.suite.key;
		this.#lastSuite = job.suite.key;
		this.#tester.write(
			encodeFrame({
				id,
				suite: job.suite.key,
				entry: job.entryPoint,
				classy: job.suite.classy,
				inGuest: job.suite.inGuest,
				cpu,
				guard,
				gate: job.gate,
				live: job.onPhase !== undefined,
				...(known ? {} : { prelude: job.suite.prelude, tests: job.suite.tests }),
			}),
		);
	}

	kill(): void {
		const { pid } = this.#process;
		if (pid === undefined) return;
		try {
			process.kill(-pid, "SIGKILL");
		} catch {
			this.#process.kill("SIGKILL");
		}
	}

	#onMessage(message: Message, events: WorkerEvents): void {
		if (message.who === undefined) {
			if (++this.#ready === 2) events.onReady();
			return;
		}
		const live = this.#live.get(message.id);
		if (!live) return;
		if (message.who === "P") {
			live.job.onPhase?.(message.ph);
			return;
		}
		if (message.who === "T") live.tester = message;
		else live.zygote = message;
		if (!live.tester || !live.zygote) return;
		this.#live.delete(message.id);
		// The job behind it starts its time now.
		for (const next of this.#live.values()) next.since = Date.now();
		events.onReport(message.id, live.tester, live.zygote);
	}
}
