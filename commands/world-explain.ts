import { type CandidateExplanation, explainCandidate } from "../src/app/explain-candidate.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { WorldExplainOptions } from "./cli/world-options.js";
import { type CandidateName, withWorldOn } from "./world-model.js";

/** What a world model says of one candidate, and which lines make it unlikely. */
export async function explainWorld(
	context: CommandContext,
	candidate: CandidateName,
	options: WorldExplainOptions,
): Promise<ExitCode> {
	const explanation = await withWorldOn(context, candidate, options, explainCandidate);
	if (context.json) await writeJson(context.stdout, explanation);
	else for (const line of explanationLines(explanation)) await writeLine(context.stdout, printable(line, "\t"));
	return 0;
}

function* explanationLines(explanation: CandidateExplanation): Generator<string> {
	const { taskId, sampleIndex, model, seen, numbers, lines, swap } = explanation;
	const { energy, energyDelta, pass, noAction } = numbers;
	const of = (value: number): string => value.toFixed(4);
	yield `${taskId} #${sampleIndex}, by ${model.name}, ${model.id}`;
	if (seen !== null) yield `seen: the model was trained on it (by its ${seen.by}): nothing here counts`;
	yield `energy             ${of(energy)}, the lower, the likelier the edit`;
	yield `against no edit    ${energyDelta < 0 ? "" : "+"}${of(energyDelta)}`;
	yield `without a question ${of(noAction)}`;
	if (swap !== null)
		yield `other question     ${of(swap.swapped)}, ${swap.difference > 0 ? "unlikelier" : "no unlikelier"} than for its own`;
	yield `pass probability   ${pass === null ? "-, the model has no pass head" : pass.toFixed(3)}`;
	yield "";
	yield lines.some(({ share }) => share > 0)
		? "share of what makes it unlikely, line by line"
		: "no line makes it unlikelier: hidden, each leaves a higher energy";
	for (const { line, text, share } of lines) {
		if (text.trim() === "" && line === lines.length - 1) continue;
		const said = share === 0 ? "" : `${(100 * share).toFixed(0)} %`;
		yield `${said.padStart(5)}  ${String(line + 1).padStart(3)}  ${text}`;
	}
}
