import { Argument, type Command, Option } from "commander";
import { TRANSITION_SPLITS, WORLD_EVALS } from "../../src/domain/choices.js";
import { type Act, examples } from "./action.js";
import { wholeNumber } from "./numbers.js";
import { addCommonOptions, seedOption } from "./options.js";
import type {
	WorldEvalOptions,
	WorldExplainOptions,
	WorldIndexOptions,
	WorldInspectOptions,
	WorldMapOptions,
	WorldSimilarOptions,
} from "./world-options.js";

/** What a trained world model says, and what that is worth. */
export function registerWorldScoring(world: Command, act: Act): void {
	const evaluate = world
		.command("eval")
		.description("what a world model's energies are worth, beside its controls, with gates")
		.addArgument(new Argument("<what>", "which evaluation").choices(WORLD_EVALS))
		.argument("<source>", "a folder of transitions; for rerank and calibration a recorded run")
		.addOption(modelOption().makeOptionMandatory())
		.addOption(splitOption())
		.addOption(limitOption())
		.option("--max-candidates <number>", "after-states that retrieval looks among", wholeNumber(2, 10_000), 1000)
		.option(
			"--hard-negatives <number>",
			"rejected ones of the same groups that join them",
			wholeNumber(0, 10_000),
			1000,
		)
		.option("--k <number>", "pass@k of rerank", wholeNumber(2, 1000), 5)
		.option("--tasks <path>", "where the run's tasks are now if they have moved")
		.addOption(allowSeenOption())
		.option("--check", "exit 1 unless every gate is passed")
		.addOption(seedOption());
	addCommonOptions(evaluate)
		.addHelpText(
			"after",
			examples([
				"assay world eval retrieval transitions --model fixtures/models/world-model",
				"assay world eval surprise transitions --model fixtures/models/world-model --json",
				"assay world eval rerank latest --model fixtures/models/world-model",
				"assay world eval calibration latest --model fixtures/models/world-model --check",
			]),
		)
		.action(
			act<WorldEvalOptions>(async (context, options, [what = "", source = ""]) => {
				const { evaluateWorld } = await import("../world-eval.js");
				return await evaluateWorld(
					context,
					WORLD_EVALS.find((known) => known === what) ?? "retrieval",
					source,
					options,
				);
			}),
		);

	const inspect = world
		.command("inspect")
		.description("a world model's tensors; with transitions, how its vectors are spread")
		.argument("<model>", "its folder")
		.argument("[transitions]", "a folder of transitions")
		.addOption(splitOption())
		.addOption(limitOption());
	addCommonOptions(inspect)
		.addHelpText(
			"after",
			examples([
				"assay world inspect fixtures/models/world-model",
				"assay world inspect fixtures/models/world-model transitions --split test --json",
			]),
		)
		.action(
			act<WorldInspectOptions>(async (context, options, [model = "", transitions]) => {
				const { inspectWorld } = await import("../world-inspect.js");
				return await inspectWorld(context, model, transitions ?? null, options);
			}),
		);

	const explain = world
		.command("explain")
		.description("one candidate: energy, change to leaving the program, controls, and the lines that make it unlikely")
		.argument("<run>", "run id, the start of one, or `latest`")
		.argument("<id>", "id of a task")
		.argument("[sample]", "which of its candidates", "0")
		.addOption(modelOption().makeOptionMandatory())
		.option("--tasks <path>", "where the run's tasks are now if they have moved")
		.addOption(allowSeenOption())
		.addOption(seedOption());
	addCommonOptions(explain)
		.addHelpText(
			"after",
			examples([
				"assay world explain latest HumanEval/2 0 --model fixtures/models/world-model",
				"assay world explain latest HumanEval/2 3 --model fixtures/models/world-model --json | jq .lines",
			]),
		)
		.action(
			act<WorldExplainOptions>(async (context, options, [run = "", task = "", sample = "0"]) => {
				const { explainWorld } = await import("../world-explain.js");
				return await explainWorld(context, { run, task, sample: wholeNumber(0)(sample) }, options);
			}),
		);

	const map = world
		.command("map")
		.description("where a model has a task's candidates, and their energies with the question of another task")
		.argument("<run>", "run id, the start of one, or `latest`")
		.argument("<id>", "id of a task")
		.addOption(modelOption().makeOptionMandatory())
		.option("--instead <id>", "task of the run whose question is asked in place of the own one")
		.option("--tasks <path>", "where the run's tasks are now if they have moved")
		.addOption(allowSeenOption())
		.addOption(seedOption());
	addCommonOptions(map)
		.addHelpText(
			"after",
			examples([
				"assay world map latest HumanEval/2 --model fixtures/models/world-model",
				"assay world map latest HumanEval/2 --instead HumanEval/4 --model fixtures/models/world-model --json | jq .candidates",
			]),
		)
		.action(
			act<WorldMapOptions>(async (context, options, [run = "", task = ""]) => {
				const { mapWorld } = await import("../world-map.js");
				return await mapWorld(context, { run, task }, options);
			}),
		);

	const index = world
		.command("index")
		.description("vectors of the edits of transitions, so that similar ones are found")
		.argument("<transitions>", "a folder of transitions")
		.addOption(modelOption().makeOptionMandatory())
		.requiredOption("--out <folder>", "where the index goes");
	addCommonOptions(index)
		.addHelpText("after", examples(["assay world index transitions --model fixtures/models/world-model --out edits"]))
		.action(
			act<WorldIndexOptions>(async (context, options, [transitions = ""]) => {
				const { indexWorld } = await import("../world-index.js");
				return await indexWorld(context, transitions, options);
			}),
		);

	const similar = world
		.command("similar")
		.description("past edits that change a program as a candidate does")
		.argument("<run>", "run id, the start of one, or `latest`")
		.argument("<id>", "id of a task")
		.argument("[sample]", "which of its candidates", "0")
		.addOption(modelOption().makeOptionMandatory())
		.requiredOption("--index <folder>", "as `assay world index` wrote it, for the same model")
		.option("--count <number>", "so many of the nearest", wholeNumber(1, 1000), 10)
		.option("--tasks <path>", "where the run's tasks are now if they have moved")
		.addOption(allowSeenOption())
		.addOption(seedOption());
	addCommonOptions(similar)
		.addHelpText(
			"after",
			examples([
				"assay world similar latest HumanEval/2 0 --model fixtures/models/world-model --index edits",
				"assay world similar latest HumanEval/2 0 --model fixtures/models/world-model --index edits --json",
			]),
		)
		.action(
			act<WorldSimilarOptions>(async (context, options, [run = "", task = "", sample = "0"]) => {
				const { similarWorld } = await import("../world-index.js");
				return await similarWorld(context, { run, task, sample: wholeNumber(0)(sample) }, options);
			}),
		);
}

function modelOption(): Option {
	return new Option("--model <folder>", "the world model");
}

function splitOption(): Option {
	return new Option("--split <name>", "which transitions").choices(TRANSITION_SPLITS).default("test");
}

function limitOption(): Option {
	return new Option("--limit <number>", "transitions at most, of whole groups as far as that goes")
		.argParser(wholeNumber(2, 1_000_000))
		.default(20_000);
}

function allowSeenOption(): Option {
	return new Option("--allow-seen", "also what the model was trained on, marked everywhere");
}
