import type { Command } from "commander";
import { type Act, examples } from "./action.js";
import { addCommonOptions, type CommonOptions } from "./options.js";

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
}
