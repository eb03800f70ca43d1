import { z } from "zod";
import { readJsonLines } from "../lib/jsonl.js";
import { parseAt } from "../lib/schema.js";
import { GenerationFailure, type LanguageModel, type Prompt } from "./language-model.js";
import { estimateTokens } from "./spend-meter.js";

const ScriptLine = z.strictObject({
	/** Texts that the prompt must hold, all of them. */
	contains: z.array(z.string().min(1)).min(1),
	answer: z.string(),
});
type ScriptLine = z.infer<typeof ScriptLine>;

/**
 * Stands in for a model in demonstrations and tests. A JSONL file says what is answered: the line with most texts that
 * the prompt holds wins, the first of equals. The same prompt always gets the same answer.
 */
export async function openScriptedModel(path: string): Promise<LanguageModel> {
	const lines: ScriptLine[] = [];
	for await (const { line, value } of readJsonLines(path)) lines.push(parseAt(ScriptLine, value, `${path}:${line}`));
	return {
		name: "script",
		concurrency: 4,
		generate: ({ prompt, signal, onText, onSpend }) => {
			signal.throwIfAborted();
			const text = textOf(prompt);
			const answer = answerTo(lines, text);
			if (answer === null) throw new GenerationFailure("model", `${path}: no answer fits the prompt`);
			const usage = { promptTokens: estimateTokens(text), completionTokens: estimateTokens(answer), estimated: true };
			onText?.(answer);
			onSpend?.({ usage, costUsd: null });
			const known = {
				model: "script",
				finishReason: "stop" as const,
				logprob: null,
				seed: null,
				attempts: 1,
				costUsd: null,
			};
			return Promise.resolve({ text: answer, usage, ...known });
		},
		peakMemoryBytes: () => null,
		close: () => Promise.resolve(),
	};
}

function answerTo(lines: readonly ScriptLine[], prompt: string): string | null {
	let best: ScriptLine | null = null;
	for (const line of lines) {
		if (line.contains.length <= (best?.contains.length ?? 0)) continue;
		if (line.contains.every((part) => prompt.includes(part))) best = line;
	}
	return best?.answer ?? null;
}

function textOf(prompt: Prompt): string {
	return prompt.kind === "text" ? prompt.text : prompt.messages.map(({ content }) => content).join("\n");
}
