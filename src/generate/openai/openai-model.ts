import OpenAI from "openai";
import type { GenerationConfig, GenerationFailureKind, TokenUsage } from "../../domain/generation.js";
import { Slots } from "../../lib/slots.js";
import {
	type Completion,
	GenerationFailure,
	type LanguageModel,
	type ModelRequest,
	type Prompt,
} from "../language-model.js";
import { estimateTokens, type SpendMeter } from "../spend-meter.js";
import { type AttemptFailure, failureOf } from "./failure-of.js";
import { type KeySource, readKey, redactorOf } from "./key.js";
import { type Dialect, dialectAfter } from "./request-body.js";
import { backoffMs, type Clock, LONGEST_RETRY_AFTER_MS, realClock, retryAfterMs } from "./retry.js";
import { type Arrived, nothingYet, readStream } from "./stream.js";

export interface OpenAiOptions {
	config: GenerationConfig & { server: NonNullable<GenerationConfig["server"]> };
	meter: SpendMeter;
	env: Readonly<Record<string, string | undefined>>;
	/** Told, in words for people, what is waited for. */
	onNotice?: (message: string) => void;
	clock?: Clock;
	fetch?: typeof fetch;
}

/** Any server that speaks the OpenAI protocol. Nothing is sent before the first request. */
export function openOpenAiModel(options: OpenAiOptions): LanguageModel {
	return new OpenAiModel(options);
}

/** The library's client without anything that it would read from the environment, and without retries of its own. */
export function clientOf(
	server: { baseUrl: string } & KeySource,
	key: string | null,
	send: typeof fetch = fetch,
): OpenAI {
	return new OpenAI({
		baseURL: server.baseUrl,
		apiKey: key ?? "none",
		adminAPIKey: null,
		organization: null,
		project: null,
		webhookSecret: null,
		maxRetries: 0,
		logLevel: "off",
		fetch: send,
	});
}

class OpenAiModel implements LanguageModel {
	readonly name: string;
	readonly concurrency: number;
	readonly #options: OpenAiOptions;
	readonly #client: OpenAI;
	readonly #redact: (text: string) => string;
	readonly #slots: Slots;
	readonly #clock: Clock;
	#dialect: Dialect;
	/** No request is sent before: what one was told to wait, all do. */
	#notBefore = 0;

	constructor(options: OpenAiOptions) {
		const { config, env, fetch: send, clock = realClock } = options;
		const key = readKey(config.server, env);
		this.name = config.model;
		this.concurrency = config.concurrency;
		this.#options = options;
		this.#client = clientOf(config.server, key, send);
		this.#redact = redactorOf(key);
		this.#slots = new Slots(config.concurrency);
		this.#clock = clock;
		this.#dialect = { logprobs: config.logprobs, streamOptions: true, maxTokens: "max_tokens" };
	}

	async generate(request: ModelRequest): Promise<Completion> {
		return await this.#slots.use(request.signal, () => this.#generate(request));
	}

	peakMemoryBytes(): null {
		return null;
	}

	close(): Promise<void> {
		return Promise.resolve();
	}

	async #generate(request: ModelRequest): Promise<Completion> {
		const { maxAttempts } = this.#options.config.server;
		for (let attempt = 1; ; attempt++) {
			await this.#gate(request.signal);
			const dialect = this.#dialect;
			const result = await this.#attempt(request, dialect);
			if ("completion" in result) return { ...result.completion, attempts: attempt };
			const { failure } = result;
			const next = failure.kind === "refused" ? dialectAfter(failure.message, dialect) : null;
			if (next !== null) {
				// Another request may have found it out already.
				if (this.#dialect === dialect) this.#learn(next);
				attempt--;
				continue;
			}
			if (!failure.retry || attempt >= maxAttempts) throw this.#given(failure, attempt);
			request.onRestart?.();
			await this.#wait(failure, attempt, request.signal);
		}
	}

	/** One request, paid for exactly once. Throws only the signal's reason, and what the meter throws. */
	async #attempt(
		request: ModelRequest,
		dialect: Dialect,
	): Promise<{ completion: Omit<Completion, "attempts"> } | { failure: AttemptFailure }> {
		const { config, meter } = this.#options;
		const promptTokens = estimateTokens(promptText(request.prompt));
		const reservation = await meter.reserve(
			// Nobody can count a server's tokens beforehand: twice the usual guess, and room for the chat's own marks.
			{ promptTokens: 2 * promptTokens + 64, completionTokens: request.sampling.maxTokens },
			request.signal,
		);
		const arrived = nothingYet();
		let usage: TokenUsage | null = null;
		try {
			const failure = await this.#read(request, dialect, arrived);
			if (failure === null || arrived.begun) usage = usageOf(arrived, promptTokens);
			request.signal.throwIfAborted();
			if (failure !== null) return { failure };
		} finally {
			if (request.signal.aborted && arrived.begun) usage = usageOf(arrived, promptTokens);
			const spend = meter.settle(reservation, usage);
			if (spend !== null) request.onSpend?.(spend);
		}
		const { text, model, finishReason, logprob } = arrived;
		const known = usage ?? usageOf(arrived, promptTokens);
		const costUsd = meter.costOf(known);
		const completion = { text, finishReason, usage: known, logprob, seed: request.seed, costUsd };
		return { completion: { ...completion, model: model ?? config.model } };
	}

	/** Reads the stream under the watch of two timers; null: it came to its end. */
	async #read(request: ModelRequest, dialect: Dialect, arrived: Arrived): Promise<AttemptFailure | null> {
		const { model, server } = this.#options.config;
		const { connectMs, firstTokenMs, stallMs } = server.timeouts;
		const watch = new AbortController();
		const signal = AbortSignal.any([request.signal, watch.signal]);
		const expire = (): void => watch.abort();
		let timer = setTimeout(expire, connectMs + firstTokenMs);
		const onArrival = (text: string): void => {
			clearTimeout(timer);
			timer = setTimeout(expire, stallMs);
			if (text !== "") request.onText?.(text);
		};
		const failure = (kind: GenerationFailureKind, message: string): AttemptFailure => {
			return { kind, message, retry: true, fatal: false, headers: undefined };
		};
		try {
			await readStream(
				this.#client,
				request,
				{ api: server.api, model, dialect, connectMs, signal, onArrival },
				arrived,
			);
		} catch (error) {
			if (request.signal.aborted) return null;
			if (!watch.signal.aborted) return failureOf(error);
		} finally {
			clearTimeout(timer);
		}
		// The library ends an aborted stream without a word.
		if (watch.signal.aborted) {
			return arrived.begun
				? failure("stalled", `nothing more came for ${stallMs / 1000} s`)
				: failure("timeout", `no token came within ${firstTokenMs / 1000} s`);
		}
		if (arrived.finishReason !== null || request.signal.aborted) return null;
		return arrived.begun
			? failure("cut", "the stream ended before the completion did")
			: failure("invalid_response", "the answer holds no completion");
	}

	async #gate(signal: AbortSignal): Promise<void> {
		for (let ms = this.#notBefore - this.#clock.now(); ms > 0; ms = this.#notBefore - this.#clock.now()) {
			await this.#clock.sleep(ms, signal);
		}
	}

	async #wait(failure: AttemptFailure, attempt: number, signal: AbortSignal): Promise<void> {
		const { now, random, sleep } = this.#clock;
		const asked = retryAfterMs(failure.headers, now());
		if (asked !== null && asked > LONGEST_RETRY_AFTER_MS) throw this.#given(failure, attempt);
		if (asked === null) {
			await sleep(backoffMs(attempt, random()), signal);
			return;
		}
		const until = now() + asked;
		if (until > this.#notBefore) {
			this.#notBefore = until;
			this.#notice(`the server asks for ${(asked / 1000).toFixed(1)} s of waiting: ${failure.message}`);
		}
		// Not all at once when the time is over.
		await sleep(asked + random() * Math.min(1000, asked / 4), signal);
	}

	#learn(next: Dialect): void {
		if (this.#dialect.logprobs && !next.logprobs) this.#notice("the server gives no log-probabilities");
		this.#dialect = next;
	}

	#notice(message: string): void {
		this.#options.onNotice?.(this.#redact(message));
	}

	#given({ kind, message, fatal }: AttemptFailure, attempts: number): GenerationFailure {
		const { keyEnv, keyFile, baseUrl } = this.#options.config.server;
		const times = attempts === 1 ? "" : ` (${attempts} attempts)`;
		const text = `${this.#redact(baseUrl)}: ${WORDS[kind]}: ${this.#redact(message)}${times}`;
		const source = keyFile ?? keyEnv;
		if (kind !== "unauthorized") return new GenerationFailure(kind, text, { fatal, attempts });
		const hint =
			source === null ? "--key-env NAME names the variable with its key" : `the key in ${source} was refused`;
		return new GenerationFailure(kind, text, { fatal, attempts, hint });
	}
}

const WORDS: Readonly<Record<GenerationFailureKind, string>> = {
	rate_limited: "rate limited",
	server_error: "server error",
	connection: "no connection",
	timeout: "timed out",
	stalled: "the stream stalled",
	cut: "the stream was cut",
	invalid_response: "invalid response",
	refused: "refused",
	unauthorized: "not authorized",
	spend_limit: "spend cap",
	model: "the model failed",
};

function usageOf(arrived: Arrived, estimatedPromptTokens: number): TokenUsage {
	const { promptTokens, completionTokens, text } = arrived;
	return {
		promptTokens: promptTokens ?? estimatedPromptTokens,
		completionTokens: completionTokens ?? estimateTokens(text),
		estimated: promptTokens === null || completionTokens === null,
	};
}

function promptText(prompt: Prompt): string {
	return prompt.kind === "text" ? prompt.text : prompt.messages.map(({ content }) => content).join("\n");
}
