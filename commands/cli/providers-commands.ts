import type { Command } from "commander";
import { type Act, examples } from "./action.js";
import { addCommonOptions, type CommonOptions, type RegisterKeyOptions } from "./options.js";

export function registerProviders(program: Command, act: Act): void {
	const providers = program.command("providers").description("models that can be asked, and their servers");
	providers.helpOption("-h, --help", "show this help");
	addCommonOptions(providers.command("list").description("the model that ships and those of assay.yaml, with licences"))
		.addHelpText("after", examples(["assay providers list"]))
		.action(
			act<CommonOptions>(async (context) => {
				const { listModels } = await import("../providers.js");
				return await listModels(context);
			}),
		);
	addCommonOptions(
		providers
			.command("card")
			.description("the card of a model on this machine: what it is, its licence, its data")
			.argument("[model]", "its name in the list, or its folder", "tiny-coder"),
	)
		.addHelpText("after", examples(["assay providers card", "assay providers card ./artifacts/models/mine"]))
		.action(
			act<CommonOptions>(async (context, _options, [model = "tiny-coder"]) => {
				const { showModelCard } = await import("../providers.js");
				return await showModelCard(context, model);
			}),
		);
	const register = providers
		.command("register-key")
		.description("give OpenRouter an own key of an upstream provider; no key is ever shown or written")
		.requiredOption("--upstream <slug>", "the upstream provider, e.g. openai")
		.requiredOption("--upstream-key-env <name>", "environment variable that holds its key")
		.option(
			"--key-env <name>",
			"environment variable that holds OpenRouter's management key",
			"OPENROUTER_MANAGEMENT_KEY",
		)
		.option("--name <text>", "name of the key, for people")
		.option("--fallback", "use it only after the others of this provider")
		.option("--dry-run", "print the request without keys, and send nothing");
	addCommonOptions(register)
		.addHelpText(
			"after",
			examples(["assay providers register-key --upstream openai --upstream-key-env OPENAI_API_KEY --dry-run"]),
		)
		.action(
			act<RegisterKeyOptions>(async (context, options) => {
				const { registerProviderKey } = await import("../providers.js");
				return await registerProviderKey(context, options);
			}),
		);
}
