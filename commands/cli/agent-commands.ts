import { type Command, Option } from "commander";
import { STRATEGIES } from "../../src/domain/choices.js";
import { type Act, examples } from "./action.js";
import { addModelOptions } from "./model-options.js";
import { wholeNumber } from "./numbers.js";
import {
	addCommonOptions,
	addJudgeOptions,
	addTaskOptions,
	type CommonOptions,
	type DebugOptions,
	outOption,
	seedOption,
	type TraceImportOptions,
	type TraceShowOptions,
} from "./options.js";

export function registerAgents(program: Command, act: Act): void {
	const debug = program
		.command("debug")
		.description(
			"self-debug: propose, run the public tests, show the model what failed, revise; hidden tests once, at the end",
		)
		.argument("[tasks]", "tasks file or folder; with --resume, where they are now if they have moved")
		.addOption(
			new Option("--backend <name>", "where completions come from")
				.choices(["onnx", "openai", "script"])
				.default("onnx"),
		)
		.addOption(
			new Option(
				"--strategy <name>",
				"what the model is shown and asked for (default: feedback; retry for a model without chat)",
			).choices(STRATEGIES),
		)
		.option("-n <number>", "tries a task, each with a trace of its own", wholeNumber(1, 10_000), 1)
		.option("--max-revisions <number>", "revisions of a try", wholeNumber(0, 1000), 3)
		.option("--branch <number>", "revisions asked for at a time; the best goes on", wholeNumber(1, 100), 1)
		.option("--budget-tokens <number>", "tokens of a try", wholeNumber(1))
		.option("--budget-seconds <number>", "seconds of a try", wholeNumber(1))
		.option("--resume <run>", "finish this run; nothing is judged twice")
		.option("--check", "exit 1 unless every task has an accepted try")
		.addOption(seedOption())
		.addOption(outOption());
	addCommonOptions(addModelOptions(addJudgeOptions(addTaskOptions(debug))))
		.addHelpText(
			"after",
			examples([
				"assay debug fixtures/tasks/repair --backend script --model fixtures/scripts/repair.jsonl",
				"assay debug tasks.yaml --backend openai --base-url http://127.0.0.1:8000/v1 --model qwen -n 4 --strategy edit-blocks",
				"assay debug HumanEval.jsonl.gz --strategy reflection --max-revisions 5 --budget-tokens 20000",
			]),
		)
		.action(
			act<DebugOptions>(async (context, options, [tasks]) => {
				const { debug } = await import("../debug.js");
				return await debug(context, tasks, options);
			}),
		);

	const traces = program.command("traces").description("steps of self-debug loops, ours and published ones");
	traces.helpOption("-h, --help", "show this help").helpCommand("help [command]", "show help of a command");
	const source = "run id, the start of one, `latest`, or a file: traces of ours, or as Reflexion and LDB publish them";
	addCommonOptions(
		traces
			.command("list")
			.description("one line a trace: outcome, revisions, why it ended")
			.argument("<traces>", source),
	)
		.addHelpText("after", examples(["assay traces list latest", "assay traces list mbpp.ldb.jsonl --json"]))
		.action(
			act<CommonOptions>(async (context, _options, [from = ""]) => {
				const { list } = await import("../traces.js");
				return await list(context, from);
			}),
		);
	addCommonOptions(
		traces
			.command("show")
			.description("the steps of traces as a timeline")
			.argument("<traces>", source)
			.option("--task <id>", "only of this task")
			.option("--try <number>", "only this try", wholeNumber(0)),
	)
		.addHelpText(
			"after",
			examples(["assay traces show latest --task binary_search", "assay traces show latest --json"]),
		)
		.action(
			act<TraceShowOptions>(async (context, options, [from = ""]) => {
				const { show } = await import("../traces.js");
				return await show(context, from, options);
			}),
		);
	addCommonOptions(
		traces
			.command("report")
			.description("pass rates, revisions, tool calls, and what revising gained, paired against the first proposals")
			.argument("<traces>", source),
	)
		.addHelpText("after", examples(["assay traces report latest", "assay traces report mbpp.ldb.jsonl --json"]))
		.action(
			act<CommonOptions>(async (context, _options, [from = ""]) => {
				const { report } = await import("../traces.js");
				return await report(context, from);
			}),
		);
	addCommonOptions(
		traces
			.command("import")
			.description("published traces as a file of ours")
			.argument("<file>", "JSONL as Reflexion or LDB publish it")
			.requiredOption("--out <file>", "where the steps go, one a line"),
	)
		.addHelpText("after", examples(["assay traces import mbpp.ldb.jsonl --out ldb.steps.jsonl"]))
		.action(
			act<TraceImportOptions>(async (context, options, [file = ""]) => {
				const { importPublished } = await import("../traces.js");
				return await importPublished(context, file, options.out);
			}),
		);
}
