import type { Task } from "../domain/task.js";
import type { Lookups, RecordedCandidate } from "../generate/backend.js";
import { AssayError } from "../lib/errors.js";
import type { Sample } from "../tasks/sample.js";
import type { RunInputs } from "./run-inputs.js";

/** What a backend may look up about one task. Recorded candidates are read once. */
export function lookupsFor(task: Task, inputs: RunInputs, shelf: SampleShelf | null): Lookups {
	let recorded: Promise<readonly RecordedCandidate[]> | null = null;
	return {
		recordedCandidates: () => {
			const folder = task.kind === "function" ? task.candidates : null;
			recorded ??= folder === null ? Promise.resolve([]) : inputs.recordedCandidates(folder);
			return recorded;
		},
		preparedPatch: () => {
			if (task.kind !== "repository" || task.backend === null) return null;
			return task.backend.kind === "patch" ? task.backend.patch : "";
		},
		samples:
			shelf === null
				? null
				: {
						count: () => shelf.count(task.id),
						at: async (sampleIndex) => inputs.extract(task, await shelf.take(task.id, sampleIndex)),
					},
		repositoryFiles: () => (task.kind === "repository" ? inputs.repositoryFiles(task) : []),
		extract: (completion, { continues }) => inputs.extract(task, { completion, continues }),
	};
}

/**
 * Hands out the samples of a file task by task while it reads it once. Samples of tasks whose turn has not come wait on
 * the shelf, so a file in the order of the tasks costs next to no memory.
 */
export class SampleShelf {
	readonly #counts: ReadonlyMap<string, number>;
	readonly #source: AsyncGenerator<Sample>;
	readonly #wanted: (taskId: string, position: number) => boolean;
	readonly #waiting = new Map<string, Map<number, Sample>>();
	readonly #seen = new Map<string, number>();
	#turn: Promise<unknown> = Promise.resolve();

	/** `wanted`: whether this sample, counted within its task, will be asked for; others are not kept. */
	constructor(
		counts: ReadonlyMap<string, number>,
		source: AsyncGenerator<Sample>,
		wanted: (taskId: string, position: number) => boolean,
	) {
		this.#counts = counts;
		this.#source = source;
		this.#wanted = wanted;
	}

	count(taskId: string): number {
		return this.#counts.get(taskId) ?? 0;
	}

	/** The task's sample at this position, counted from 0 in the order of the file. */
	async take(taskId: string, position: number): Promise<Sample> {
		const taken = this.#turn.then(() => this.#readUpTo(taskId, position));
		this.#turn = taken.catch(() => {});
		return await taken;
	}

	async close(): Promise<void> {
		await this.#source.return(undefined);
	}

	async #readUpTo(taskId: string, position: number): Promise<Sample> {
		for (;;) {
			const shelf = this.#waiting.get(taskId);
			const sample = shelf?.get(position);
			if (sample !== undefined) {
				shelf?.delete(position);
				return sample;
			}
			const next = await this.#source.next();
			if (next.done === true) {
				throw new AssayError("usage", `the samples file has no sample ${position} of task ${taskId} any more`);
			}
			this.#put(next.value);
		}
	}

	#put(sample: Sample): void {
		if (!this.#counts.has(sample.taskId)) return;
		const position = this.#seen.get(sample.taskId) ?? 0;
		this.#seen.set(sample.taskId, position + 1);
		if (!this.#wanted(sample.taskId, position)) return;
		const shelf = this.#waiting.get(sample.taskId) ?? new Map<number, Sample>();
		this.#waiting.set(sample.taskId, shelf.set(position, sample));
	}
}
