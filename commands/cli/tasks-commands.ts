import { Argument, type Command } from "commander";
import { ORIGIN_NAMES } from "../../src/tasks/origins.js";
import { type Act, examples } from "./action.js";
import { wholeNumber } from "./numbers.js";
import {
	addCommonOptions,
	addTaskOptions,
	type FetchOptions,
	formatOption,
	type ImportOptions,
	outOption,
	type ShowOptions,
	type SplitOptions,
	sandboxOption,
	seedOption,
	type TasksOptions,
	type ValidateOptions,
} from "./options.js";

export function registerTasks(program: Command, act: Act): void {
	const tasks = program.command("tasks").description("list, check, convert, split and fetch tasks");
	tasks.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");

	addCommonOptions(addTaskOptions(withPath(tasks.command("list").description("tasks of a file or folder"))))
		.addHelpText(
			"after",
			examples([
				"assay tasks list fixtures/tasks",
				"assay tasks list HumanEval.jsonl.gz --limit 20",
				"assay tasks list mbpp.jsonl --json | jq -r .id",
			]),
		)
		.action(
			act<TasksOptions>(async (context, options, [path = ""]) => {
				const { list } = await import("../tasks.js");
				return await list(context, path, options);
			}),
		);

	addCommonOptions(
		withPath(tasks.command("show").description("one task: prompt, public tests, limits, source"))
			.argument("<id>", "id of the task")
			.addOption(formatOption())
			.option("--reveal-hidden", "print the hidden tests, which are otherwise only counted"),
	)
		.addHelpText(
			"after",
			examples([
				"assay tasks show fixtures/tasks two_sum",
				"assay tasks show HumanEval.jsonl.gz HumanEval/0 --reveal-hidden",
			]),
		)
		.action(
			act<ShowOptions>(async (context, options, [path = "", id = ""]) => {
				const { show } = await import("../tasks.js");
				return await show(context, path, id, options);
			}),
		);

	addCommonOptions(
		addTaskOptions(withPath(tasks.command("validate").description("judge references; find leaks and duplicates")))
			.addOption(sandboxOption())
			.option("--workers <number>", "judge processes (default: one a core)", wholeNumber(1, 1024))
			.option("--no-judge", "only what needs no execution")
			.option("--candidates", "judge recorded candidates too, against the verdict they were recorded with")
			.option("--splits <file>", "look for duplicates across the splits of this manifest")
			.option("--strict", "exit 1 for warnings too, not only for errors")
			.addOption(outOption()),
	)
		.addHelpText(
			"after",
			examples([
				"assay tasks validate fixtures/tasks",
				"assay tasks validate mbpp.jsonl --json > findings.jsonl",
				"assay tasks validate mbpp.jsonl --no-judge --splits splits.json --strict",
			]),
		)
		.action(
			act<ValidateOptions>(async (context, options, [path = ""]) => {
				const { validate } = await import("../tasks-validate.js");
				return await validate(context, path, options);
			}),
		);

	addCommonOptions(
		addTaskOptions(
			withPath(tasks.command("import").description("any format to assay-jsonl, one task a line")),
		).addOption(outOption().makeOptionMandatory()),
	)
		.addHelpText(
			"after",
			examples([
				"assay tasks import HumanEval.jsonl.gz --out humaneval.assay.jsonl",
				"assay tasks import fixtures/tasks --filter easy --out easy.jsonl",
			]),
		)
		.action(
			act<ImportOptions>(async (context, options, [path = ""]) => {
				const { importTo } = await import("../tasks.js");
				return await importTo(context, path, options);
			}),
		);

	addCommonOptions(
		addTaskOptions(withPath(tasks.command("split").description("seeded splits; a new task moves no other")))
			.option("--fractions <shares>", "train/dev/test_public/test_private/stress (default: 80/10/10/0/0)")
			.option("--keep-declared", "tasks that name a split themselves stay in it")
			.addOption(seedOption())
			.addOption(outOption()),
	)
		.addHelpText(
			"after",
			examples([
				"assay tasks split mbpp.jsonl --out splits.json",
				"assay tasks split mbpp.jsonl --seed 7 --fractions 70/15/15 --json",
			]),
		)
		.action(
			act<SplitOptions>(async (context, options, [path = ""]) => {
				const { split } = await import("../tasks.js");
				return await split(context, path, options);
			}),
		);

	addCommonOptions(
		tasks
			.command("fetch")
			.description("download public task files from their authors; the only command that uses the network")
			.addArgument(new Argument("[names...]", "which ones; all when none is named").choices(ORIGIN_NAMES))
			.addOption(outOption()),
	)
		.addHelpText(
			"after",
			examples(["assay tasks fetch", "assay tasks fetch humaneval", "assay tasks fetch mbpp --out data/mbpp.jsonl"]),
		)
		.action(
			act<FetchOptions>(async (context, options, names) => {
				const { fetchFrom } = await import("../tasks-fetch.js");
				return await fetchFrom(context, names, options);
			}),
		);
}

function withPath(command: Command): Command {
	return command.argument("<tasks>", "tasks file or folder");
}
