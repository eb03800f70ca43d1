import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readSettings } from "../src/app/read-settings.js";
import type { GenerationConfig } from "../src/domain/generation.js";
import type { RunPlan } from "../src/domain/run.js";
import { type GenerationOptions, generationConfigOf, resumedConfigOf } from "../src/generate/generation-config.js";
import type { BackendId } from "../src/generate/index.js";
import { templateOf } from "../src/generate/prompt-templates.js";
import type { CommandContext } from "./cli/context.js";
import type { ModelOptions } from "./cli/options.js";

/** The model that ships with the program; both in a clone and in the bundle, which lies one folder below the root too. */
export const SHIPPED_MODEL = fileURLToPath(new URL("../fixtures/models/tiny-coder", import.meta.url));

/** How the command line, assay.yaml and, for a run that goes on, its plan want the model asked; null: there is none. */
export async function modelConfigOf(
	context: CommandContext,
	backend: BackendId,
	options: ModelOptions,
	plan: RunPlan | null,
): Promise<GenerationConfig | null> {
	const given = optionsOf(backend, options);
	if (plan !== null) return resumedConfigOf(plan.config.generation, given);
	const settings = await readSettings(context.workspace);
	const serves = templateOf(options.template ?? "")?.serves ?? "function";
	return generationConfigOf(backend, given, { settings, serves });
}

function optionsOf(backend: BackendId, options: ModelOptions): GenerationOptions {
	const { model, template, temperature, topP, maxTokens, stop, concurrency, provider, baseUrl, api } = options;
	const { keyEnv, keyFile, maxAttempts, price, maxCost, maxTotalTokens, allowDownload } = options;
	return {
		model:
			backend === "onnx" ? localModel(model) : backend === "script" && model !== undefined ? resolve(model) : model,
		template,
		temperature,
		topP,
		maxTokens,
		stop,
		logprobs: options.logprobs ? undefined : false,
		concurrency,
		provider,
		baseUrl,
		api,
		keyEnv,
		keyFile: keyFile === undefined ? undefined : resolve(keyFile),
		maxAttempts,
		firstTokenTimeoutMs: options.firstTokenTimeout,
		stallTimeoutMs: options.stallTimeout,
		prices: price,
		maxCost,
		maxTotalTokens,
		allowDownload,
	};
}

/** A folder by its path; what is none is a name on the hub. */
function localModel(model: string | undefined): string {
	if (model === undefined) return SHIPPED_MODEL;
	return existsSync(model) ? resolve(model) : model;
}
