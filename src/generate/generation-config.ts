import type { GenerationConfig, Prices } from "../domain/generation.js";
import type { Settings } from "../domain/settings.js";
import { AssayError } from "../lib/errors.js";
import type { BackendId } from "./index.js";
import { readModelFolder } from "./onnx/model-folder.js";
import { PROVIDERS } from "./openai/providers.js";
import { type PromptTemplate, promptTemplates, templateOf, templateSha256 } from "./prompt-templates.js";

/** What a person may say about a model; everything has a default but a server's model and address. */
export interface GenerationOptions {
	model?: string | undefined;
	template?: string | undefined;
	temperature?: number | undefined;
	topP?: number | undefined;
	maxTokens?: number | undefined;
	stop?: readonly string[] | undefined;
	logprobs?: boolean | undefined;
	concurrency?: number | undefined;
	provider?: string | undefined;
	baseUrl?: string | undefined;
	api?: "chat" | "completion" | undefined;
	keyEnv?: string | undefined;
	keyFile?: string | undefined;
	maxAttempts?: number | undefined;
	firstTokenTimeoutMs?: number | undefined;
	stallTimeoutMs?: number | undefined;
	connectTimeoutMs?: number | undefined;
	/** Dollars for a million tokens, prompt and completion. */
	prices?: readonly [number, number] | undefined;
	maxCost?: number | undefined;
	maxTotalTokens?: number | undefined;
	allowDownload?: boolean | undefined;
}

/** What usually follows a function in a file; a model without chat runs on into it. */
const STUB_STOPS = ["\ndef ", "\nclass ", "\nif ", "\nprint(", "\n#", "\n```"];

/** null: the backend asks no model. Throws `usage` where options do not fit together. */
export function generationConfigOf(
	backend: BackendId,
	options: GenerationOptions,
	{ settings, serves = "function" }: { settings: Settings; serves?: PromptTemplate["serves"] },
): GenerationConfig | null {
	if (backend !== "openai" && backend !== "onnx" && backend !== "script") {
		refuseModelOptions(backend, options);
		return null;
	}
	const { model } = options;
	const server = backend === "openai" ? serverOf(options, settings) : null;
	const folder = backend === "onnx" && model !== undefined ? readModelFolder(model) : null;
	if (model === undefined || model === "") {
		throw new AssayError("usage", `backend ${backend} needs --model`, {
			hint: backend === "script" ? "the JSONL file with its answers" : "the name that the server knows it by",
		});
	}
	const isChat = backend === "script" || (server === null ? (folder?.hasChatTemplate ?? false) : server.api === "chat");
	const template = templateFor(options.template ?? defaultTemplate(serves, isChat));
	if (server !== null && (template.kind === "chat") !== isChat) {
		throw new AssayError(
			"usage",
			`template ${template.id} is for the ${template.kind === "chat" ? "chat" : "completion"} endpoint`,
			{
				hint: `--api ${template.kind === "chat" ? "chat" : "completion"}, or another --template`,
			},
		);
	}
	return {
		model,
		template: { id: template.id, sha256: templateSha256(template) },
		sampling: {
			temperature: options.temperature ?? folder?.temperature ?? 0.8,
			topP: options.topP ?? folder?.topP ?? (folder === null ? 0.95 : 1),
			maxTokens: options.maxTokens ?? folder?.maxTokens ?? (server === null ? 256 : 1024),
			stop: [...(options.stop ?? (template.kind === "text" ? STUB_STOPS : []))],
		},
		logprobs: options.logprobs ?? true,
		concurrency: options.concurrency ?? 8,
		server,
		allowDownload: options.allowDownload ?? false,
	};
}

/** What a run that goes on is asked with: as it was planned, but for what its server needs today. */
export function resumedConfigOf(planned: GenerationConfig | null, options: GenerationOptions): GenerationConfig | null {
	if (planned === null) return null;
	const { concurrency = planned.concurrency } = options;
	if (planned.server === null) return { ...planned, concurrency };
	const { baseUrl, keyEnv, keyFile, maxCost, maxTotalTokens, maxAttempts } = options;
	const { server } = planned;
	const { connectMs, firstTokenMs, stallMs } = server.timeouts;
	return {
		...planned,
		concurrency,
		server: {
			...server,
			baseUrl: baseUrl === undefined ? server.baseUrl : usableUrl(baseUrl),
			keyEnv: keyEnv ?? (keyFile === undefined ? server.keyEnv : null),
			keyFile: keyFile ?? (keyEnv === undefined ? server.keyFile : null),
			maxCostUsd: maxCost ?? server.maxCostUsd,
			maxTotalTokens: maxTotalTokens ?? server.maxTotalTokens,
			maxAttempts: maxAttempts ?? server.maxAttempts,
			timeouts: {
				connectMs: options.connectTimeoutMs ?? connectMs,
				firstTokenMs: options.firstTokenTimeoutMs ?? firstTokenMs,
				stallMs: options.stallTimeoutMs ?? stallMs,
			},
		},
	};
}

function serverOf(options: GenerationOptions, settings: Settings): NonNullable<GenerationConfig["server"]> {
	const named = options.provider === undefined ? null : providerOf(options.provider, settings);
	const baseUrl = options.baseUrl ?? named?.baseUrl;
	if (baseUrl === undefined) {
		throw new AssayError("usage", "backend openai needs --base-url or --provider", {
			hint: "for example --base-url http://127.0.0.1:8000/v1, or --provider openrouter",
		});
	}
	if (options.keyEnv !== undefined && options.keyFile !== undefined) {
		throw new AssayError("usage", "--key-env and --key-file name two keys");
	}
	const ownKey = options.keyEnv !== undefined || options.keyFile !== undefined;
	const prices = pricesOf(options, settings);
	if (options.maxCost !== undefined && prices === null) {
		throw new AssayError("usage", `--max-cost needs the prices of ${options.model ?? "the model"}`, {
			hint: "--price PROMPT,COMPLETION in dollars for a million tokens, or `prices` in assay.yaml",
		});
	}
	return {
		baseUrl: usableUrl(baseUrl),
		api: options.api ?? "chat",
		keyEnv: options.keyEnv ?? (ownKey ? null : (named?.keyEnv ?? null)),
		keyFile: options.keyFile ?? (ownKey ? null : (named?.keyFile ?? null)),
		maxAttempts: options.maxAttempts ?? 5,
		timeouts: {
			connectMs: options.connectTimeoutMs ?? 60_000,
			firstTokenMs: options.firstTokenTimeoutMs ?? 120_000,
			stallMs: options.stallTimeoutMs ?? 60_000,
		},
		prices,
		maxCostUsd: options.maxCost ?? null,
		maxTotalTokens: options.maxTotalTokens ?? null,
	};
}

interface Provider {
	baseUrl: string;
	keyEnv: string | null;
	keyFile: string | null;
}

function providerOf(name: string, { providers }: Settings): Provider {
	const own = Object.hasOwn(providers, name) ? providers[name] : undefined;
	if (own !== undefined) return own;
	for (const [known, preset] of Object.entries(PROVIDERS)) if (known === name) return { ...preset, keyFile: null };
	const names = [...new Set([...Object.keys(PROVIDERS), ...Object.keys(providers)])];
	throw new AssayError("usage", `no provider is called ${JSON.stringify(name)}`, {
		hint: `known: ${names.join(", ")}; others in assay.yaml under \`providers\``,
	});
}

function pricesOf({ prices, model }: GenerationOptions, settings: Settings): Prices | null {
	if (prices !== undefined) return { promptPerMillion: prices[0], completionPerMillion: prices[1] };
	if (model === undefined || !Object.hasOwn(settings.prices, model)) return null;
	return settings.prices[model] ?? null;
}

/** A key in the address would be in the plan, the log and every message. */
function usableUrl(text: string): string {
	const url = URL.parse(text);
	if (url === null || !/^https?:$/.test(url.protocol)) {
		throw new AssayError("usage", `--base-url: ${JSON.stringify(text)} is not an http(s) address`);
	}
	if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
		throw new AssayError("usage", "--base-url: an address without user, password and query is expected", {
			hint: "keys come from --key-env or --key-file",
		});
	}
	return text.replace(/\/+$/, "");
}

function defaultTemplate(serves: PromptTemplate["serves"], isChat: boolean): string {
	if (serves === "repository") return "patch";
	return isChat ? "direct" : "complete";
}

function templateFor(name: string): PromptTemplate {
	const template = templateOf(name);
	if (template !== null && !template.revises) return template;
	const names = promptTemplates().flatMap(({ id, revises }) => (revises ? [] : [id]));
	const why =
		template === null
			? `no template is called ${JSON.stringify(name)}`
			: `template ${template.id} needs an earlier attempt`;
	throw new AssayError("usage", why, { hint: `known: ${names.join(", ")}` });
}

function refuseModelOptions(backend: BackendId, options: GenerationOptions): void {
	const given = Object.entries(options).find(([, value]) => value !== undefined);
	if (given === undefined) return;
	const flag = given[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/-ms$/, "");
	throw new AssayError("usage", `--${flag} is for models, and backend ${backend} asks none`, {
		hint: "--backend openai or --backend onnx",
	});
}
