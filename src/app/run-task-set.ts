import type { RunPlan } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import { createFingerprint } from "../tasks/fingerprint.js";

/** What a run has to remember of its tasks as a whole, gathered while they stream by. */
export class TaskSet {
	readonly #fingerprint = createFingerprint();
	readonly #notes = new Map<string | null, number>();
	#count = 0;

	async add(task: Task): Promise<void> {
		await this.#fingerprint.add(task);
		this.#notes.set(task.contamination, (this.#notes.get(task.contamination) ?? 0) + 1);
		this.#count++;
	}

	get count(): number {
		return this.#count;
	}

	fingerprint(): string {
		return this.#fingerprint.digest();
	}

	contamination(): RunPlan["contamination"] {
		return [...this.#notes].map(([note, tasks]) => ({ note, tasks }));
	}
}
