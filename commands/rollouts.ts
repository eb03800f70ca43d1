import { type Converted, rolloutsFromCodeSelf, rolloutsToCodeSelf } from "../src/app/convert-rollouts.js";
import { fileInputs } from "../src/app/file-inputs.js";
import { countOf } from "../src/lib/count.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { ConvertOptions } from "./cli/options.js";
import { outFile } from "./cli/out-file.js";
import { writeJson, writeLine } from "./cli/print.js";

/** Rollouts under other field names. */
export async function convert(context: CommandContext, source: string, options: ConvertOptions): Promise<ExitCode> {
	const { workspace, signal } = context;
	const given = { workspace, source, out: outFile(options.out) ?? options.out, signal };
	const converted =
		options.to === "codeself"
			? await rolloutsToCodeSelf({ ...given, inputs: fileInputs })
			: await rolloutsFromCodeSelf(given);
	if (context.json) await writeJson(context.stdout, { out: given.out, ...converted });
	else if (!context.quiet) for (const line of lines(converted, options)) await writeLine(context.stderr, line);
	return 0;
}

function* lines({ written, unjudged, withoutPrompt, claimed, otherReward }: Converted, options: ConvertOptions) {
	yield `${countOf(written, "rollout")} written to ${options.out}`;
	if (options.to === "codeself") {
		if (unjudged > 0)
			yield `${countOf(unjudged, "rollout")} left out: the judge had trouble, which CodeSelf has no word for`;
		if (withoutPrompt > 0)
			yield `${countOf(withoutPrompt, "rollout")} without the prompt: no model was asked, or it cannot be made again as it was sent`;
		return;
	}
	if (claimed > 0)
		yield `${countOf(claimed, "verdict")} as CodeSelf gave them, in the candidate's process; \`assay verify\` judges the programs here`;
	if (unjudged > 0) yield `${countOf(unjudged, "rollout")} in no score: CodeSelf's scan refused to run the candidate`;
	if (otherReward > 0)
		yield `${countOf(otherReward, "rollout")} had another reward than reward_v0_correctness as published; rewards are given anew`;
}
