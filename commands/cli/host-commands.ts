import { type Command, Option } from "commander";
import { type Act, examples } from "./action.js";
import { amount } from "./numbers.js";
import { addCommonOptions, type CommonOptions } from "./options.js";
import type { AddHostOptions, CheckHostOptions } from "./remote-options.js";

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
			.option("--python <command>", "interpreter with torch; default: python3")
			.option("--setup <commands>", "shell commands before each job, e.g. `. ~/venv/bin/activate`")
			.option("--release-command <command>", "what ends the rent; it is shown, never run")
			.option("--force", "replace the description"),
	)
		.addHelpText(
			"after",
			examples([
				"assay hosts add gpu1 --gpus '8x B200' --price-per-gpu-hour 6.5",
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
}
