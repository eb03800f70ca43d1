import type { SeenTask, TrainingEntry } from "../domain/training.js";
import { NearIndex } from "./near-index.js";

/** Chosen on real tasks: see docs/decisions/leak-gate.md. */
const PROMPT_THRESHOLD = 0.8;
const SOLUTION_THRESHOLD = 0.8;

type SeenMatch = Pick<SeenTask, "taskId" | "by" | "similarity">;

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
		for (const match of this.matches(entry)) this.#found({ ...match, checkpoint, trainedAs: entry.taskId });
	}

	/** Scored tasks that a training entry is one of, or is near. */
	*matches({ taskId: trainedAs, contentSha256, prompt, solutions }: TrainingEntry): Generator<SeenMatch> {
		const same = (ids: readonly string[] | undefined, by: SeenTask["by"]): SeenMatch[] =>
			(ids ?? []).map((taskId) => ({ taskId, by, similarity: 1 }));
		if (trainedAs !== null && this.#ids.has(trainedAs)) yield { taskId: trainedAs, by: "id", similarity: 1 };
		if (contentSha256 !== null) yield* same(this.#byContent.get(contentSha256), "content");
		if (prompt !== null) {
			yield* same(this.#byPrompt.get(prompt.exact), "prompt");
			if (prompt.near !== null) for (const near of this.#prompts.near(prompt.near)) yield { ...near, by: "prompt" };
		}
		for (const { exact, near } of solutions) {
			yield* same(this.#bySolution.get(exact), "solution");
			if (near !== null) for (const found of this.#solutions.near(near)) yield { ...found, by: "solution" };
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
