import type { SeenTask } from "../domain/training.js";
import { AssayError } from "../lib/errors.js";

const MOST_NAMED = 8;

/** Tasks that taught a model, or fitted trees, are not ranked by it unless that is asked for. */
export class TaughtError extends AssayError {
	/** Without the names of the tasks. */
	readonly summary: string;

	/** `by` says which and how: `model.onnx: was trained on`. */
	constructor(by: string, { seen, of, hint }: { seen: readonly SeenTask[]; of: number; hint: string }) {
		const named = seen.slice(0, MOST_NAMED).map(({ taskId, trainedAs, by: how }) => {
			if (trainedAs === taskId) return taskId;
			return `${taskId} (by its ${how}${trainedAs === null ? "" : `, as ${trainedAs}`})`;
		});
		const more = seen.length > MOST_NAMED ? ` and ${seen.length - MOST_NAMED} more` : "";
		super("usage", `${by} ${seen.length} of the ${of} tasks: ${named.join(", ")}${more}`, { hint });
		this.summary = `${seen.length} of these ${of} tasks taught it`;
	}
}
