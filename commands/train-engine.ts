import type { TrainingJob } from "../src/domain/training-job.js";
import { planOfEngine } from "../src/training/train-model.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";

/** The exact scripts, commands and files that another trainer would be run with. */
export async function showEngine(context: CommandContext, job: TrainingJob, python: string): Promise<ExitCode> {
	const { stdout, json, signal } = context;
	const plan = await planOfEngine({ job, python, signal });
	if (json) {
		await writeJson(stdout, { ...job, plan });
		return 0;
	}
	const { missing, install, commands, files } = plan;
	if (missing !== "") await writeLine(stdout, printable(`# not installed for ${python}: ${missing}; ${install}`));
	for (const command of commands) await writeLine(stdout, printable(command));
	for (const { path, text } of files) {
		await writeLine(stdout, "");
		await writeLine(stdout, printable(`# ${path}`));
		for (const line of text.trimEnd().split("\n")) await writeLine(stdout, printable(line));
	}
	return 0;
}
