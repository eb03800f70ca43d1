import { readKey } from "../src/generate/openai/key.js";
import { previewRegistration, registerKey } from "../src/generate/openai/register-key.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { RegisterKeyOptions } from "./cli/options.js";
import { printable, writeJson, writeLine } from "./cli/print.js";

/** Gives OpenRouter an own key of an upstream provider. With `--dry-run`, no key is read and nothing is sent. */
export async function registerProviderKey(context: CommandContext, options: RegisterKeyOptions): Promise<ExitCode> {
	const { upstream, name = null, fallback, upstreamKeyEnv, keyEnv, dryRun } = options;
	const registration = { upstream, name, isFallback: fallback === true };
	if (dryRun === true) {
		const request = previewRegistration(registration, { managementKey: keyEnv, upstreamKey: upstreamKeyEnv });
		if (context.json) await writeJson(context.stdout, request);
		else {
			await writeLine(context.stdout, `${request.method} ${request.url}`);
			for (const [header, value] of Object.entries(request.headers))
				await writeLine(context.stdout, `${header}: ${value}`);
			await writeLine(context.stdout, `\n${JSON.stringify(request.body, null, "  ")}\n\nnothing was sent`);
		}
		return 0;
	}
	const managementKey = readKey({ keyEnv, keyFile: null }, process.env);
	const upstreamKey = readKey({ keyEnv: upstreamKeyEnv, keyFile: null }, process.env);
	if (managementKey === null || upstreamKey === null) throw new AssayError("prerequisite", "two keys are needed");
	const answer = await registerKey(registration, { managementKey, upstreamKey }, { signal: context.signal });
	if (context.json) await writeJson(context.stdout, { type: "key.registered", upstream, answer });
	else await writeLine(context.stdout, printable(`registered with ${upstream}: ${answer}`));
	return 0;
}
