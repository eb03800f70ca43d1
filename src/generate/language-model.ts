import type { FinishReason, GenerationFailureKind, Sampling, TokenUsage } from "../domain/generation.js";
import { AssayError } from "../lib/errors.js";

export interface Message {
	role: "system" | "user" | "assistant";
	content: string;
}

/** A conversation, or text that the model continues. */
export type Prompt = { kind: "chat"; messages: readonly Message[] } | { kind: "text"; text: string };

/** The prompt as messages; a text is one of the user's. */
export function messagesOf(prompt: Prompt): Message[] {
	return prompt.kind === "chat" ? [...prompt.messages] : [{ role: "user", content: prompt.text }];
}

export interface ModelRequest {
	prompt: Prompt;
	sampling: Sampling;
	/** null: the model's own chance. */
	seed: number | null;
	signal: AbortSignal;
	/** Text as it arrives. */
	onText?: (text: string) => void;
	/** What arrived is void: the request is repeated. */
	onRestart?: () => void;
	/** What each request cost, those that failed included; called once a request. */
	onSpend?: (spend: Spend) => void;
}

export interface Spend {
	usage: TokenUsage;
	costUsd: number | null;
}

export interface Completion {
	text: string;
	/** As the model names itself. */
	model: string;
	finishReason: FinishReason | null;
	usage: TokenUsage;
	/** Sum over the completion's tokens; null where the model does not tell. */
	logprob: number | null;
	/** null: the model took none. */
	seed: number | null;
	attempts: number;
	costUsd: number | null;
}

/** Anything that answers prompts: a server, or weights in a process of ours. */
export interface LanguageModel {
	readonly name: string;
	/** Requests beyond this number wait. */
	readonly concurrency: number;
	/** Rejects with the signal's reason when aborted, and with a GenerationFailure when no completion came. */
	generate(request: ModelRequest): Promise<Completion>;
	/** The most memory that the model held so far, where it lies in a process of ours. */
	peakMemoryBytes(): number | null;
	close(): Promise<void>;
}

/** No completion came. A fatal failure would meet every other request too. */
export class GenerationFailure extends AssayError {
	readonly kind: GenerationFailureKind;
	readonly fatal: boolean;
	readonly attempts: number;

	constructor(
		kind: GenerationFailureKind,
		message: string,
		options: { fatal?: boolean; attempts?: number; hint?: string; cause?: unknown } = {},
	) {
		super("host", message, options);
		this.kind = kind;
		this.fatal = options.fatal ?? false;
		this.attempts = options.attempts ?? 1;
	}
}
