import type { Command } from "commander";
import { type Act, examples } from "./action.js";
import { addCommonOptions, type CommonOptions } from "./options.js";

export function registerPrompts(program: Command, act: Act): void {
	const prompts = program.command("prompts").description("what models are asked: versioned templates");
	prompts.helpOption("-h, --help", "show this help");
	addCommonOptions(prompts.command("list").description("all templates with their checksums"))
		.addHelpText("after", examples(["assay prompts list", "assay prompts list --json"]))
		.action(
			act<CommonOptions>(async (context) => {
				const { listPrompts } = await import("../prompts.js");
				return await listPrompts(context);
			}),
		);
	addCommonOptions(
		prompts
			.command("show")
			.description("one template, message by message")
			.argument("<template>", "its id, or its name for the newest version"),
	)
		.addHelpText("after", examples(["assay prompts show direct", "assay prompts show self-debug.v1"]))
		.action(
			act<CommonOptions>(async (context, _options, [name = ""]) => {
				const { showPrompt } = await import("../prompts.js");
				return await showPrompt(context, name);
			}),
		);
	addCommonOptions(
		prompts
			.command("diff")
			.description("what differs between two templates")
			.argument("<from>", "a template")
			.argument("<to>", "another one"),
	)
		.addHelpText("after", examples(["assay prompts diff direct direct-tests"]))
		.action(
			act<CommonOptions>(async (context, _options, [from = "", to = ""]) => {
				const { diffPrompts } = await import("../prompts.js");
				return await diffPrompts(context, from, to);
			}),
		);
}
