import { type Command, Option } from "commander";
import { SAMENESS, SELECTORS, WIDENED_GROUPS } from "../../src/domain/choices.js";
import { type Act, examples } from "./action.js";
import { acceptedNumber, addModelOptions } from "./model-options.js";
import { wholeNumber } from "./numbers.js";
import {
	addCommonOptions,
	addJudgeOptions,
	addTaskOptions,
	experimentOption,
	outOption,
	type RunOptions,
	seedOption,
	type VerifyOptions,
} from "./options.js";

export function registerJudging(program: Command, act: Act): void {
	const run = program
		.command("run")
		.description("best-of-N: generate candidates, judge them, record the run")
		.argument("[tasks]", "tasks file or folder; with --resume, where they are now if they have moved")
		.addOption(
			new Option("--backend <name>", "where candidates come from")
				.choices(["noop", "patch", "static", "mock", "script", "onnx", "openai"])
				.default("static"),
		)
		.option("-n <number>", "candidates a task", wholeNumber(1, 100_000), 1)
		.option(
			"--samples <number or file>",
			"a number: the same as -n; a file: samples for the static backend, instead of recorded candidates",
			samplesOption,
		)
		.option("--resume <run>", "finish this run; nothing is judged twice")
		.option("--stop-on <number>", "make no more for a task with so many accepted; `accepted` is 1", acceptedNumber)
		.addOption(experimentOption())
		.option(
			"--skip-existing",
			"leave out tasks that a run of the experiment with the same model, template and sampling has solved, or has n of",
		)
		.addOption(
			new Option(
				"--dedupe [what]",
				"judge equal programs of a task once: comments, layout and docstrings do not matter (tree), nor local names (names)",
			)
				.choices(SAMENESS)
				.preset("tree"),
		)
		.addOption(
			new Option(
				"--select <rule>",
				"pick one candidate a task, without hidden tests; agreement runs them on inputs made of what the task shows",
			).choices(SELECTORS),
		)
		.option("--world-model <folder>", "for --select energy: the model whose energy picks (default: the one that ships)")
		.option("--fitted <file>", "for --select pass-probability: trees of `assay rank --fit` (default: those that ship)")
		.option("--allow-seen", "let a model pick of tasks that taught it, too, marked as seen")
		.option(
			"--n-max <number>",
			"so many candidates for tasks whose first -n are mixed; pass@k counts the first -n alone",
			wholeNumber(2, 100_000),
		)
		.addOption(
			new Option("--widen <groups>", "which tasks get them: mixed (some accepted, some not), or those without any too")
				.choices(WIDENED_GROUPS)
				.default("mixed"),
		)
		.option("--dry-run", "print the exact requests, one a task, and send nothing")
		.option("--check", "exit 1 unless every task has an accepted candidate, or fails where it is meant to")
		.addOption(seedOption())
		.addOption(outOption());
	addCommonOptions(addModelOptions(addJudgeOptions(addTaskOptions(run))))
		.addHelpText(
			"after",
			examples([
				"assay run fixtures/tasks --backend mock -n 8",
				"assay run fixtures/tasks/tiny --backend onnx -n 8",
				"assay run fixtures/tasks/toy_fix.yaml --backend patch --check",
				"assay run HumanEval.jsonl.gz --backend static --samples samples.jsonl -n 10 --json",
				"assay run fixtures/tasks --backend openai --base-url http://127.0.0.1:8000/v1 --model qwen -n 8",
				"assay run fixtures/tasks --backend openai --provider openrouter --model a/b --price 0.1,0.4 --max-cost 2",
				"assay run fixtures/tasks --backend openai --provider openrouter --model a/b --limit 1 --dry-run",
				"assay run fixtures/tasks/tiny --backend onnx --samples 8 --experiment base --skip-existing",
				"assay run fixtures/tasks/tiny --backend onnx -n 16 --dedupe names --select agreement",
				"assay run fixtures/tasks/tiny --backend onnx -n 16 --select energy",
				"assay run fixtures/tasks/tiny --backend onnx -n 8 --n-max 32 --widen mixed+none --select public",
				"assay run --resume 20261121-093015-best-of-n-k3f9",
			]),
		)
		.action(
			act<RunOptions>(async (context, options, [tasks]) => {
				const { run } = await import("../run.js");
				return await run(context, tasks, options);
			}),
		);

	const verify = program
		.command("verify")
		.description("judge samples that are there already")
		.argument("[tasks]", "tasks file or folder; with --resume, where they are now if they have moved")
		.argument("[samples]", "JSONL, rollouts, a folder of files, or the word `reference`")
		.option("--resume <run>", "finish this run; nothing is judged twice")
		.option("--check", "exit 1 unless every task has an accepted sample")
		.addOption(experimentOption())
		.addOption(new Option("--out <file>", "one verdict a line, in the order of the samples; `-` for stdout"));
	addCommonOptions(addJudgeOptions(addTaskOptions(verify)))
		.addHelpText(
			"after",
			examples([
				"assay verify HumanEval.jsonl.gz samples.jsonl --out verdicts.jsonl",
				"assay verify HumanEval.jsonl.gz reference --check",
				"assay verify fixtures/tasks solutions/ --json | jq .status",
			]),
		)
		.action(
			act<VerifyOptions>(async (context, options, [tasks, samples]) => {
				const { verify } = await import("../verify.js");
				return await verify(context, tasks, samples, options);
			}),
		);
}

/** A file whose name is a number is named with its folder: ./8. */
function samplesOption(text: string): number | string {
	return /^\d+$/.test(text) ? wholeNumber(1, 100_000)(text) : text;
}
