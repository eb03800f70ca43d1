import type { RunEventBody } from "../domain/events.js";
import type { GenerationProgress } from "../domain/generation.js";

const EVERY_MS = 100;

/** At most ten `run.progress` events a second, and one for the last candidate. */
export class RunProgress {
	readonly #emit: (body: RunEventBody) => void;
	readonly #now: () => number;
	readonly #startedAt: number;
	#total: number | null;
	readonly #doneBefore: number;
	#done: number;
	#emittedAt: number;
	readonly #generation: () => GenerationProgress | null;

	/** `done` candidates were finished by an earlier start of the run; they say nothing about today's rate. */
	constructor(options: {
		emit: (body: RunEventBody) => void;
		now: () => number;
		total: number | null;
		done: number;
		generation: () => GenerationProgress | null;
	}) {
		this.#generation = options.generation;
		this.#emit = options.emit;
		this.#now = options.now;
		this.#startedAt = options.now();
		this.#emittedAt = Number.NEGATIVE_INFINITY;
		this.#total = options.total;
		this.#done = options.done;
		this.#doneBefore = options.done;
	}

	advance(): void {
		this.#done++;
		this.tell();
	}

	/** So many more are to be done than was known. */
	expect(more: number): void {
		if (this.#total !== null) this.#total += more;
	}

	/** Also while candidates are made and none is done. */
	tell(): void {
		const now = this.#now();
		if (now - this.#emittedAt < EVERY_MS && this.#done !== this.#total) return;
		this.#emittedAt = now;
		const seconds = Math.max(1, now - this.#startedAt) / 1000;
		const samplesPerSecond = (this.#done - this.#doneBefore) / seconds;
		this.#emit({
			type: "run.progress",
			done: this.#done,
			total: this.#total,
			samplesPerSecond,
			etaMs:
				this.#total === null || samplesPerSecond === 0 ? null : ((this.#total - this.#done) / samplesPerSecond) * 1000,
			generation: this.#generation(),
		});
	}
}
