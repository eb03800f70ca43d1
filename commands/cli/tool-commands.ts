import { Argument, type Command } from "commander";
import { type Act, examples } from "./action.js";
import { addCommonOptions, type DoctorOptions, type OpenOptions, sandboxOption } from "./options.js";

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export function registerTools(program: Command, act: Act): void {
	addCommonOptions(
		program
			.command("open")
			.description("the workbench: tasks, best-of-N, recorded runs")
			.option("--tasks <path>", "tasks file or folder to show"),
	)
		.addHelpText(
			"after",
			examples(["assay", "assay open --tasks HumanEval.jsonl.gz", "assay open --workspace ~/experiments"]),
		)
		.action(
			act<OpenOptions>(async (context, options) => {
				const { open } = await import("../open.js");
				return await open(context, options);
			}),
		);
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
	// `main` puts the real command in this place when it is called; loading it for each start would cost time.
	program
		.command("completion")
		.description("script that completes assay's commands and options in your shell")
		.addArgument(new Argument("<shell>", "your shell").choices(SHELLS))
		.helpOption("-h, --help", "show this help")
		.addHelpText("after", COMPLETION_EXAMPLES);
}

export const COMPLETION_EXAMPLES = examples([
	"source <(assay completion bash)",
	"assay completion zsh > ~/.zfunc/_assay",
	"assay completion fish > ~/.config/fish/completions/assay.fish",
]);
