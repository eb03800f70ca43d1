import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import {
	ALARM_NAMES,
	type AlarmName,
	LOOP_DEFAULTS,
	TRAINING_ENGINES,
	TRAINING_LIBRARIES,
	TRAINING_LOGS,
	TRAINING_METHODS,
	type TrainingMethod,
} from "../../src/domain/choices.js";
import type { TrainingRef } from "../../src/domain/training-activity.js";

import { type Act, examples } from "./action.js";
import { numberIn, share, wholeNumber } from "./numbers.js";
import { addCommonOptions, type CommonOptions, seedOption, setting } from "./options.js";
import { addHostOptions, registerRemote } from "./remote-commands.js";
import type {
	CompareTrainingsOptions,
	ImportTrainingOptions,
	LoopCommandOptions,
	TrainOptions,
} from "./training-options.js";
import { registerWorldTraining } from "./world-training-command.js";

const METHODS: Record<TrainingMethod, string> = {
	sft: "fine-tune on accepted rollouts; only completions are learnt",
	grpo: "learn from the judge's rewards, an attempt against the others at its prompt",
	ppo: "learn from the judge's rewards, with a value head",
};

export function registerTraining(program: Command, act: Act): void {
	const train = program.command("train").description("train a checkpoint, on this machine or on another");
	train.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	registerReading(train, "training", act);
	registerRemote(train, "train", act);
	addCommonOptions(
		train
			.command("smoke")
			.description("the whole way of training in seconds: data, rewards, gradients, checkpoint, graph, answers")
			.addArgument(new Argument("[method...]", "all unless told").choices(TRAINING_METHODS)),
	)
		.addHelpText("after", examples(["assay train smoke", "assay train smoke grpo ppo --json"]))
		.action(
			act<CommonOptions>(async (context, _options, methods) => {
				const { smoke } = await import("../train-smoke.js");
				const asked = TRAINING_METHODS.filter((method) => methods.length === 0 || methods.includes(method));
				return await smoke(context, asked);
			}),
		);
	addCommonOptions(
		train
			.command("import")
			.description("figures of a training that ran elsewhere, out of what its trainer printed")
			.argument("<log>", "the log, or prime-rl's metrics.jsonl")
			.addOption(new Option("--format <trainer>", "who wrote it").choices(TRAINING_LOGS).makeOptionMandatory())
			.requiredOption("--name <name>", "of the training here"),
	)
		.addHelpText("after", examples(["assay train import train.log --format trl --name elsewhere"]))
		.action(
			act<ImportTrainingOptions>(async (context, options, [log = ""]) => {
				const { importLog } = await import("../train-import.js");
				return await importLog(context, log, options);
			}),
		);
	addCommonOptions(
		train
			.command("compare")
			.description(
				"trainings side by side: what each took, what each gained on held-out prompts, whether budgets match",
			)
			.argument("<training>", "what the others are held against")
			.argument("<trainings...>", "others")
			.option("--out <file>", "write the report; .json: all figures, else Markdown"),
	)
		.addHelpText(
			"after",
			examples(["assay train compare with-grpo with-ppo", "assay train compare second third --out trainings.md"]),
		)
		.action(
			act<CompareTrainingsOptions>(async (context, options, names) => {
				const { compareTrainings } = await import("../train-compare.js");
				return await compareTrainings(context, names, options);
			}),
		);
	for (const method of TRAINING_METHODS) {
		const command = train
			.command(method)
			.description(METHODS[method])
			.requiredOption("--data <folder>", "exported data, or a name under artifacts/data")
			.requiredOption("--name <name>", "of the checkpoint; a run of that name which was interrupted goes on")
			.option("--model <folder>", "what training begins with; the model that ships with assay unless told")
			.option("--held-out <folder>", "prompts that are asked now and then, and never learnt from")
			.option("--config <file>", "settings in YAML, by name")
			.option("--set <name=value>", "one setting; may be given again", setting, {})
			.addOption(
				new Option("--reward <reward>", "what an attempt earns").choices(["binary", "fractional"]).default("binary"),
			)
			.addOption(new Option("--sandbox <tier>", "isolation of attempts").choices(["bwrap", "rlimit"]))
			.addOption(new Option("--workers <number>", "judge processes").argParser(wholeNumber(1)))
			.addOption(
				new Option("--threads <number>", "of the processor; with 1 equal seeds give equal weights")
					.argParser(wholeNumber(1, 1024))
					.default(1),
			)
			.addOption(
				new Option("--library <library>", "whose code holds the model; auto: assay's own where it wrote the folder")
					.choices(TRAINING_LIBRARIES)
					.default("auto"),
			)
			.addOption(
				new Option("--engine <engine>", "whose loop trains; trl and verl are launched, with the judge as their reward")
					.choices(TRAINING_ENGINES)
					.default("builtin"),
			)
			.addOption(
				new Option(
					"--processes <number>",
					"one a GPU: of trl and verl, and with assay's own engine on a --host, on each of its nodes",
				)
					.argParser(wholeNumber(1, 1024))
					.default(1),
			)
			.addOption(
				new Option("--device <device>", "auto: a CUDA device where there is one")
					.choices(["auto", "cpu", "cuda"])
					.default("auto"),
			)
			.option("--dry-run", "show what would be run, and what it takes by a few steps of it");
		command.option("--detach", "with --host: return once it runs; `assay train attach` follows it later");
		addHostOptions(command);
		addCommonOptions(command)
			.addHelpText(
				"after",
				examples(
					method === "sft"
						? [
								"assay train sft --data accepted --name second --set epochs=5 --set learningRate=0.0005",
								"assay train sft --data accepted --name second --host gpu1 --deadline 2h --budget 30",
								"assay train sft --data accepted --name second --host gpu1,gpu2 --processes 8",
							]
						: [
								"assay data export fixtures/tasks/tiny --format grpo --name prompts",
								`assay train ${method} --data prompts --name second --set steps=80`,
								`assay train ${method} --data prompts --name third --engine ${method === "grpo" ? "trl" : "verl"} --processes 4 --dry-run`,
							],
				),
			)
			.action(
				act<TrainOptions>(async (context, options) => {
					const { train: run } = await import("../train.js");
					return await run(context, method, options);
				}),
			);
	}
	registerWorldTraining(train, act);
}

export function registerLoop(program: Command, act: Act): void {
	const command = program
		.command("loop")
		.description("expert iteration: generate, judge, train on what was accepted, measure, compare; again")
		.helpCommand("help [command]", "show help of a command")
		// What stands after `list` or `show` is theirs, though a loop has options of the same names.
		.enablePositionalOptions()
		.argument("[tasks]", "file or folder of tasks that have splits; left out with --resume")
		.option("--model <folder>", "what the loop begins with; the model that ships with assay unless told")
		.addOption(
			new Option("--iterations <number>", "how often").argParser(wholeNumber(1, 100)).default(LOOP_DEFAULTS.iterations),
		)
		.addOption(
			new Option("-n <number>", "samples per task to learn from")
				.argParser(wholeNumber(1, 10_000))
				.default(LOOP_DEFAULTS.n),
		)
		.addOption(
			new Option("--evaluation-n <number>", "samples per held-out task, if not the same").argParser(
				wholeNumber(1, 10_000),
			),
		)
		.option("--split <name>", "tasks to learn from", LOOP_DEFAULTS.split)
		.option(
			"--held-out <names>",
			"splits of the tasks to measure with; nothing learns from them",
			LOOP_DEFAULTS.heldOut.join(","),
		)
		.addOption(new Option("--temperature <number>", "of sampling").argParser(numberIn(0, 5)))
		.addOption(new Option("--max-tokens <number>", "of a completion").argParser(wholeNumber(1)))
		.addOption(
			new Option("--per-task <number>", "examples of one task at most, 0: any number")
				.argParser(wholeNumber(0))
				.default(LOOP_DEFAULTS.perTask),
		)
		.addOption(
			new Option("--from <model>", "what each training begins with: the loop's first model, or the last checkpoint")
				.choices(["base", "previous"])
				.default(LOOP_DEFAULTS.from),
		)
		.addOption(
			new Option("--replay <share>", "of all examples, those of earlier iterations at most, 0 to 1; 1: all of them")
				.argParser(share)
				.default(LOOP_DEFAULTS.replay),
		)
		.addOption(
			new Option("--curriculum <share>", "0: every task is asked; up to 1: less, the more often it was solved")
				.argParser(share)
				.default(LOOP_DEFAULTS.curriculum),
		)
		.addOption(
			new Option("--patience <number>", "end after so many iterations without a significant gain, 0: never")
				.argParser(wholeNumber(0))
				.default(LOOP_DEFAULTS.patience),
		)
		.addOption(
			new Option("--stop-on <alarms>", `alarms that end it, or \`none\`; of ${ALARM_NAMES.join(", ")}`)
				.argParser(alarmNames)
				.default([...LOOP_DEFAULTS.stopOn], LOOP_DEFAULTS.stopOn.join(",")),
		)
		.option("--config <file>", "settings of training in YAML, by name")
		.option("--set <name=value>", "a setting of training; may be given again", setting, {})
		.option("--name <name>", "of the loop and its checkpoints")
		.option("--resume <loop>", "go on with a loop that was interrupted: its id, the start of it, or `latest`")
		.addOption(new Option("--sandbox <tier>", "isolation of candidates").choices(["bwrap", "rlimit"]))
		.addOption(new Option("--workers <number>", "judge processes").argParser(wholeNumber(1)))
		.option("--dry-run", "show the plan, with every task of it under --json, and do nothing")
		.addOption(seedOption());
	addHostOptions(command);
	registerReading(command, "loop", act);
	addCommonOptions(command)
		.addHelpText(
			"after",
			examples([
				"assay loop fixtures/tasks/tiny --iterations 3 -n 8",
				"assay loop fixtures/tasks/tiny --model checkpoints/base --set learningRate=0.0005 --set epochs=6",
				"assay loop fixtures/tasks/tiny --host gpu1 --deadline 2h --budget 30",
				"assay loop --resume latest",
			]),
		)
		.action(
			act<LoopCommandOptions>(async (context, options, [tasks]) => {
				const { loop } = await import("../loop.js");
				return await loop(context, tasks, options);
			}),
		);
}

/** `list` and `show`, of loops or of trainings. */
function registerReading(parent: Command, kind: TrainingRef["kind"], act: Act): void {
	const name = kind === "loop" ? "loop" : "train";
	addCommonOptions(
		parent.command("list").description("those of the workspace: state, how far, time left, last score, alarms"),
	)
		.addHelpText("after", examples([`assay ${name} list`, `assay ${name} list --json | jq '{id, state, alarms}'`]))
		.action(
			act<CommonOptions>(async (context) => {
				const { list } = await import("../trainings.js");
				return await list(context, kind);
			}),
		);
	addCommonOptions(
		parent
			.command("show")
			.description(
				kind === "loop"
					? "one loop: stages, scores with intervals, tasks, diversity, alarms"
					: "one training: every figure over its steps, by panel, and alarms",
			)
			.argument(`<${kind}>`, "its name, the start of one, or `latest`"),
	)
		.addHelpText("after", examples([`assay ${name} show latest`, `assay ${name} show latest --json`]))
		.action(
			act<CommonOptions>(async (context, _options, [reference = ""]) => {
				const { show } = await import("../trainings.js");
				return await show(context, kind, reference);
			}),
		);
}

function alarmNames(text: string): AlarmName[] {
	if (text === "none") return [];
	return text.split(",").map((part) => {
		const known = ALARM_NAMES.find((name) => name === part.trim());
		if (known === undefined) throw new InvalidArgumentError(`Expected names of alarms: ${ALARM_NAMES.join(", ")}.`);
		return known;
	});
}
