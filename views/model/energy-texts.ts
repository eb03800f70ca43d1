import { type CopyText, known } from "./candidate-texts.js";
import { explainCommand, mapCommand, openRankingCommand, rankCandidatesCommand, similarCommand } from "./commands.js";
import { type RankedCandidate, selectedRanked } from "./energy-actions.js";
import { energyState, type OpenRanking } from "./energy-state.js";
import type { Model } from "./model.js";

/** What can be copied of a ranking. */
export function energyTexts(model: Model): CopyText[] {
	const { open } = energyState(model);
	if (!open) return [];
	const ranked = selectedRanked(model);
	return [
		open.recorded
			? known("command that shows it", openRankingCommand(open.recorded.path))
			: known("command that ranks them", rankCandidatesCommand(model, open.request, open)),
		known("run id", open.request.runId),
		...(ranked === null ? [] : candidateTexts(model, open, ranked)),
	];
}

function candidateTexts(model: Model, { request, world }: OpenRanking, ranked: RankedCandidate): CopyText[] {
	const { sampleIndex } = ranked;
	const { taskId } = ranked.task;
	const names = [known("task id", taskId), known("sample", `${taskId} #${sampleIndex}`)];
	const path = world?.path ?? null;
	const index = world?.index ?? null;
	if (path === null) return names;
	const of = { path, taskId, sampleIndex };
	const { instead } = energyState(model);
	return [
		...names,
		known("command that explains its energy", explainCommand(model, request, of)),
		known("command that maps the task", mapCommand(model, request, { ...of, instead })),
		...(index === null
			? []
			: [known("command that finds past edits like it", similarCommand(model, request, { ...of, index }))]),
	];
}
