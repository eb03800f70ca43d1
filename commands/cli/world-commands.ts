import { type Command, InvalidArgumentError, Option } from "commander";
import type { WorldFractions } from "../../src/app/world-tasks.js";
import { type Act, examples } from "./action.js";
import { wholeNumber } from "./numbers.js";
import { addCommonOptions, sandboxOption, seedOption, workersOption } from "./options.js";
import type { WorldBuildOptions } from "./world-options.js";
import { registerWorldScoring } from "./world-scoring-commands.js";

export function registerWorld(program: Command, act: Act): void {
	const world = program.command("world").description("a world model of edits: its data, and what it is worth");
	world.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	addCommonOptions(
		world
			.command("build")
			.description(
				"transitions to learn from: a program, what was asked for, the program afterwards, and a label by running it",
			)
			.option("--tasks <paths...>", "files or folders of tasks: their starts and solutions")
			.option("--runs <runs...>", "recorded runs: the start of a task and each judged candidate")
			.option("--samples <files...>", "samples of these tasks that nobody has judged")
			.option(
				"--traces <sources...>",
				"runs with traces, or trace files: of assay, or as Reflexion and LDB published theirs",
			)
			.option("--git <folders...>", "git repositories: the functions that each commit changed")
			.addOption(
				new Option("--mutants <number>", "changed copies of each accepted solution, labelled by running them")
					.argParser(wholeNumber(0, 1000))
					.default(0),
			)
			.option("--exclude <paths...>", "tasks that nothing of, and nothing near, may be in the data")
			.addOption(new Option("--exclude-ids <pattern>", "of these only the ones whose id matches").argParser(pattern))
			.addOption(
				new Option("--splits <shares>", "shares of train, dev and test, by task and repository")
					.argParser(shares)
					.default({ train: 0.8, dev: 0.1, test: 0.1 }, "80/10/10"),
			)
			.option("--license <name>", "SPDX name of the licence of trace files and of what names none")
			.option("--any-license", "also what has an unknown licence, or one that does not allow training")
			.addOption(workersOption())
			.addOption(sandboxOption())
			.requiredOption("--out <folder>", "where the data go")
			.option("--force", "replace data that are there")
			.addOption(seedOption()),
	)
		.addHelpText(
			"after",
			examples([
				"assay world build --tasks mbpp.jsonl --mutants 8 --out transitions",
				"assay world build --git ../requests --out edits",
				"assay world build --tasks mbpp.jsonl --traces mbpp.ldb.*.jsonl --license Apache-2.0 --out transitions",
				"assay world build --runs latest --exclude HumanEval.jsonl.gz --exclude-ids '[13579]$' --out transitions",
			]),
		)
		.action(
			act<WorldBuildOptions>(async (context, options) => {
				const { buildTransitions } = await import("../world.js");
				return await buildTransitions(context, options);
			}),
		);
	registerWorldScoring(world, act);
}

function pattern(text: string): RegExp {
	try {
		return new RegExp(text, "u");
	} catch {
		throw new InvalidArgumentError("Expected a regular expression.");
	}
}

function shares(text: string): WorldFractions {
	const parts = text.split("/").map(Number);
	const [train = 0, dev = 0, test = 0] = parts;
	const total = train + dev + test;
	if (parts.length !== 3 || !parts.every((part) => part >= 0) || train === 0 || Math.abs(total - 100) > 1e-6)
		throw new InvalidArgumentError("Expected three shares of 100 as in 80/10/10 (train/dev/test).");
	return { train: train / 100, dev: dev / 100, test: test / 100 };
}
