import type { RunEventBody } from "../domain/events.js";
import type { GenerationProgress } from "../domain/generation.js";

const EVERY_MS = 100;
/** The pace is that of so long: what came from the cache at the start says nothing of what is left. */
const WINDOW_MS = 10_000;
/** A pace of less time than this is chance. */
const SETTLED_MS = 250;

/** At most ten `run.progress` events a second, and one for the last candidate. */
export class RunProgress {
	readonly #emit: (body: RunEventBody) => void;
	readonly #now: () => number;
	/** How many were done when, oldest first; the first is the start of the window. */
	readonly #marks: { at: number; done: number }[];
	#total: number | null;
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
		this.#marks = [{ at: options.now(), done: options.done }];
		this.#emittedAt = Number.NEGATIVE_INFINITY;
		this.#total = options.total;
		this.#done = options.done;
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
		const { samplesPerSecond, isSettled } = this.#pace(now);
		const left = this.#total === null ? null : this.#total - this.#done;
		this.#emit({
			type: "run.progress",
			done: this.#done,
			total: this.#total,
			samplesPerSecond,
			etaMs: left === null || samplesPerSecond === 0 || !isSettled ? null : (left / samplesPerSecond) * 1000,
			generation: this.#generation(),
		});
	}

	#pace(now: number): { samplesPerSecond: number; isSettled: boolean } {
		this.#marks.push({ at: now, done: this.#done });
		while (this.#marks.length > 2 && now - (this.#marks[1]?.at ?? now) >= WINDOW_MS) this.#marks.shift();
		const from = this.#marks[0] ?? { at: now, done: this.#done };
		const milliseconds = Math.max(SETTLED_MS, now - from.at);
		return {
			samplesPerSecond: ((this.#done - from.done) * 1000) / milliseconds,
			isSettled: now - from.at >= SETTLED_MS,
		};
	}
}
