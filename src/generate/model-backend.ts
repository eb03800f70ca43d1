import type { GenerationConfig } from "../domain/generation.js";
import { AssayError } from "../lib/errors.js";
import { newSha256 } from "../lib/hash.js";
import type { Backend } from "./backend.js";
import type { LanguageModel } from "./language-model.js";
import { type PromptTemplate, templateOf, templateSha256 } from "./prompt-templates.js";
import { continuesStarter, promptSha256, renderPrompt } from "./render-prompt.js";

/** Candidates from a model: renders the template, asks, and extracts the program from the answer. */
export function modelBackend(
	description: string,
	model: LanguageModel,
	config: Pick<GenerationConfig, "template" | "sampling">,
): Backend {
	const template = recordedTemplate(config.template);
	return {
		description,
		serves: (task) => task.kind === template.serves,
		countFor: (input, _lookups, n) => Promise.resolve(input.kind === template.serves ? n : 0),
		generate: async (input, lookups, { sampleIndex, seed, signal, ...listeners }) => {
			const files = input.kind === "repository" ? { files: lookups.repositoryFiles() } : {};
			const prompt = renderPrompt(template, input, files);
			const startedAt = performance.now();
			const completion = await model.generate({
				prompt,
				sampling: config.sampling,
				seed: sampleSeed(seed, input.taskId, sampleIndex),
				signal,
				...listeners,
			});
			const { attempts, costUsd, finishReason, logprob, usage } = completion;
			return {
				...lookups.extract(completion.text, { continues: continuesStarter(template, input) }),
				model: completion.model,
				generation: {
					template: template.id,
					promptSha256: promptSha256(prompt),
					seed: completion.seed,
					usage,
					finishReason,
					logprob,
					attempts,
					costUsd,
					wallTimeMs: Math.max(0, performance.now() - startedAt),
				},
			};
		},
	};
}

/** A seed below 2^31 that depends on nothing but the arguments, so that samples of one task differ. */
export function sampleSeed(seed: number, taskId: string, sampleIndex: number): number {
	return newSha256().update(`${seed}\0${taskId}\0${sampleIndex}`).digest().readUInt32BE(0) >>> 1;
}

/** The template of a run's plan, which has to be the one of today. */
function recordedTemplate({ id, sha256 }: GenerationConfig["template"]): PromptTemplate {
	const template = templateOf(id);
	if (template === null || template.revises) {
		throw new AssayError("usage", `no template for a first attempt is called ${JSON.stringify(id)}`, {
			hint: "assay prompts list shows them",
		});
	}
	if (templateSha256(template) !== sha256) {
		throw new AssayError("usage", `template ${id} is not the one that the run was planned with`, {
			hint: "it was changed since; start a new run",
		});
	}
	return template;
}
