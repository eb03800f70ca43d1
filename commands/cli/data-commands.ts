import { type Command, Option } from "commander";
import { DATA_FORMATS, DATA_SHAPES } from "../../src/domain/choices.js";
import { type Act, examples } from "./action.js";
import { wholeNumber } from "./numbers.js";
import { addCommonOptions, seedOption } from "./options.js";
import type { DataExportOptions } from "./training-options.js";

export function registerData(program: Command, act: Act): void {
	const data = program.command("data").description("training data out of verified rollouts");
	data.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	addCommonOptions(
		data
			.command("export")
			.description(
				"accepted rollouts of runs as examples, self-debug traces as edits, or tasks as prompts with the judge's tests beside them",
			)
			.argument("<sources...>", "run ids, starts of them or `latest`; with --format grpo one file or folder of tasks")
			.addOption(new Option("--format <format>", "what the data are for").choices(DATA_FORMATS).makeOptionMandatory())
			.addOption(
				new Option("--shape <shape>", "fields of an example, for sft").choices(DATA_SHAPES).default("completion"),
			)
			.option("--split <names>", "splits whose tasks may be learnt from, or `any`", "train")
			.option("--any-license", "also tasks whose licence is unknown or does not allow it")
			.addOption(
				new Option("--per-task <number>", "examples of one task at most, 0: any number")
					.argParser(wholeNumber(0))
					.default(8),
			)
			.option("--template <id>", "prompt template of the examples, if not that of the runs")
			.option("--name <name>", "name of the folder under artifacts/data")
			.option("--out <folder>", "another folder")
			.option("--force", "replace data that are there")
			.addOption(seedOption()),
	)
		.addHelpText(
			"after",
			examples([
				"assay data export latest --format sft",
				"assay data export 20261121-093015 20261121-101502 --format sft --shape chat --per-task 4",
				"assay data export latest --format preference --out pairs",
				"assay data export latest --format edits --name repairs",
				"assay data export fixtures/tasks/tiny --format grpo --name tiny-prompts",
			]),
		)
		.action(
			act<DataExportOptions>(async (context, options, sources) => {
				const { exportData } = await import("../data.js");
				return await exportData(context, sources, options);
			}),
		);
}
