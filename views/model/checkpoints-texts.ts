import { type CopyText, known } from "./candidate-texts.js";
import { selectedCheckpoint } from "./checkpoint-actions.js";
import { checkpointsState, comparedTable } from "./checkpoints-state.js";
import { compareCommand } from "./comparison-actions.js";
import { boardTexts } from "./leaderboard-actions.js";
import type { Model } from "./model.js";

/** What can be copied of a comparison, or of the checkpoint under the cursor. */
export function checkpointTexts(model: Model): CopyText[] {
	const { board, comparison } = checkpointsState(model);
	if (comparison) {
		const { state, request } = comparison;
		const task = comparedTable(model).selected();
		return [
			...(state.kind === "compared" ? [known("conclusion", state.conclusions.join("\n"))] : []),
			known("command that compares them", compareCommand(model, request)),
			...(task === null ? [] : [known("task id", task.taskId)]),
			known("run ids", request.runIds.join(" ")),
		];
	}
	if (board) return boardTexts(model);
	const checkpoint = selectedCheckpoint(model);
	if (checkpoint === null) return [];
	const { id, name, runs } = checkpoint;
	const [newest] = runs;
	return [
		known("name", name),
		...(id === name ? [] : [known("path", id)]),
		known("command that shows it", `assay checkpoints show ${id} --workspace ${model.workbench.workspace}`),
		...(newest === undefined ? [] : [known("newest run", newest.runId)]),
	];
}
