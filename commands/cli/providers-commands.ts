import type { Command } from "commander";
import { type Act, examples } from "./action.js";
import { addCommonOptions, type RegisterKeyOptions } from "./options.js";

export function registerProviders(program: Command, act: Act): void {
	const providers = program.command("providers").description("servers of models");
	providers.helpOption("-h, --help", "show this help");
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
