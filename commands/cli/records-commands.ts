import { type Command, Option } from "commander";
import { RUN_ORDERS } from "../../src/store/select-runs.js";
import { type Act, examples } from "./action.js";
import { addCommonOptions, type CommonOptions, limitOption, type RunsOptions, timePoint, words } from "./options.js";

export function registerRecords(program: Command, act: Act): void {
	const runs = program.command("runs").description("recorded runs of the workspace");
	runs.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	addCommonOptions(
		runs
			.command("list")
			.description("runs with their scores, live ones first, then the newest")
			.option("--kind <kinds>", "only these kinds, e.g. best-of-n,verify", words)
			.option("--outcome <outcomes>", "only completed, cancelled, failed, interrupted or running ones", words)
			.option("--backend <backends>", "only candidates of these backends", words)
			.option("--since <time>", "only runs started since: 90m, 12h, 7d, 2w ago, or a date", timePoint)
			.addOption(new Option("--sort <column>", "order").choices(RUN_ORDERS).default("age"))
			.option("--reverse", "the other way round")
			.addOption(limitOption("runs")),
	)
		.addHelpText(
			"after",
			examples([
				"assay runs list",
				"assay runs list --kind best-of-n --since 7d --sort score",
				"assay runs list --limit 5 --json | jq -r .runId",
			]),
		)
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
