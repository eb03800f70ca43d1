import { type Command, Option } from "commander";
import { type Act, examples } from "./action.js";
import { amount, duration, seeds, wholeNumber } from "./numbers.js";
import { addCommonOptions, type CommonOptions, collect, words } from "./options.js";
import type {
	FetchOptions,
	ForgetOptions,
	MetricsOptions,
	StopOptions,
	TrainingLogsOptions,
} from "./remote-options.js";

export const graceOption = () =>
	new Option("--grace <seconds>", "between asking it to end and ending it").argParser(wholeNumber(0, 3600)).default(10);

/** Where a training runs, and when it is ended there. */
export function addHostOptions(command: Command): Command {
	return command
		.optionsGroup("On another machine:")
		.option(
			"--host <name>",
			"of hosts.yaml, or as ssh calls it (`assay hosts list`); several with commas share the steps",
		)
		.addOption(new Option("--deadline <time>", "the host ends it after so long, e.g. 90m, 12h, 2d").argParser(duration))
		.addOption(
			new Option("--budget <usd>", "the host ends it when it has cost so much, by its price").argParser(amount),
		)
		.addOption(graceOption())
		.addOption(
			new Option(
				"--seeds <numbers>",
				"e.g. 1,2,3: one training each, NAME-s1 and so on, as one array of Slurm",
			).argParser(seeds),
		)
		.option("--after <training>", "Slurm begins it when that one has ended well; may be given again", collect)
		.option("--env <name>", "environment variable of here that the job gets too; may be given again", collect)
		.optionsGroup("Options:");
}

function modelStep(text: string): FetchOptions["step"] {
	return text === "newest" ? text : wholeNumber(1)(text);
}

/** What is done with trainings on other machines. */
export function registerRemote(parent: Command, word: "train" | "runs", act: Act): void {
	const remote = (name: string, description: string) =>
		addCommonOptions(
			parent.command(name).description(description).argument("<training>", "its name, the start of one, or `latest`"),
		);
	remote("attach", "follow a training on another machine until it has ended, and bring its checkpoint")
		.addHelpText("after", examples([`assay ${word} attach second`, `assay ${word} attach latest --json`]))
		.action(
			act<CommonOptions>(async (context, _options, [reference = ""]) => {
				const { attach } = await import("../remote-training.js");
				return await attach(context, reference);
			}),
		);
	remote("stop", "end a training on another machine, and see that nothing of it is left")
		.addOption(graceOption())
		.addHelpText("after", examples([`assay ${word} stop second`, `assay ${word} stop second --grace 60`]))
		.action(
			act<StopOptions>(async (context, options, [reference = ""]) => {
				const { stop } = await import("../remote-training.js");
				return await stop(context, reference, options);
			}),
		);
	remote("checkpoints", "models of a training that are whole, wherever it runs, oldest first")
		.addHelpText("after", examples([`assay ${word} checkpoints second`, `assay ${word} checkpoints latest --json`]))
		.action(
			act<CommonOptions>(async (context, _options, [reference = ""]) => {
				const { list } = await import("../kept-models.js");
				return await list(context, reference);
			}),
		);
	remote("checkpoint", "have a training that goes on write a model at its next step, and wait for it")
		.addHelpText("after", examples([`assay ${word} checkpoint second`]))
		.action(
			act<CommonOptions>(async (context, _options, [reference = ""]) => {
				const { keepNow } = await import("../kept-models.js");
				return await keepNow(context, reference);
			}),
		);
	remote("fetch", "bring a model of a training among the checkpoints, checked against its hashes")
		.addOption(
			new Option("--step <step>", "one on the way, by its number or `newest`; without it the last").argParser(
				modelStep,
			),
		)
		.addHelpText("after", examples([`assay ${word} fetch second`, `assay ${word} fetch second --step newest`]))
		.action(
			act<FetchOptions>(async (context, { step }, [reference = ""]) => {
				const { fetch } = await import("../kept-models.js");
				return await fetch(context, reference, step ?? "last");
			}),
		);
	remote("forget", "remove what another machine and this one keep of a training; its checkpoint here stays")
		.option("--yes", "do not ask; without a terminal it is needed")
		.addHelpText("after", examples([`assay ${word} forget second --yes`]))
		.action(
			act<ForgetOptions>(async (context, options, [reference = ""]) => {
				const { forget } = await import("../remote-training.js");
				return await forget(context, reference, options);
			}),
		);
	remote(
		"metrics",
		"figures of a training over its steps, by whatever trainer; under --json one a line, with its panel",
	)
		.option("-f, --follow", "wait for what comes, until it has ended")
		.option("--panel <names>", "only these, e.g. loss,reward,entropy; `train show --json` names those it has", words)
		.addHelpText(
			"after",
			examples([
				`assay ${word} metrics second --panel loss`,
				`assay ${word} metrics latest --follow --json | jq 'select(.panel == "reward")'`,
			]),
		)
		.action(
			act<MetricsOptions>(async (context, options, [reference = ""]) => {
				const { metrics } = await import("../training-logs.js");
				return await metrics(context, reference, options);
			}),
		);
	if (word === "runs") return;
	remote("logs", "print what a training said, as it came")
		.option("-f, --follow", "wait for what comes, until it has ended")
		.option(
			"--tail <lines>",
			"only so many lines of its end, from the host at once, however long it is",
			wholeNumber(1, 100_000),
		)
		.addHelpText("after", examples([`assay ${word} logs second`, `assay ${word} logs latest -f --tail 50`]))
		.action(
			act<TrainingLogsOptions>(async (context, options, [reference = ""]) => {
				const { logs } = await import("../training-logs.js");
				return await logs(context, reference, options);
			}),
		);
}
