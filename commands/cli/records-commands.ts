import { type Command, Option } from "commander";
import { RUN_ORDERS } from "../../src/store/select-runs.js";
import { type Act, examples } from "./action.js";
import {
	type ArchiveOptions,
	addCommonOptions,
	type CommonOptions,
	type DeleteOptions,
	type LogsOptions,
	limitOption,
	REPLAY_SPEEDS,
	type ReplayOptions,
	type RunsOptions,
	timePoint,
	words,
} from "./options.js";
import { registerRemote } from "./remote-commands.js";

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
			.option("--experiment <names>", "only runs of these experiments", words)
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
				"assay runs list --experiment base --json",
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
		withRun(runs.command("show").description("one run: plan, outcome, counts, files, and how to finish it")),
	)
		.addHelpText("after", examples(["assay runs show latest", "assay runs show 20261121-093015-best-of-n-k3f9 --json"]))
		.action(
			act<CommonOptions>(async (context, _options, [run = ""]) => {
				const { show } = await import("../runs.js");
				return await show(context, run);
			}),
		);

	addCommonOptions(
		withRun(runs.command("replay").description("print the recorded events of a run again, by their own times"))
			.addOption(new Option("--speed <times>", "how much faster than it was").choices(REPLAY_SPEEDS).default("1"))
			.option("--step", "one event for each line of standard input, e.g. for each Enter"),
	)
		.addHelpText(
			"after",
			examples([
				"assay runs replay latest --speed 16",
				"assay runs replay latest --step",
				"assay runs replay latest --speed max --json > events.jsonl",
			]),
		)
		.action(
			act<ReplayOptions>(async (context, options, [run = ""]) => {
				const { replay } = await import("../runs-replay.js");
				return await replay(context, run, options);
			}),
		);
	addCommonOptions(
		withRun(runs.command("logs").description("print the lines of a run's log, also of one that is going on"))
			.option("-f, --follow", "wait for what comes, until the run has ended")
			.option("--grep <pattern>", "only lines of the file that match; capitals do not matter"),
	)
		.addHelpText(
			"after",
			examples([
				"assay runs logs latest --follow",
				"assay runs logs latest --grep 'wrong_answer|judge_error'",
				"assay runs logs latest --follow --json | jq -r .type",
			]),
		)
		.action(
			act<LogsOptions>(async (context, options, [run = ""]) => {
				const { logs } = await import("../runs-logs.js");
				return await logs(context, run, options);
			}),
		);
	registerRemote(runs, "runs", act);
	addCommonOptions(
		withRun(
			runs
				.command("archive")
				.description(
					"pack a complete run to keep it, as it is, into a tar.gz; `artifacts archive` packs it for others",
				),
		).addOption(new Option("--out <file>", "where to; default: artifacts/archives/<run>.tar.gz")),
	)
		.addHelpText(
			"after",
			examples([
				"assay runs archive latest",
				"assay runs archive latest --out ~/kept/baseline.tar.gz",
				'tar xzf "$(assay runs archive latest --json | jq -r .path)" -C elsewhere/artifacts',
			]),
		)
		.action(
			act<ArchiveOptions>(async (context, options, [run = ""]) => {
				const { archive } = await import("../runs-remove.js");
				return await archive(context, run, options);
			}),
		);
	addCommonOptions(
		withRun(runs.command("delete").description("remove every file of a run; asks first")).option(
			"--yes",
			"do not ask; without a terminal it is needed",
		),
	)
		.addHelpText(
			"after",
			examples(["assay runs delete 20261121-093015-best-of-n-k3f9", "assay runs delete latest --yes"]),
		)
		.action(
			act<DeleteOptions>(async (context, options, [run = ""]) => {
				const { remove } = await import("../runs-remove.js");
				return await remove(context, run, options);
			}),
		);
}

function withRun(command: Command): Command {
	return command.argument("<run>", "run id, the start of one, or `latest`");
}
