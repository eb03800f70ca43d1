import type { Task } from "../domain/task.js";
import type { TrainingEntry } from "../domain/training.js";
import { hashContent } from "../tasks/fingerprint.js";
import { askedBy, promptLikeness, solutionLikeness, solutionOf } from "../tasks/likeness.js";

/** What a training manifest keeps of a task, and of the solutions that are learnt for it. */
export async function trainingEntryOf(task: Task, solutions: Iterable<string>): Promise<TrainingEntry> {
	const likenesses = [...solutions].map(solutionLikeness).filter((likeness) => likeness !== null);
	return {
		taskId: task.id,
		contentSha256: await hashContent(task),
		prompt: promptLikeness(askedBy(task)),
		solutions: [...new Map(likenesses.map((likeness) => [likeness.exact, likeness])).values()],
	};
}

/** What a scored task is looked for by: the same, with its reference as the one solution. */
export async function scoredEntryOf(task: Task): Promise<TrainingEntry> {
	return await trainingEntryOf(task, task.kind === "function" && task.reference !== null ? [solutionOf(task)] : []);
}
