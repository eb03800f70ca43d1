import { resolve } from "node:path";
import { knownModels } from "../src/app/known-models.js";
import type { ModelRow } from "../src/app/workbench.js";
import { modelCard } from "../src/generate/onnx/model-folder.js";
import { readKey } from "../src/generate/openai/key.js";
import { previewRegistration, registerKey } from "../src/generate/openai/register-key.js";
import { AssayError } from "../src/lib/errors.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { RegisterKeyOptions } from "./cli/options.js";
import { printable, tableLines, writeJson, writeLine } from "./cli/print.js";
import { shipped } from "./shipped.js";

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

/** The models that can be asked without being described first. Nothing is sent to any of them. */
export async function listModels(context: CommandContext): Promise<ExitCode> {
	const models = await modelsOf(context);
	if (context.json) {
		for (const { backend, name, description, generation } of models)
			await writeJson(context.stdout, {
				backend,
				name,
				description,
				model: generation.model,
				server: generation.server,
			});
		return 0;
	}
	const columns = [
		{ title: "model", text: ({ name }: ModelRow) => name },
		{ title: "backend", text: ({ backend }: ModelRow) => backend },
		{ title: "what it is", text: ({ description }: ModelRow) => description },
	];
	for await (const line of tableLines(columns, models)) await writeLine(context.stdout, line);
	return 0;
}

/** The card of a model on this machine, licence included: by its name in the list, or its folder. */
export async function showModelCard(context: CommandContext, model: string): Promise<ExitCode> {
	const known = (await modelsOf(context)).find(({ name, backend }) => name === model && backend === "onnx");
	const folder = known?.generation.model ?? resolve(model);
	const card = modelCard(folder);
	if (card === null) {
		throw new AssayError("usage", `${model}: no model on this machine with a card`, {
			hint: "`assay providers list` shows the models; the card of one on a server is its server's to give",
		});
	}
	if (context.json) await writeJson(context.stdout, { model, folder, card });
	else await writeLine(context.stdout, printable(card, "\n").trimEnd());
	return 0;
}

function modelsOf({ workspace }: CommandContext): Promise<ModelRow[]> {
	return knownModels(workspace, shipped("models/tiny-coder"));
}
