import type OpenAI from "openai";
import type { FinishReason } from "../../domain/generation.js";
import type { ModelRequest } from "../language-model.js";
import { chatBody, completionBody, type Dialect } from "./request-body.js";

/** What has arrived of an answer; what is there when it fails has been paid for all the same. */
export interface Arrived {
	text: string;
	model: string | null;
	finishReason: FinishReason | null;
	promptTokens: number | null;
	completionTokens: number | null;
	logprob: number | null;
	/** Whether anything came, be it only reasoning that is not shown. */
	begun: boolean;
}

export function nothingYet(): Arrived {
	return {
		text: "",
		model: null,
		finishReason: null,
		promptTokens: null,
		completionTokens: null,
		logprob: null,
		begun: false,
	};
}

export interface StreamOptions {
	api: "chat" | "completion";
	model: string;
	dialect: Dialect;
	connectMs: number;
	signal: AbortSignal;
	/** Called for everything that comes. */
	onArrival: (text: string) => void;
}

/** Sends one request and reads its stream into `arrived`. Throws what the client library throws. */
export async function readStream(
	client: OpenAI,
	asked: Pick<ModelRequest, "prompt" | "sampling" | "seed">,
	{ api, model, dialect, connectMs, signal, onArrival }: StreamOptions,
	arrived: Arrived,
): Promise<void> {
	const options = { signal, timeout: connectMs, maxRetries: 0 };
	const note = (text: string): void => {
		arrived.begun = true;
		arrived.text += text;
		onArrival(text);
	};
	if (api === "chat") {
		for await (const chunk of await client.chat.completions.create(chatBody(model, asked, dialect), options)) {
			const choice = chunk.choices?.[0];
			noteCommon(arrived, chunk, choice?.finish_reason);
			for (const { logprob } of choice?.logprobs?.content ?? []) addLogprob(arrived, logprob);
			note(choice?.delta?.content ?? "");
		}
		return;
	}
	for await (const chunk of await client.completions.create(completionBody(model, asked, dialect), options)) {
		const choice = chunk.choices?.[0];
		noteCommon(arrived, chunk, choice?.finish_reason);
		for (const logprob of choice?.logprobs?.token_logprobs ?? []) addLogprob(arrived, logprob);
		note(choice?.text ?? "");
	}
}

interface Chunk {
	model?: string;
	usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
}

/** The last usage counts: some servers send it with every chunk, growing. */
function noteCommon(arrived: Arrived, { model, usage }: Chunk, finishReason: string | null | undefined): void {
	if (typeof model === "string" && model !== "") arrived.model = model;
	if (usage) {
		arrived.promptTokens = wholeOr(usage.prompt_tokens, arrived.promptTokens);
		arrived.completionTokens = wholeOr(usage.completion_tokens, arrived.completionTokens);
	}
	if (typeof finishReason === "string") arrived.finishReason = reasonOf(finishReason);
}

function wholeOr(value: unknown, otherwise: number | null): number | null {
	return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : otherwise;
}

/** A log-probability that is no number leaves the sum unknown. */
function addLogprob(arrived: Arrived, logprob: unknown): void {
	if (typeof logprob !== "number" || !Number.isFinite(logprob)) return;
	arrived.logprob = (arrived.logprob ?? 0) + logprob;
}

function reasonOf(reason: string): FinishReason {
	return reason === "stop" || reason === "length" || reason === "content_filter" ? reason : "other";
}
