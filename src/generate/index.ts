import type { GenerationConfig } from "../domain/generation.js";
import { AssayError } from "../lib/errors.js";
import type { Backend } from "./backend.js";
import type { LanguageModel } from "./language-model.js";
import { mock } from "./mock.js";
import { modelBackend } from "./model-backend.js";
import { noop } from "./noop.js";
import { modelCacheFolder } from "./onnx/model-cache.js";
import { patch } from "./patch.js";
import { SpendMeter } from "./spend-meter.js";
import { recorded } from "./static.js";

export const BACKEND_IDS = ["noop", "patch", "static", "mock", "onnx", "openai", "script"] as const;
export type BackendId = (typeof BACKEND_IDS)[number];

/** Backends that have their candidates at hand. */
export const backends = { noop, patch, static: recorded, mock } satisfies Partial<Record<BackendId, Backend>>;

interface ModelModule {
	description: string;
	open(options: ModelOptions): Promise<LanguageModel>;
}

export interface ModelOptions {
	config: GenerationConfig;
	meter: SpendMeter;
	/** For the key that the configuration names. */
	env: Readonly<Record<string, string | undefined>>;
	/** Told, in words for people, what is waited for. */
	onNotice: (message: string) => void;
	signal: AbortSignal;
}

/** Backends that ask a model; what they need is loaded when one is opened. */
const models = {
	onnx: {
		description: "a model on this machine: an ONNX folder, by default the small one that ships",
		open: async ({ config, env, signal }) => {
			const { openOnnxModel } = await import("./onnx/onnx-model.js");
			return await openOnnxModel({ config, cacheDir: modelCacheFolder(env), hub: env.HF_ENDPOINT || null, signal });
		},
	},
	script: {
		description: "script: answers from a file (--model), by what the prompt holds; no model",
		open: async ({ config }) => (await import("./scripted-model.js")).openScriptedModel(config.model),
	},
	openai: {
		description: "a server that speaks the OpenAI protocol: vLLM, llama.cpp, Ollama, OpenRouter, …",
		open: async ({ config, ...rest }) => {
			const { server } = config;
			if (server === null) throw new AssayError("usage", "backend openai needs the address of a server");
			const { openOpenAiModel } = await import("./openai/openai-model.js");
			return openOpenAiModel({ config: { ...config, server }, ...rest });
		},
	},
} satisfies Partial<Record<BackendId, ModelModule>>;

export interface OpenBackend {
	backend: Backend;
	/** null: candidates are at hand. */
	model: LanguageModel | null;
	meter: SpendMeter;
	close(): Promise<void>;
}

export type OpenModelOptions = Omit<ModelOptions, "config" | "meter">;

/** Throws `usage` for a name that is none, and for a model that cannot be opened. */
export async function openBackend(
	id: string,
	config: GenerationConfig | null,
	options: OpenModelOptions,
): Promise<OpenBackend> {
	const { prices = null, maxCostUsd = null, maxTotalTokens = null } = config?.server ?? {};
	const meter = new SpendMeter({ prices, maxCostUsd, maxTotalTokens });
	if (Object.hasOwn(backends, id)) {
		return { backend: backendOf(id), model: null, meter, close: () => Promise.resolve() };
	}
	const module = modelModuleOf(id);
	if (config === null) throw new AssayError("usage", `backend ${id} needs a model`, { hint: "--model names it" });
	const model = await module.open({ ...options, config, meter });
	return { backend: modelBackend(module.description, model, config), model, meter, close: () => model.close() };
}

export function backendOf(id: string): Backend {
	for (const [known, backend] of Object.entries(backends)) if (known === id) return backend;
	throw new AssayError("usage", `no backend is called ${JSON.stringify(id)}`, {
		hint: `known: ${BACKEND_IDS.join(", ")}`,
	});
}

function modelModuleOf(id: string): ModelModule {
	for (const [known, module] of Object.entries(models)) if (known === id) return module;
	throw new AssayError("usage", `no backend is called ${JSON.stringify(id)}`, {
		hint: `known: ${BACKEND_IDS.join(", ")}`,
	});
}
