import type { RunEvent } from "../domain/events.js";
import type { GenerationProgress } from "../domain/generation.js";
import type { PromptMessage } from "../domain/trace.js";

/** Of a text that grows, so much of its end is kept. */
const MOST_CHARACTERS = 64 * 1024;

type Failed = Extract<RunEvent, { type: "candidate.failed" }>;
type Spent = Extract<RunEvent, { type: "spend.recorded" }>;

/** What a run's model is at. `prompts`, `texts` and `progress` come from ephemeral events: a recorded run is without them. */
export interface RunGeneration {
	/** By row: what a loop has asked for its next step. */
	prompts: Map<number, readonly PromptMessage[]>;
	/** By row: what has arrived of completions that are being made. */
	texts: Map<number, string>;
	/** By row: why there is no completion. */
	failures: Map<number, Pick<Failed, "failure" | "message" | "attempts">>;
	/** null: no model is at work, or nothing was heard of it. */
	progress: GenerationProgress | null;
	/** Over the whole log; null while nothing was spent. `costUsd` is null where no prices are known. */
	spent: { tokens: number; costUsd: number | null } | null;
}

export function createGeneration(): RunGeneration {
	return { prompts: new Map(), texts: new Map(), failures: new Map(), progress: null, spent: null };
}

export function copyGeneration({ prompts, texts, failures, progress, spent }: RunGeneration): RunGeneration {
	return {
		prompts: new Map(prompts),
		texts: new Map(texts),
		failures: new Map(failures),
		progress,
		spent: spent && { ...spent },
	};
}

/** null: what came so far is void. */
export function addText({ texts }: RunGeneration, row: number, text: string | null): void {
	if (text === null) texts.delete(row);
	else texts.set(row, ((texts.get(row) ?? "") + text).slice(-MOST_CHARACTERS));
}

/** The candidate is made anew, made, or given up. */
export function dropText({ prompts, texts, failures }: RunGeneration, row: number): void {
	prompts.delete(row);
	texts.delete(row);
	failures.delete(row);
}

export function noteFailure(generation: RunGeneration, row: number, { failure, message, attempts }: Failed): void {
	dropText(generation, row);
	generation.failures.set(row, { failure, message, attempts });
}

export function addSpent(generation: RunGeneration, { usage, costUsd }: Spent): void {
	const { tokens = 0, costUsd: cost = null } = generation.spent ?? {};
	generation.spent = {
		tokens: tokens + usage.completionTokens,
		costUsd: costUsd === null ? cost : (cost ?? 0) + costUsd,
	};
}

/** Nothing is being made any more. */
export function endGeneration(generation: RunGeneration): void {
	generation.prompts.clear();
	generation.texts.clear();
	generation.progress = null;
}
