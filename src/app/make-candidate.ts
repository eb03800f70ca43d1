import { resumeCommand } from "../artifacts/run-plan.js";
import type { GenerationFailureKind } from "../domain/generation.js";
import type { Candidate } from "../domain/run.js";
import type { GenerationListeners } from "../generate/backend.js";
import { GenerationFailure } from "../generate/language-model.js";
import { countOf } from "../lib/count.js";
import { Slots } from "../lib/slots.js";
import type { ActiveRun } from "./active-run.js";
import { type CandidateJob, emitGenerated } from "./run-candidate.js";

const DELTA_EVERY_MS = 40;
/** So many failures in a row, beyond those that were under way together, mean that the model is not there. */
const FAILURES_IN_A_ROW = 8;

/** A candidate and when work on it began; or why there is none. */
export type Made = { candidate: Candidate; startedAtMs: number } | "skipped" | "failed";

/** Has candidates made, as many at once as the model takes, and keeps account of it. */
export class CandidateMaker {
	readonly #run: ActiveRun;
	readonly #slots: Slots;
	readonly #onActivity: () => void;
	#inARow = 0;
	#halted: GenerationFailure | null = null;

	constructor(run: ActiveRun, onActivity: () => void) {
		this.#run = run;
		this.#onActivity = onActivity;
		this.#slots = new Slots(run.model?.concurrency ?? Number.POSITIVE_INFINITY);
	}

	/** Set when no more candidates are to be expected; those under way are waited for, since they are paid for. */
	get halted(): boolean {
		return this.#halted !== null;
	}

	/** null: every candidate was made. */
	get trouble(): string | null {
		const { failures } = this.#run.watch;
		const counts = Object.entries(failures).map(([kind, count]) => `${count} ${kind.replaceAll("_", " ")}`);
		if (counts.length === 0 && this.#halted === null) return null;
		const total = Object.values(failures).reduce((sum, count) => sum + count, 0);
		const many = total === 0 ? [] : [`${countOf(total, "candidate")} without a completion (${counts.join(", ")})`];
		const why = this.#halted === null ? [] : [[this.#halted.message, this.#halted.hint].filter(Boolean).join("; ")];
		return [...many, ...why].join(": ");
	}

	async make(job: CandidateJob, signal: AbortSignal): Promise<Made> {
		return await this.#slots.use(signal, async () => {
			if (this.#halted !== null) return "failed";
			if (this.#hasEnough(job.task.id)) return this.#skip(job);
			return await this.#make(job, signal);
		});
	}

	async #make(job: CandidateJob, signal: AbortSignal): Promise<Made> {
		const { recorder, watch, now } = this.#run;
		const key = { taskId: job.task.id, sampleIndex: job.sampleIndex };
		const startedAtMs = now();
		recorder.emit({ type: "candidate.started", ...key });
		watch.moved({ generating: 1 });
		try {
			const candidate = await job.produce(signal, this.#listeners(key));
			this.#inARow = 0;
			emitGenerated(this.#run, candidate, Math.max(0, now() - startedAtMs));
			return { candidate, startedAtMs };
		} catch (error) {
			if (signal.aborted || !(error instanceof GenerationFailure)) throw error;
			this.#fail(key, error);
			return "failed";
		} finally {
			watch.moved({ generating: -1 });
		}
	}

	#listeners(key: { taskId: string; sampleIndex: number }): GenerationListeners {
		const { recorder, watch } = this.#run;
		let text = "";
		let nextAt = 0;
		let isTold = false;
		return {
			onRestart: () => {
				text = "";
				nextAt = 0;
				if (isTold) recorder.emit({ type: "candidate.delta", ...key, text: null });
				isTold = false;
			},
			onText: (more) => {
				text += more;
				const now = performance.now();
				if (now < nextAt) return;
				recorder.emit({ type: "candidate.delta", ...key, text });
				text = "";
				isTold = true;
				nextAt = now + DELTA_EVERY_MS;
				this.#onActivity();
			},
			onSpend: (spend) => {
				watch.spent(spend);
				recorder.emit({ type: "spend.recorded", ...key, ...spend });
				// Money that is spent is on the disk before anything else happens.
				if (spend.costUsd !== null) recorder.flush();
				this.#onActivity();
			},
		};
	}

	#fail(key: { taskId: string; sampleIndex: number }, failure: GenerationFailure): void {
		const { recorder, watch, model } = this.#run;
		const { kind, message, attempts, fatal, hint } = failure;
		if (kind !== "spend_limit") {
			watch.failed(kind);
			recorder.emit({ type: "candidate.failed", ...key, failure: kind, message, attempts });
			// The run ends with a fatal one, and says so itself.
			if (!fatal) this.#tellOf(kind, message, hint);
		}
		if (fatal || ++this.#inARow >= FAILURES_IN_A_ROW + (model?.concurrency ?? 0)) this.#halted ??= failure;
	}

	/** One alert for each kind, renewed as their number doubles. */
	#tellOf(kind: GenerationFailureKind, message: string, hint: string | null): void {
		const count = this.#run.watch.failures[kind] ?? 0;
		if ((count & (count - 1)) !== 0) return;
		const text = `${countOf(count, "candidate")} without a completion: ${message}`;
		this.#run.recorder.emit({ type: "alert.raised", id: `generation-${kind}`, level: "error", message: text, hint });
	}

	#hasEnough(taskId: string): boolean {
		const { plan, tally } = this.#run;
		const enough = plan.config.stopOnAccepted;
		return enough !== null && tally.task(taskId).accepted >= enough;
	}

	#skip({ task, sampleIndex }: CandidateJob): "skipped" {
		this.#run.watch.skipped();
		this.#run.recorder.emit({ type: "candidate.skipped", taskId: task.id, sampleIndex });
		return "skipped";
	}
}

/** What a run says that ends without all of its candidates. */
export function unfinishedMessage({ plan }: ActiveRun, trouble: string, workspace: string): string {
	return `${trouble}; resume with: ${resumeCommand(plan, workspace)}`;
}
