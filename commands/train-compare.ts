import { compareRecordedTrainings } from "../src/app/compare-trainings.js";
import { trainingComparisonMarkdown } from "../src/compare/training-comparison-text.js";
import { writeFileAtomic } from "../src/lib/atomic-file.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { outFile } from "./cli/out-file.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { CompareTrainingsOptions } from "./cli/training-options.js";

/** Trainings side by side: what each took, and what each gained on held-out prompts. */
export async function compareTrainings(
	context: CommandContext,
	names: readonly string[],
	options: CompareTrainingsOptions,
): Promise<ExitCode> {
	const { workspace, stdout, json } = context;
	const out = outFile(options.out);
	const comparison = await compareRecordedTrainings(workspace, names);
	const report = trainingComparisonMarkdown(comparison);
	if (out !== null)
		writeFileAtomic(out, out.endsWith(".json") ? `${JSON.stringify(comparison, null, "\t")}\n` : report);
	if (json) await writeJson(stdout, comparison);
	else for (const line of report.trimEnd().split("\n")) await writeLine(stdout, printable(line));
	return 0;
}
