import { STRATEGIES } from "../domain/choices.js";
import type { GenerationConfig } from "../domain/generation.js";
import type { Strategy } from "../domain/trace.js";
import { templateOf } from "../generate/prompt-templates.js";

/** To revise takes a conversation: a model that only continues text can be asked again, no more. */
export function strategiesFor({ template }: Pick<GenerationConfig, "template">): readonly Strategy[] {
	return templateOf(template.id)?.kind === "text" ? ["none", "retry"] : STRATEGIES;
}
