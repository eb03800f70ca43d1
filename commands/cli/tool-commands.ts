import { Argument, type Command, Option } from "commander";
import { THEMES } from "../../src/store/themes.js";
import { type Act, examples } from "./action.js";
import { addCommonOptions, type DoctorOptions, type OpenOptions, sandboxOption } from "./options.js";

export function registerOpen(program: Command, act: Act): void {
	addCommonOptions(
		program
			.command("open")
			.description("the workbench: tasks, best-of-N, recorded runs")
			.option("--tasks <path>", "tasks file or folder to show")
			.option("--world-model <folder>", "world model whose energies rank candidates (default: the one that ships)")
			.option(
				"--world-index <folder>",
				"past edits to show beside candidates, of `assay world index` (default: artifacts/world-index)",
			)
			.option(
				"--ranking <file>",
				"show the ranking that `assay rank --out` wrote; neither its run nor a model has to be here",
			)
			.option("--screen <name>", "screen to start on, by digit or name: tasks, best-of-n, …")
			.option("--ascii", "letters and lines of ASCII only, for terminals and fonts without more")
			.option("--reduced-motion", "what moves by itself moves a few times a second only (ASSAY_REDUCED_MOTION=1)")
			.option("--screen-reader", "lines of words for screen readers, no picture (INK_SCREEN_READER=true)")
			.addOption(
				new Option("--theme <name>", "colours (ASSAY_THEME; default: the last one, or what fits the terminal)").choices(
					THEMES,
				),
			),
	)
		.addHelpText(
			"after",
			examples([
				"assay",
				"assay open --tasks HumanEval.jsonl.gz",
				"assay open --workspace ~/experiments",
				"assay open --world-model artifacts/checkpoints/world",
				"assay open --ranking ranking.jsonl",
				"assay open --ascii --no-color",
				"assay open --theme light",
				"assay open --screen best-of-n",
			]),
		)
		.action(
			act<OpenOptions>(async (context, options) => {
				const { open } = await import("../open.js");
				return await open(context, options);
			}),
		);
}

export function registerDoctor(program: Command, act: Act): void {
	addCommonOptions(
		program
			.command("doctor")
			.description("what works on this machine, and how to get the rest")
			.addOption(sandboxOption()),
	)
		.addHelpText("after", examples(["assay doctor", "assay doctor --json", "assay doctor --sandbox rlimit"]))
		.action(
			act<DoctorOptions>(async (context, options) => {
				const { doctor } = await import("../doctor.js");
				return await doctor(context, options);
			}),
		);
}

/** Only for help: the real one comes with the completion library, which every other start does without. */
export function registerCompletionHelp(program: Command): void {
	program
		.command("completion")
		.description("script that completes assay's commands and options in your shell")
		.addArgument(new Argument("<shell>", "your shell").choices(["bash", "zsh", "fish", "powershell"]))
		.helpOption("-h, --help", "show this help")
		.addHelpText("after", COMPLETION_EXAMPLES);
}

export const COMPLETION_EXAMPLES = examples([
	"source <(assay completion bash)",
	"assay completion zsh > ~/.zfunc/_assay",
	"assay completion fish > ~/.config/fish/completions/assay.fish",
]);
