import type { TransitionSplit } from "../domain/choices.js";
import type { FunctionTask, Task } from "../domain/task.js";
import type { DropCode } from "../domain/transition.js";
import { SeenTasks } from "../lineage/seen-tasks.js";
import { SPLIT_ORDER } from "../lineage/split-overlap.js";
import { scoredEntryOf } from "../lineage/training-entry.js";
import { solutionLikeness } from "../tasks/likeness.js";
import { assignSplit, type SplitFractions } from "../tasks/splits.js";
import { allowsTraining } from "../training/licenses.js";

/** Shares of train, dev and test. */
export type WorldFractions = Record<TransitionSplit, number>;

export interface WorldTask {
	task: FunctionTask;
	/** The task's id, or of a retold one the id of what it retells. */
	group: string;
	contentSha256: string;
	licence: string;
	split: TransitionSplit;
}

interface WorldTasksOptions {
	seed: number;
	fractions: WorldFractions;
	anyLicense: boolean;
}

/**
 * The tasks that transitions are made of, each in a split that its id alone decides. Refuses those that are, or are near, a
 * task that was excluded, and those near a task of an earlier split.
 */
export class WorldTasks {
	readonly #options: WorldTasksOptions;
	readonly #excluded = new SeenTasks();
	readonly #excludedIds: string[] = [];
	readonly #known = new Map<string, WorldTask>();
	readonly #refused = new Map<string, DropCode>();

	constructor(options: WorldTasksOptions) {
		this.#options = options;
	}

	get excluded(): readonly string[] {
		return this.#excludedIds;
	}

	async exclude(task: Task): Promise<void> {
		this.#excluded.score({ ...(await scoredEntryOf(task)), taskId: task.id });
		this.#excludedIds.push(task.id);
	}

	/** After all excluded ones. A task that is there already stays as it is. */
	async add(task: Task): Promise<void> {
		if (task.kind !== "function" || task.language !== "python") {
			this.#refused.set(task.id, "unknown_task");
			return;
		}
		if (this.#known.has(task.id) || this.#refused.has(task.id)) return;
		const told = this.#refused.get(groupOf(task.id));
		if (told !== undefined) {
			this.#refused.set(task.id, told);
			return;
		}
		const entry = await scoredEntryOf(task);
		if (!this.#excluded.matches(entry).next().done) this.#refused.set(task.id, "excluded_task");
		else if (!this.#options.anyLicense && !allowsTraining(task.source.license))
			this.#refused.set(task.id, "license_denied");
		else {
			const licence = task.source.license ?? "unknown";
			const contentSha256 = entry.contentSha256 ?? "";
			const group = groupOf(task.id);
			this.#known.set(task.id, { task, group, contentSha256, licence, split: this.splitOf(group) });
		}
	}

	splitOf(group: string): TransitionSplit {
		const { seed, fractions } = this.#options;
		const shares: SplitFractions = {
			train: fractions.train,
			dev: fractions.dev,
			test_public: fractions.test,
			test_private: 0,
			stress: 0,
		};
		const split = assignSplit(group, seed, shares);
		return split === "train" || split === "dev" ? split : "test";
	}

	/** Once all tasks are there: those of later splits go that ask or answer what one of an earlier split does. */
	async separate(): Promise<void> {
		for (const later of SPLIT_ORDER.slice(1)) {
			const scored = new SeenTasks();
			for (const { task, split } of this.#known.values())
				if (split === later) scored.score({ ...(await scoredEntryOf(task)), taskId: task.id });
			for (const { task, split } of this.#known.values())
				if (SPLIT_ORDER.indexOf(split) < SPLIT_ORDER.indexOf(later)) scored.train(await scoredEntryOf(task), split);
			for (const { taskId, similarity } of scored.seen()) {
				this.#known.delete(taskId);
				this.#refused.set(taskId, similarity === 1 ? "across_splits_exact" : "across_splits_near");
			}
		}
	}

	/** Why nothing is made of a task; null: something is. */
	reasonAgainst(taskId: string): DropCode | null {
		return this.#known.has(taskId) ? null : (this.#refused.get(taskId) ?? "unknown_task");
	}

	get(taskId: string): WorldTask | null {
		return this.#known.get(taskId) ?? null;
	}

	all(): Iterable<WorldTask> {
		return this.#known.values();
	}

	/** Whether a program is, or is near, the solution of an excluded task. */
	isExcludedProgram(code: string): boolean {
		const likeness = solutionLikeness(code);
		if (likeness === null) return false;
		const entry = { taskId: null, contentSha256: null, prompt: null, solutions: [likeness] };
		return !this.#excluded.matches(entry).next().done;
	}
}

/** MultiPL-E names MBPP's tasks so, which Reflexion has from there. */
function groupOf(taskId: string): string {
	return taskId.replace(/^mbpp_(\d+)_.*$/, "MBPP/$1");
}
