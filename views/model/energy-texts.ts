import { type CopyText, known } from "./candidate-texts.js";
import { explainCommand, rankCandidatesCommand } from "./commands.js";
import { selectedRanked } from "./energy-actions.js";
import { energyState } from "./energy-state.js";
import type { Model } from "./model.js";

/** What can be copied of a ranking. */
export function energyTexts(model: Model): CopyText[] {
	const { open } = energyState(model);
	if (!open) return [];
	const ranked = selectedRanked(model);
	return [
		known("command that ranks them", rankCandidatesCommand(model, open.request, open)),
		known("run id", open.request.runId),
		...(ranked === null
			? []
			: [
					known("task id", ranked.task.taskId),
					known("sample", `${ranked.task.taskId} #${ranked.sampleIndex}`),
					...(open.world?.path == null
						? []
						: [
								known(
									"command that explains its energy",
									explainCommand(model, open.request, {
										path: open.world.path,
										taskId: ranked.task.taskId,
										sampleIndex: ranked.sampleIndex,
									}),
								),
							]),
				]),
	];
}
