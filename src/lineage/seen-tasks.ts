import type { SeenTask, TrainingEntry } from "../domain/training.js";
import { NearIndex } from "./near-index.js";

/** Chosen on real tasks: see docs/decisions/leak-gate.md. */
const PROMPT_THRESHOLD = 0.8;
const SOLUTION_THRESHOLD = 0.8;

const STRENGTH: Record<SeenTask["by"], number> = { id: 3, content: 2, prompt: 1, solution: 0 };

/** Finds which of the scored tasks are among training entries, one entry after the other; holds the scored tasks alone. */
export class SeenTasks {
	readonly #ids = new Set<string>();
	readonly #byContent = new Map<string, string[]>();
	readonly #byPrompt = new Map<string, string[]>();
	readonly #bySolution = new Map<string, string[]>();
	readonly #prompts = new NearIndex(PROMPT_THRESHOLD);
	readonly #solutions = new NearIndex(SOLUTION_THRESHOLD);
	readonly #seen = new Map<string, SeenTask>();

	get scoredCount(): number {
		return this.#ids.size;
	}

	score({ taskId, contentSha256, prompt, solutions }: TrainingEntry & { taskId: string }): void {
		this.#ids.add(taskId);
		if (contentSha256 !== null) push(this.#byContent, contentSha256, taskId);
		if (prompt !== null) {
			push(this.#byPrompt, prompt.exact, taskId);
			if (prompt.near !== null) this.#prompts.add(taskId, prompt.near);
		}
		for (const { exact, near } of solutions) {
			push(this.#bySolution, exact, taskId);
			if (near !== null) this.#solutions.add(taskId, near);
		}
	}

	train(entry: TrainingEntry, checkpoint: string): void {
		const { taskId: trainedAs, contentSha256, prompt, solutions } = entry;
		const found = (taskId: string, by: SeenTask["by"], similarity: number) =>
			this.#found({ taskId, by, similarity, checkpoint, trainedAs });
		if (trainedAs !== null && this.#ids.has(trainedAs)) found(trainedAs, "id", 1);
		if (contentSha256 !== null) for (const id of this.#byContent.get(contentSha256) ?? []) found(id, "content", 1);
		if (prompt !== null) {
			for (const id of this.#byPrompt.get(prompt.exact) ?? []) found(id, "prompt", 1);
			if (prompt.near !== null) {
				for (const { taskId, similarity } of this.#prompts.near(prompt.near)) found(taskId, "prompt", similarity);
			}
		}
		for (const { exact, near } of solutions) {
			for (const id of this.#bySolution.get(exact) ?? []) found(id, "solution", 1);
			if (near === null) continue;
			for (const { taskId, similarity } of this.#solutions.near(near)) found(taskId, "solution", similarity);
		}
	}

	/** By task id. */
	seen(): SeenTask[] {
		return [...this.#seen.values()].sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
	}

	#found(task: SeenTask): void {
		const known = this.#seen.get(task.taskId);
		if (known !== undefined) {
			if (known.similarity > task.similarity) return;
			if (known.similarity === task.similarity && STRENGTH[known.by] >= STRENGTH[task.by]) return;
		}
		this.#seen.set(task.taskId, task);
	}
}

function push(lists: Map<string, string[]>, key: string, taskId: string): void {
	const list = lists.get(key);
	if (list === undefined) lists.set(key, [taskId]);
	else list.push(taskId);
}
