import type { SeenTask, TrainingCheck } from "../domain/training.js";
import { countOf } from "../lib/count.js";

const NAMED = 5;

/** What a report says about its scored tasks and the training of the model that is scored, a sentence each. */
export function contaminationNote(check: TrainingCheck, seenIsScored: boolean): string[] {
	if (check.state === "unknown") return [`contamination unknown: ${check.reason}`];
	const { checkpoints, unknownParent, tasks, compared, seen } = check;
	const names = checkpoints.map(({ name }) => name).join(", trained from ");
	const examples = checkpoints.reduce((sum, checkpoint) => sum + checkpoint.examples, 0);
	const against = `${names} (${countOf(examples, "example")})`;
	const how = tasks === "gone" ? "by id alone" : "by id, content, and likeness of prompt and solution";
	return [
		seen.length === 0
			? `none of ${countOf(compared, "scored task")} is in the training data of ${against}, ${how}`
			: `${seen.length} of ${countOf(compared, "task")} are in the training data of ${against}, ${how}; ${
					seenIsScored ? "every figure counts them" : "they are in no figure"
				}: ${someOf(seen)}`,
		...(tasks === "as_judged"
			? []
			: tasks === "gone"
				? ["the tasks are not there any more: copies under another id would not be found"]
				: ["the tasks that are there now are not those that were judged"]),
		...(unknownParent === null
			? []
			: [`contamination unknown before that: ${unknownParent}, from which training began, has no training manifest`]),
	];
}

function someOf(seen: readonly SeenTask[]): string {
	const named = seen.slice(0, NAMED).map(seenText).join("; ");
	return seen.length <= NAMED ? named : `${named}; and ${seen.length - NAMED} more`;
}

/** One task and the sign by which it was found. */
function seenText({ taskId, by, similarity, trainedAs }: SeenTask): string {
	const as = trainedAs === null || trainedAs === taskId ? "" : ` of ${trainedAs}`;
	switch (by) {
		case "id":
			return `${taskId} by its id`;
		case "content":
			return `${taskId} has the content${as}`;
		default:
			return similarity === 1
				? `${taskId} has the ${by}${as}${by === "solution" ? ", but for names" : ""}`
				: `${taskId} has nearly the ${by}${as} (${similarity.toFixed(2)})`;
	}
}
