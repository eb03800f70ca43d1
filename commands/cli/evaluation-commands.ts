import { type Command, InvalidArgumentError, Option } from "commander";
import { COMPARISON_DEFAULTS, DEFAULT_FOLDS, DIFFERENCES, GROUP_KEYS } from "../../src/domain/choices.js";
import { type Act, examples } from "./action.js";
import { wholeNumber, wholeNumbers } from "./numbers.js";
import {
	addCommonOptions,
	type CompareOptions,
	type EvalOptions,
	outOption,
	type RankOptions,
	sandboxOption,
	seedOption,
	workersOption,
} from "./options.js";

export function registerEvaluation(program: Command, act: Act): void {
	const evaluate = program
		.command("eval")
		.description("pass@k with intervals, statuses, rewards, diversity and sensitivity of a recorded run")
		.argument("<run>", "run id, the start of one, `latest`, or the file of a result or of rollouts")
		.option(
			"--k <numbers>",
			"values of k for pass@k (default: 1, 5, 10 and N, as far as there are candidates)",
			wholeNumbers,
		)
		.addOption(new Option("--by <property>", "also scores of groups of tasks").choices(GROUP_KEYS))
		.addOption(
			new Option(
				"--rejudge <percent>",
				"judge so many of the candidates again, without the cache, and count changed verdicts",
			).argParser(wholeNumber(1, 100)),
		)
		.addOption(seedOption())
		.option("--checkpoint <folder>", "the model that made the candidates, where the run does not tell")
		.addOption(allowSeenOption())
		.option("--check", "exit 1 unless every task has an accepted candidate, or fails where it is meant to")
		.addOption(outOption());
	addCommonOptions(evaluate)
		.addHelpText(
			"after",
			examples([
				"assay eval 20261121-093015-best-of-n-k3f9",
				"assay eval latest --by difficulty --rejudge 10",
				"assay eval 20261121 --k 1,5,10,100 --json",
				"assay eval rollouts.jsonl --checkpoint checkpoints/tuned --allow-seen",
			]),
		)
		.action(
			act<EvalOptions>(async (context, options, [run = ""]) => {
				const { evaluate } = await import("../eval.js");
				return await evaluate(context, run, options);
			}),
		);

	registerRanking(program, act);

	const comparing = program
		.command("compare")
		.description("recorded results side by side, each with the first: difference, interval, test, changed tasks")
		.argument(
			"<results...>",
			"run ids, rollouts files, files that `assay verify --out` wrote, published tables (YAML), or with --judge plain samples; the first is the baseline",
		)
		.option(
			"--judge <tasks>",
			"judge plain samples by the tests of these tasks first; what was judged before is not again",
		)
		.option(
			"--leaderboard",
			"rank them all instead, with intervals that hold at once and groups that cannot be told apart",
		)
		.option(
			"--leave-out",
			"with --leaderboard: rank those that were judged as most of them were, and say why not the others",
		)
		.addOption(new Option("--k <number>", "compares pass@k").argParser(wholeNumber(1)).default(COMPARISON_DEFAULTS.k))
		.addOption(
			new Option("--allow <kinds>", `differences to put up with: ${DIFFERENCES.join(", ")}`).argParser(
				listOf(DIFFERENCES),
			),
		)
		.addOption(
			new Option(
				"--by <properties>",
				`also what was gained and forgotten in groups of tasks: ${GROUP_KEYS.join(", ")}`,
			).argParser(listOf(GROUP_KEYS)),
		)
		.option(
			"--checkpoint <folder...>",
			"the models that made the results, in their order, where runs do not tell; - is not known",
		)
		.addOption(allowSeenOption())
		.option("--tasks", "show every task that changed")
		.option("--check", "exit 1 when one is significantly worse than the first")
		.addOption(
			new Option("--resamples <number>", "bootstrap draws")
				.argParser(wholeNumber(100, 1_000_000))
				.default(COMPARISON_DEFAULTS.resamples),
		)
		.addOption(seedOption())
		.addOption(
			new Option(
				"--out <file>",
				"write the report: Markdown, or for a name that ends so .json, or .html in one file that loads nothing",
			),
		);
	addCommonOptions(comparing)
		.addHelpText(
			"after",
			examples([
				"assay compare 20261121-093015 20261121-101502",
				"assay compare base.jsonl tuned.jsonl --k 10 --out report.md",
				"assay compare base.jsonl tuned.jsonl --checkpoint - checkpoints/tuned",
				"assay compare latest rollouts.jsonl --allow n,tasks --json | jq '.pairs[0]'",
				"assay compare base tuned --by split,tag",
				"assay compare gpt.jsonl claude.jsonl --judge HumanEval.jsonl.gz",
				"assay compare completions/*.jsonl --judge HumanEval.jsonl.gz --leaderboard --out board.md",
				"assay compare 20261121-09 20261121-10 20261121-11 --leaderboard --leave-out",
				"assay compare fixtures/published/axiom-rl.yaml",
			]),
		)
		.action(
			act<CompareOptions>(async (context, options, results) => {
				const { compare } = await import("../compare.js");
				return await compare(context, results, options);
			}),
		);
}

function listOf<T extends string>(choices: readonly T[]): (text: string) => T[] {
	return (text) =>
		text.split(",").map((part) => {
			const chosen = choices.find((known) => known === part.trim());
			if (chosen === undefined) throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
			return chosen;
		});
}

function allowSeenOption(): Option {
	return new Option("--allow-seen", "score tasks that the model was trained on all the same, marked at every figure");
}

function registerRanking(program: Command, act: Act): void {
	const ranking = program
		.command("rank")
		.description("which candidate of a task to pick: every ranker, measured by the verdicts of a recorded run")
		.argument(
			"[what...]",
			"a recorded run; or tasks, and samples that are judged by them first, or a run whose tasks have moved",
		)
		.addOption(
			new Option(
				"-n, --n <number>",
				"rank groups of so many candidates, drawn at random (default: all of a task)",
			).argParser(wholeNumber(2)),
		)
		.option("--tests <file>", "assertions that a model wrote (JSON lines: task_id, generations), for CodeT")
		.option("--model <folder>", "a world model: rank by its energies, too; without it there are none")
		.option("--fitted <file>", "pass probabilities of trees that another run's candidates taught")
		.option("--fit <file>", "teach trees by all of this run's candidates, for --fitted on others")
		.addOption(allowSeenOption())
		.option("--no-execute", "run nothing: only what texts and syntax trees show")
		.option("--no-cache", "run again what was run before")
		.option(
			"--candidates <folder>",
			"rank whole files and unified diffs (.diff, .patch) that nobody judged; none is run",
		)
		.option("--before <file>", "with --candidates: the program that they edit")
		.option("--instruction <text>", "with --candidates: what was asked, or a file with it")
		.option(
			"--entry-point <name>",
			"with --candidates: the function that is asked for (default: the last one of --before)",
		)
		.option("--open <file>", "show again what --out wrote")
		.addOption(
			new Option("--folds <number>", "fitted rankers score each part of the tasks after learning from all others")
				.argParser(wholeNumber(2))
				.default(DEFAULT_FOLDS),
		)
		.addOption(seedOption())
		.addOption(sandboxOption())
		.addOption(workersOption())
		.option("--out <file>", "write each task's candidates with all their scores, one task a line");
	addCommonOptions(ranking)
		.addHelpText(
			"after",
			examples([
				"assay rank latest",
				"assay rank HumanEval.jsonl.gz samples.jsonl",
				"assay rank latest -n 10 --json | jq '.rankers[] | {ranker, auc: .auc.value}'",
				"assay rank latest --model fixtures/models/world-model --no-execute",
				"assay rank 20261121-093015 --fit trees.json && assay rank latest --fitted trees.json",
				"assay rank 20261121-093015 --tests generated_tests.jsonl --out rankings.jsonl",
				"assay rank --open rankings.jsonl",
				'assay rank --before old.py --instruction "sort by date" --candidates tries --model fixtures/models/world-model',
			]),
		)
		.action(
			act<RankOptions>(async (context, options, what) => {
				const { rank } = await import("../rank.js");
				return await rank(context, what, options);
			}),
		);
}
