import type { GenerationConfig } from "../domain/generation.js";
import type { RunConfig } from "../domain/run.js";
import { promptInputOf } from "../domain/task.js";
import type { Prompt } from "../generate/language-model.js";
import { sampleSeed } from "../generate/model-backend.js";
import type { PreviewedRequest } from "../generate/openai/preview-request.js";
import { templateOf } from "../generate/prompt-templates.js";
import { promptSha256, renderPrompt } from "../generate/render-prompt.js";
import { estimateTokens } from "../generate/spend-meter.js";
import { AssayError } from "../lib/errors.js";
import type { RunInputs } from "./run-inputs.js";

export interface TaskPreview {
	taskId: string;
	promptSha256: string;
	prompt: Prompt;
	/** What the first sample's request is; null: the model runs on this machine. */
	request: PreviewedRequest | null;
}

/** What a run would ask for in all, if every completion were as long as it may be. */
export interface RunPreview {
	tasks: number;
	requests: number;
	/** Guessed from the text. */
	promptTokens: number;
	completionTokensAtMost: number;
	costUsdAtMost: number | null;
}

/** The requests of a run, one for each task. Nothing is sent, and no key is read. */
export async function* previewRun(
	config: Omit<RunConfig, "workers">,
	inputs: RunInputs,
	signal: AbortSignal,
): AsyncGenerator<TaskPreview, RunPreview> {
	const { generation, n, seed } = config;
	if (generation === null) throw new AssayError("usage", `--dry-run: backend ${config.backend} sends no requests`);
	const template = templateOf(generation.template.id);
	const sum = { tasks: 0, requests: 0, promptTokens: 0, completionTokensAtMost: 0 };
	for await (const task of inputs.tasks({ ...config, workers: 1 }, signal)) {
		if (template === null || task.kind !== template.serves) continue;
		const input = promptInputOf(task);
		const prompt = renderPrompt(
			template,
			input,
			task.kind === "repository" ? { files: inputs.repositoryFiles(task) } : {},
		);
		sum.tasks++;
		sum.requests += n ?? 1;
		sum.promptTokens += (n ?? 1) * estimateTokens(JSON.stringify(prompt));
		sum.completionTokensAtMost += (n ?? 1) * generation.sampling.maxTokens;
		const asked = { prompt, sampling: generation.sampling, seed: sampleSeed(seed, task.id, 0) };
		yield { taskId: task.id, promptSha256: promptSha256(prompt), prompt, request: await requestOf(generation, asked) };
	}
	return { ...sum, costUsdAtMost: costOf(generation, sum) };
}

/** The first request of such a run, as people read it; all of them where `assay run --dry-run` is asked. */
export async function previewStart(config: RunConfig, inputs: RunInputs, signal: AbortSignal): Promise<string> {
	for await (const preview of previewRun(config, inputs, signal)) return [...previewLines(preview)].join("\n");
	throw new AssayError("usage", "none of the tasks is what the template is for");
}

export function* previewLines({ taskId, promptSha256, prompt, request }: TaskPreview): Generator<string> {
	yield `# ${taskId}, prompt ${promptSha256.slice(0, 16)}`;
	if (request === null) {
		yield* JSON.stringify(prompt, null, "  ").split("\n");
	} else {
		yield `${request.method} ${request.url}`;
		for (const [name, value] of Object.entries(request.headers)) yield `${name}: ${value}`;
		yield "";
		yield* JSON.stringify(request.body, null, "  ").split("\n");
	}
	yield "";
}

async function requestOf(
	generation: GenerationConfig,
	asked: { prompt: Prompt; sampling: GenerationConfig["sampling"]; seed: number },
): Promise<PreviewedRequest | null> {
	const { server } = generation;
	if (server === null) return null;
	const { previewRequest } = await import("../generate/openai/preview-request.js");
	return await previewRequest({ ...generation, server }, asked);
}

function costOf(
	{ server }: GenerationConfig,
	{ promptTokens, completionTokensAtMost }: { promptTokens: number; completionTokensAtMost: number },
): number | null {
	const prices = server?.prices ?? null;
	if (prices === null) return null;
	return (promptTokens * prices.promptPerMillion + completionTokensAtMost * prices.completionPerMillion) / 1e6;
}
