import { type Command, Option } from "commander";
import { type Act, examples } from "./action.js";
import { addCommonOptions, type ConvertOptions } from "./options.js";

export function registerRollouts(program: Command, act: Act): void {
	const rollouts = program.command("rollouts").description("rollouts in the files of other programs");
	rollouts.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	addCommonOptions(
		rollouts
			.command("convert")
			.description("rollouts under CodeSelf's field names, or back")
			.argument("<rollouts>", "run id, the start of one, `latest`, or a file; with --to assay a file of CodeSelf's")
			.addOption(
				new Option("--to <names>", "whose field names are written")
					.choices(["codeself", "assay"])
					.makeOptionMandatory(),
			)
			.requiredOption("--out <file>", "where the records go, one a line"),
	)
		.addHelpText(
			"after",
			examples([
				"assay rollouts convert latest --to codeself --out rollouts.codeself.jsonl",
				"assay rollouts convert rollouts.codeself.jsonl --to assay --out rollouts.jsonl",
			]),
		)
		.action(
			act<ConvertOptions>(async (context, options, [source = ""]) => {
				const { convert } = await import("../rollouts.js");
				return await convert(context, source, options);
			}),
		);
}
