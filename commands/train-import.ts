import { importTraining } from "../src/app/import-training.js";
import { prepareWorkspace } from "../src/artifacts/workspace.js";
import { countOf } from "../src/lib/count.js";
import { findTrainerPython } from "../src/training/trainer-python.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { ImportTrainingOptions } from "./cli/training-options.js";

/** Figures of a training that ran elsewhere, for the screen and for `train show`. */
export async function importLog(
	context: CommandContext,
	log: string,
	options: ImportTrainingOptions,
): Promise<ExitCode> {
	const { workspace, signal, stdout, json } = context;
	const { name, format } = options;
	const python = await findTrainerPython(signal);
	prepareWorkspace(workspace);
	const steps = await importTraining({ workspace, name, log, format, python, signal });
	if (json) await writeJson(stdout, { type: "train.imported", name, format, steps });
	else await writeLine(stdout, printable(`${name}: ${countOf(steps, "step")}; assay train show ${name}`));
	return 0;
}
