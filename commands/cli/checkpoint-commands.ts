import { type Command, Option } from "commander";
import { type Act, examples } from "./action.js";
import { amount, wholeNumber } from "./numbers.js";
import { addCommonOptions, type CommonOptions } from "./options.js";
import { RECORDED_METHODS, type RegisterCommandOptions } from "./training-options.js";

export function registerCheckpoints(program: Command, act: Act): void {
	const checkpoints = program.command("checkpoints").description("models and their families, with their evaluations");
	checkpoints.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	addCommonOptions(
		checkpoints
			.command("list")
			.description("the family tree: each checkpoint below the one that it was trained from, with score and interval"),
	)
		.addHelpText(
			"after",
			examples([
				"assay checkpoints list",
				"assay checkpoints list --json | jq '{name, parent, runs: (.runs | length)}'",
			]),
		)
		.action(
			act<CommonOptions>(async (context) => {
				const { list } = await import("../checkpoints.js");
				return await list(context);
			}),
		);
	addCommonOptions(
		checkpoints
			.command("show")
			.description("one checkpoint: how it was made, and the runs in which it was evaluated")
			.argument("<checkpoint>", "its name, the start of one, or the path of its folder"),
	)
		.addHelpText("after", examples(["assay checkpoints show tiny-coder", "assay checkpoints show tiny-coder --json"]))
		.action(
			act<CommonOptions>(async (context, _options, [checkpoint = ""]) => {
				const { show } = await import("../checkpoints.js");
				return await show(context, checkpoint);
			}),
		);
	addCommonOptions(
		checkpoints
			.command("register")
			.description("record what a checkpoint of another trainer was trained on, so that tasks it has seen are found")
			.argument("<folder>", "of the checkpoint: weights, configuration, tokenizer")
			.requiredOption(
				"--trained-on <file...>",
				"JSON lines of examples (prompt and completion, messages, or text), tasks, or folders of `assay data export`",
			)
			.requiredOption("--parent <model>", "folder or name of what training began with; none: random weights")
			.addOption(new Option("--method <method>").choices(RECORDED_METHODS).makeOptionMandatory())
			.requiredOption("--steps <n>", "optimiser steps", wholeNumber(0))
			.addOption(new Option("--cost <usd>", "what the training cost").argParser(amount))
			.option("--trainer <name>", "program and version that trained", "another trainer")
			.option("--replace", "write another record in place of the one that is there")
			.option("--seed <n>", "of the training; not known where it is not given", wholeNumber(0)),
	)
		.addHelpText(
			"after",
			examples([
				"assay checkpoints register out/checkpoint-500 --trained-on sft.jsonl --parent models/base --method sft --steps 500",
				"assay checkpoints register grpo-1 --trained-on prompts.jsonl tasks.jsonl --parent Qwen/Qwen3-0.6B --method grpo --steps 200 --cost 4.2",
				"assay compare before.jsonl after.jsonl --checkpoint - out/checkpoint-500",
			]),
		)
		.action(
			act<RegisterCommandOptions>(async (context, options, [folder = ""]) => {
				const { register } = await import("../checkpoints.js");
				return await register(context, folder, options);
			}),
		);
}
