import { type CopyText, known } from "./candidate-texts.js";
import { evalCommand } from "./commands.js";
import type { Model } from "./model.js";
import { selectedRun } from "./runs-actions.js";

/** What can be copied of the run under the cursor. */
export function runRowTexts(model: Model): CopyText[] {
	const row = selectedRun(model);
	if (row === null) return [];
	const where = `--workspace ${model.workbench.workspace}`;
	return [
		known("run id", row.runId),
		known("command for its scores", evalCommand(model, row.runId)),
		known("command for its lineage", `assay artifacts show ${row.runId} ${where}`),
		known("command that replays it", `assay runs replay ${row.runId} ${where}`),
	];
}
