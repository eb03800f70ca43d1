import type { TaskGroup } from "../compare/group-changes.js";
import type { GroupKey } from "../domain/choices.js";
import type { RunConfig } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import { AssayError } from "../lib/errors.js";
import type { EvaluationTally, PassAtKEstimate } from "./evaluation-tally.js";
import { fileInputs } from "./file-inputs.js";

export interface GroupScore {
	by: GroupKey;
	name: string;
	taskCount: number;
	passAtK: PassAtKEstimate[];
}

/** Scores of groups of tasks, read from where the run's plan says that they are. A task with several tags is in several. */
export async function groupScores(
	by: GroupKey,
	config: RunConfig | null,
	evaluated: EvaluationTally,
	{ ks, signal }: { ks: readonly number[]; signal: AbortSignal },
): Promise<GroupScore[]> {
	const groups = await taskGroups([by], config, signal);
	return groups
		.map(({ name, ids }) => ({ by, name, taskCount: ids.size, passAtK: evaluated.passAtK(ks, ids) }))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The groups of each property, of tasks that are read once. */
export async function taskGroups(
	by: readonly GroupKey[],
	config: RunConfig | null,
	signal: AbortSignal,
): Promise<TaskGroup[]> {
	if (config === null) {
		throw new AssayError("usage", "groups need the tasks, and a file of rollouts does not say where they are", {
			hint: "name the run by its id",
		});
	}
	const groups = by.map((key) => ({ by: key, names: new Map<string, Set<string>>() }));
	for await (const task of fileInputs.tasks(config, signal)) {
		for (const { by: key, names } of groups) {
			for (const name of namesOf(task, key)) names.set(name, (names.get(name) ?? new Set()).add(task.id));
		}
	}
	return groups.flatMap(({ by: key, names }) => [...names].map(([name, ids]) => ({ by: key, name, ids })));
}

function namesOf(task: Task, by: GroupKey): readonly string[] {
	switch (by) {
		case "difficulty":
			return [task.difficulty ?? "not stated"];
		case "tag":
			return task.tags.length === 0 ? ["no tag"] : task.tags;
		case "split":
			return [task.split ?? "not stated"];
		case "language":
			return [task.language];
		case "source":
			return [task.source.origin];
		case "length":
			return [lengthClass(task.kind === "function" ? task.reference : null)];
	}
}

/** By the lines of the reference solution. */
function lengthClass(reference: string | null): string {
	if (reference === null) return "no reference";
	const lines = reference.split("\n").filter((line) => line.trim() !== "").length;
	return lines <= 5 ? "1-5 lines" : lines <= 15 ? "6-15 lines" : "over 15 lines";
}
