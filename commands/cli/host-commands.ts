import { type Command, Option } from "commander";
import { type Act, examples } from "./action.js";
import { amount, wholeNumber } from "./numbers.js";
import { addCommonOptions, type CommonOptions, collect } from "./options.js";
import type { AddHostOptions, BootstrapHostOptions, CheckHostOptions } from "./remote-options.js";
import { registerServe } from "./serve-command.js";

export function registerHosts(program: Command, act: Act): void {
	const hosts = program.command("hosts").description("machines that train, over ssh");
	hosts.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	addCommonOptions(hosts.command("list").description("those of hosts.yaml, then what ssh knows, then this machine"))
		.addHelpText("after", examples(["assay hosts list", "assay hosts list --json | jq -r .name"]))
		.action(
			act<CommonOptions>(async (context) => {
				const { list } = await import("../hosts.js");
				return await list(context);
			}),
		);
	addCommonOptions(
		hosts
			.command("add")
			.description("describe a host in hosts.yaml of the workspace")
			.argument("<name>", "what it is called here")
			.option("--alias <ssh>", "what ssh calls it, if not the same: an alias, or user@machine")
			.option("--gpus <gpus>", "how many of which, e.g. `8x B200`")
			.addOption(new Option("--price-per-gpu-hour <usd>", "what a GPU costs").argParser(amount))
			.addOption(
				new Option("--price-per-host-hour <usd>", "what the host costs").argParser(amount).conflicts("pricePerGpuHour"),
			)
			.option("--workdir <folder>", "of runs and what they share; default: ~/assay-runs")
			.option("--address <address>", "where other hosts reach it, for trainings over several; default: as ssh does")
			.option("--python <command>", "interpreter with torch; default: python3")
			.option("--setup <commands>", "shell commands before each job, e.g. `. ~/venv/bin/activate`")
			.addOption(
				new Option("--stop-idle-minutes <number>", "end a training there whose GPUs all idle for so long").argParser(
					wholeNumber(1),
				),
			)
			.option("--release-command <command>", "what ends the rent; it is shown, never run")
			.option("--force", "replace the description")
			.optionsGroup("Jobs are handed to Slurm there:")
			.option("--slurm", "with the cluster's own choice of all that is not told; the others imply it")
			.option("--partition <name>", "of the cluster")
			.option("--account <name>", "that is charged")
			.option("--qos <name>", "quality of service")
			.addOption(new Option("--nodes <number>", "of each job; default: 1").argParser(wholeNumber(1, 10_000)))
			.addOption(new Option("--gpus-per-node <number>", "of each job").argParser(wholeNumber(1, 64)))
			.option("--sbatch <option>", "another of sbatch, e.g. --sbatch=--mem=64G; may be given again", collect)
			.optionsGroup("Options:"),
	)
		.addHelpText(
			"after",
			examples([
				"assay hosts add gpu1 --gpus '8x B200' --price-per-gpu-hour 6.5",
				"assay hosts add cluster --alias login.example.org --partition gpu --gpus-per-node 4",
				"assay hosts add lab --alias ada@lab.example.org --python ~/venv/bin/python",
			]),
		)
		.action(
			act<AddHostOptions>(async (context, options, [name = ""]) => {
				const { add } = await import("../hosts.js");
				return await add(context, name, options);
			}),
		);
	addCommonOptions(
		hosts
			.command("check")
			.description("connect, and look at all that a training needs: disk, GPUs, Python, clock; 1 if something is amiss")
			.argument("<host>", "its name in hosts.yaml, or as ssh calls it")
			.option("--accept-key <fingerprint>", "keep the host's key if this is its fingerprint, e.g. SHA256:…"),
	)
		.addHelpText("after", examples(["assay hosts check gpu1", "assay hosts check gpu1 --json | jq '.findings[]'"]))
		.action(
			act<CheckHostOptions>(async (context, options, [name = ""]) => {
				const { check } = await import("../hosts.js");
				return await check(context, name, options);
			}),
		);
	addCommonOptions(
		hosts
			.command("bootstrap")
			.description("make the trainer's Python environment there, or what is missing of it, and show how it goes")
			.argument("<host>", "its name in hosts.yaml, or as ssh calls it")
			.option("--wheels <folder>", "of wheels here, for a host without a way out; nothing is downloaded there then")
			.option("--index-url <url>", "where packages come from, e.g. wheels for the driver's CUDA")
			.option("--package <name>", "one more, as pip writes it; may be given again", collect)
			.option(
				"--base-python <command>",
				"what it is made of; what that has already is used; default: the host's python",
			)
			.option("--accept-key <fingerprint>", "keep the host's key if this is its fingerprint, e.g. SHA256:…"),
	)
		.addHelpText(
			"after",
			examples([
				"assay hosts bootstrap gpu1",
				"assay hosts bootstrap gpu1 --index-url https://download.pytorch.org/whl/cu124",
				"assay hosts bootstrap lab --wheels ~/wheels --package transformers --package peft",
			]),
		)
		.action(
			act<BootstrapHostOptions>(async (context, options, [name = ""]) => {
				const { bootstrap } = await import("../hosts.js");
				return await bootstrap(context, name, options);
			}),
		);
	addCommonOptions(
		hosts
			.command("cost")
			.description("what hosts have cost since they were rented, idle time included, and their trainings"),
	)
		.addHelpText("after", examples(["assay hosts cost", "assay hosts cost --json | jq .spent"]))
		.action(
			act<CommonOptions>(async (context) => {
				const { cost } = await import("../host-cost.js");
				return await cost(context);
			}),
		);
	addCommonOptions(
		hosts
			.command("rent")
			.description("begin the clock of a host's rent now; the first training there does it, too")
			.argument("<host>", "its name in hosts.yaml"),
	)
		.addHelpText("after", examples(["assay hosts rent gpu1"]))
		.action(
			act<CommonOptions>(async (context, _options, [name = ""]) => {
				const { rent } = await import("../host-cost.js");
				return await rent(context, name);
			}),
		);
	addCommonOptions(
		hosts
			.command("release")
			.description("stop the clock of a host's rent; what ends the rent itself is shown, never run")
			.argument("<host>", "its name in hosts.yaml"),
	)
		.addHelpText("after", examples(["assay hosts release gpu1"]))
		.action(
			act<CommonOptions>(async (context, _options, [name = ""]) => {
				const { release } = await import("../host-cost.js");
				return await release(context, name);
			}),
		);
	registerServe(hosts, act);
}
