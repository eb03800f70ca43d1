import { type Command, Option } from "commander";
import { type Act, examples } from "./action.js";
import { amount, duration, wholeNumber } from "./numbers.js";
import { addCommonOptions, collect } from "./options.js";
import { graceOption } from "./remote-commands.js";
import type { ServeOptions } from "./remote-options.js";

/** A model's server as a job of a host. */
export function registerServe(hosts: Command, act: Act): void {
	const port = (text: string) => wholeNumber(1, 65_535)(text);
	addCommonOptions(
		hosts
			.command("serve")
			.description(
				"have a host serve a model by vLLM, and lead to it from this machine; Ctrl-C ends the way, the server goes on",
			)
			.argument("<host>", "its name in hosts.yaml, or as ssh calls it")
			.option("--model <model>", "as vLLM calls it: a name, or a folder there")
			.option(
				"--command <command>",
				"another server of OpenAI's protocol, at $ASSAY_ADDRESS:$ASSAY_PORT, with $ASSAY_KEY as its key",
			)
			.option("--name <name>", "of the server; default: serve-HOST")
			.addOption(new Option("--port <number>", "that it listens at there").argParser(port).default(8000))
			.addOption(new Option("--local-port <number>", "of this machine; default: any that is free").argParser(port))
			.option("--dry-run", "show exactly what would be run there; nothing is contacted")
			.option("--detach", "return once it was started")
			.addOption(new Option("--deadline <time>", "the host ends it after so long, e.g. 90m").argParser(duration))
			.addOption(new Option("--budget <usd>", "the host ends it when it has cost so much").argParser(amount))
			.addOption(graceOption())
			.option("--env <name>", "environment variable of here that it gets too; may be given again", collect)
			.option("--stop", "end the server, and see that nothing of it is left"),
	)
		.addHelpText(
			"after",
			examples([
				"assay hosts serve gpu1 --model Qwen/Qwen2.5-Coder-7B-Instruct --deadline 8h --local-port 8000",
				"assay run fixtures/tasks --backend openai --base-url http://127.0.0.1:8000/v1 --key-file artifacts/servers/serve-gpu1/key --model Qwen/Qwen2.5-Coder-7B-Instruct",
				"assay hosts serve gpu1 --stop",
			]),
		)
		.action(
			act<ServeOptions>(async (context, options, [name = ""]) => {
				const { serve } = await import("../serve-model.js");
				return await serve(context, name, options);
			}),
		);
}
