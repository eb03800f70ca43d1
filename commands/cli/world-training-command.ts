import { type Command, Option } from "commander";
import { type Act, examples } from "./action.js";
import { wholeNumber } from "./numbers.js";
import { addCommonOptions, setting } from "./options.js";
import { addHostOptions } from "./remote-commands.js";
import type { TrainWorldCommandOptions } from "./training-options.js";

export function registerWorldTraining(train: Command, act: Act): void {
	const command = train
		.command("world")
		.description("a world model from transitions: energies for candidates, without labels and without running them")
		.requiredOption("--data <folder>", "transitions that `assay world build` wrote")
		.requiredOption("--name <name>", "of the model; a run of that name which was interrupted goes on")
		.option("--out <folder>", "where the model goes on this machine; artifacts/world-models unless told")
		.option("--config <file>", "settings in YAML, by name")
		.option("--set <name=value>", "one setting; may be given again", setting, {})
		.addOption(
			new Option("--threads <number>", "of the processor; with 1 equal seeds give equal weights")
				.argParser(wholeNumber(1, 1024))
				.default(1),
		)
		.addOption(
			new Option("--device <device>", "auto: a CUDA device where there is one")
				.choices(["auto", "cpu", "cuda"])
				.default("auto"),
		)
		.option("--dry-run", "show what would be run, and what it takes by a few steps of it")
		.option("--detach", "with --host: return once it runs; `assay train attach` follows it later");
	addHostOptions(command);
	addCommonOptions(command)
		.addHelpText(
			"after",
			examples([
				"assay train world --data transitions --name world",
				"assay train world --data transitions --name world --host gpu1 --deadline 2h --budget 30",
				"assay train world --data transitions --name half --set folds=2 --set fold=0 --json",
				"assay train world --data transitions --name large --config fixtures/training/world-gpu.yaml --device cuda",
			]),
		)
		.action(
			act<TrainWorldCommandOptions>(async (context, options) => {
				const { trainWorld } = await import("../train-world.js");
				return await trainWorld(context, options);
			}),
		);
}
