import type { ChatCompletionCreateParamsStreaming } from "openai/resources/chat/completions";
import type { CompletionCreateParamsStreaming } from "openai/resources/completions";
import { AssayError } from "../../lib/errors.js";
import type { ModelRequest } from "../language-model.js";

/** What a server turned out not to know; found out by its refusals. */
export interface Dialect {
	logprobs: boolean;
	streamOptions: boolean;
	maxTokens: "max_tokens" | "max_completion_tokens";
}

type Asked = Pick<ModelRequest, "prompt" | "sampling" | "seed">;

function common(model: string, { sampling, seed }: Asked, dialect: Dialect) {
	return {
		model,
		temperature: sampling.temperature,
		top_p: sampling.topP,
		...(sampling.stop.length === 0 ? {} : { stop: sampling.stop }),
		...(seed === null ? {} : { seed }),
		stream: true as const,
		...(dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
	};
}

export function chatBody(model: string, asked: Asked, dialect: Dialect): ChatCompletionCreateParamsStreaming {
	if (asked.prompt.kind !== "chat") throw new AssayError("usage", "the chat endpoint takes messages, not a text");
	return {
		...common(model, asked, dialect),
		messages: asked.prompt.messages.map(({ role, content }) => ({ role, content })),
		[dialect.maxTokens]: asked.sampling.maxTokens,
		...(dialect.logprobs ? { logprobs: true } : {}),
	};
}

export function completionBody(model: string, asked: Asked, dialect: Dialect): CompletionCreateParamsStreaming {
	if (asked.prompt.kind !== "text") throw new AssayError("usage", "the completion endpoint takes a text, not messages");
	return {
		...common(model, asked, dialect),
		prompt: asked.prompt.text,
		max_tokens: asked.sampling.maxTokens,
		...(dialect.logprobs ? { logprobs: 0 } : {}),
	};
}

/** What to leave out after this refusal; null: it is about something else. */
export function dialectAfter(message: string, was: Dialect): Dialect | null {
	if (was.maxTokens === "max_tokens" && /max_completion_tokens/.test(message)) {
		return { ...was, maxTokens: "max_completion_tokens" };
	}
	if (was.logprobs && /logprobs/i.test(message)) return { ...was, logprobs: false };
	if (was.streamOptions && /stream_options|include_usage/i.test(message)) return { ...was, streamOptions: false };
	return null;
}
