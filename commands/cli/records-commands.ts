import type { Command } from "commander";
import { type Act, examples } from "./action.js";
import { addCommonOptions, type CommonOptions, limitOption, type RunsOptions } from "./options.js";

export function registerRecords(program: Command, act: Act): void {
	const runs = program.command("runs").description("recorded runs of the workspace");
	runs.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	addCommonOptions(runs.command("list").description("runs, newest first").addOption(limitOption("runs")))
		.addHelpText("after", examples(["assay runs list", "assay runs list --limit 5 --json | jq -r .runId"]))
		.action(
			act<RunsOptions>(async (context, options) => {
				const { list } = await import("../runs.js");
				return await list(context, options);
			}),
		);
	addCommonOptions(
		runs
			.command("show")
			.description("one run: plan, outcome, counts, files, and how to finish it")
			.argument("<run>", "run id, the start of one, or `latest`"),
	)
		.addHelpText("after", examples(["assay runs show latest", "assay runs show 20261121-093015-best-of-n-k3f9 --json"]))
		.action(
			act<CommonOptions>(async (context, _options, [run = ""]) => {
				const { show } = await import("../runs.js");
				return await show(context, run);
			}),
		);

	const artifacts = program.command("artifacts").description("files that runs have written");
	artifacts.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	addCommonOptions(
		artifacts.command("reindex").description("build artifacts/index.sqlite anew from results and manifests"),
	)
		.addHelpText("after", examples(["assay artifacts reindex", "assay artifacts reindex --workspace ~/experiments"]))
		.action(
			act<CommonOptions>(async (context) => {
				const { reindex } = await import("../artifacts.js");
				return await reindex(context);
			}),
		);
}
