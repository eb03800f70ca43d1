import { planWorld, trainWorld } from "../src/app/train-world.js";
import type { TrainerEvent } from "../src/domain/training-job.js";
import { durationText } from "../src/lib/duration.js";
import { givenSettings } from "../src/training/given-settings.js";
import { findTrainerPython } from "../src/training/trainer-python.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { TrainWorldCommandOptions } from "./cli/training-options.js";

/** Trains a world model on this machine, or goes on with one of that name. */
export async function trainWorldModel(context: CommandContext, options: TrainWorldCommandOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, stderr } = context;
	const given = {
		workspace,
		data: options.data,
		name: options.name,
		out: options.out ?? null,
		threads: options.threads,
		device: options.device,
		settings: await givenSettings(options.config ?? null, options.set),
	};
	const job = planWorld(given);
	if (options.dryRun === true) {
		if (context.json) await writeJson(stdout, job);
		else
			for (const [name, value] of Object.entries({ ...job, ...job.config }))
				if (typeof value !== "object") await writeLine(stdout, printable(`${name.padEnd(18)} ${value}`));
		return 0;
	}
	const started = performance.now();
	const model = await trainWorld({
		...given,
		python: await findTrainerPython(signal),
		signal,
		onEvent: (event) => {
			if (context.json) stdout.write(`${JSON.stringify(event)}\n`);
			else if (!context.quiet) {
				const text = textOf(event, job.config.steps);
				if (text !== null) stderr.write(`${printable(text)}\n`);
			}
		},
		onText: (line) => {
			if (!context.quiet) stderr.write(`${printable(line)}\n`);
		},
	});
	if (context.json) await writeJson(stdout, { type: "train.world", model });
	else await writeLine(stdout, printable(`${model}  ${durationText(performance.now() - started)}`));
	return 0;
}

const SHOWN: Readonly<Record<string, readonly (readonly [metric: string, label: string])[]>> = {
	"train.step": [
		["loss", "loss"],
		["prediction", "prediction"],
		["sigreg", "SIGReg"],
	],
	"world.evaluation": [
		["auc", "energy AUC"],
		["auc_among_valid", "among valid"],
		["mrr", "MRR by question"],
		["no_action_mrr", "without"],
		["effective_rank_ratio", "effective rank"],
	],
};

/** null: nothing that people follow. */
function textOf({ t, step, m }: TrainerEvent, steps: number): string | null {
	const shown = SHOWN[t];
	if (shown === undefined) return null;
	const texts = shown.map(([metric, label]) => {
		const value = m[metric];
		return `${label} ${typeof value === "number" ? value.toFixed(3) : "-"}`;
	});
	return `${`${step}`.padStart(`${steps}`.length)}/${steps}  ${texts.join("  ")}`;
}
