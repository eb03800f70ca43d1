import { z } from "zod";

/** Tokens that a request cost. `estimated`: the server did not say, so they were counted from the text. */
export const TokenUsage = z.strictObject({
	promptTokens: z.int().nonnegative(),
	completionTokens: z.int().nonnegative(),
	estimated: z.boolean(),
});
export type TokenUsage = z.infer<typeof TokenUsage>;

/** `stop`: the model ended, or wrote a stop text; `length`: it was cut at the token limit. */
export const FinishReason = z.enum(["stop", "length", "content_filter", "other"]);
export type FinishReason = z.infer<typeof FinishReason>;

/** How a candidate came out of a model. */
export const GenerationRecord = z.strictObject({
	template: z.string(),
	/** Of the exact prompt that was sent. */
	promptSha256: z.string(),
	/** null: the model takes none. */
	seed: z.int().nonnegative().nullable(),
	usage: TokenUsage.nullable(),
	finishReason: FinishReason.nullable(),
	/** Sum over the tokens of the completion, natural logarithm; null where the model does not tell. */
	logprob: z.number().nullable(),
	/** Requests that it took, the last one included. */
	attempts: z.int().positive(),
	/** US dollars of the last request, at the prices of the run; null: no prices are known. */
	costUsd: z.number().nonnegative().nullable(),
	wallTimeMs: z.number().nonnegative(),
});
export type GenerationRecord = z.infer<typeof GenerationRecord>;

const EXTRACTION_METHODS = [
	/** The sample is a whole program by itself. */
	"solution",
	/** The completion continues the starter code. */
	"append",
	/** A fenced block. */
	"fence",
	/** A fenced block without an end, as in a completion that was cut. */
	"open_fence",
	/** A unified diff. */
	"diff",
	/** Lines of code between lines of prose. */
	"chatter",
	/** The completion as it is. */
	"whole",
	"none",
] as const;

/** How the program was found in the completion. */
export const ExtractionRecord = z.strictObject({
	method: z.enum(EXTRACTION_METHODS),
	/** Fenced blocks in the completion. */
	blocks: z.int().nonnegative(),
	/** What was done to what was found, as words: see `extractCode`. */
	repairs: z.array(z.string()),
});
export type ExtractionRecord = z.infer<typeof ExtractionRecord>;

/** US dollars for a million tokens. */
export const Prices = z.strictObject({
	promptPerMillion: z.number().nonnegative(),
	completionPerMillion: z.number().nonnegative(),
});
export type Prices = z.infer<typeof Prices>;

export const Sampling = z.strictObject({
	temperature: z.number().min(0).max(5),
	topP: z.number().gt(0).max(1),
	maxTokens: z.int().positive(),
	/** Texts that end a completion; they are not part of it. */
	stop: z.array(z.string().min(1)),
});
export type Sampling = z.infer<typeof Sampling>;

/** What a model is asked with. It holds the name of the key's variable or file, never a key. */
export const GenerationConfig = z.strictObject({
	/** Name on the server, hub id, or absolute path of a folder. */
	model: z.string(),
	template: z.strictObject({ id: z.string(), sha256: z.string() }),
	sampling: Sampling,
	/** Whether log-probabilities are asked for. */
	logprobs: z.boolean(),
	/** Requests, or sequences of a batch, under way at once. */
	concurrency: z.int().positive(),
	/** null: the model runs on this machine. */
	server: z
		.strictObject({
			baseUrl: z.string(),
			api: z.enum(["chat", "completion"]),
			keyEnv: z.string().nullable(),
			keyFile: z.string().nullable(),
			maxAttempts: z.int().positive(),
			timeouts: z.strictObject({
				connectMs: z.int().positive(),
				firstTokenMs: z.int().positive(),
				stallMs: z.int().positive(),
			}),
			prices: Prices.nullable(),
			maxCostUsd: z.number().positive().nullable(),
			maxTotalTokens: z.int().positive().nullable(),
		})
		.nullable(),
	/** Files of the model may be downloaded. */
	allowDownload: z.boolean(),
});
export type GenerationConfig = z.infer<typeof GenerationConfig>;

const GENERATION_FAILURES = [
	"rate_limited",
	"server_error",
	"connection",
	"timeout",
	"stalled",
	"cut",
	"invalid_response",
	"refused",
	"unauthorized",
	"spend_limit",
	"model",
] as const;
/** Why a model gave no completion; see docs/file-formats.md. */
export const GenerationFailureKind = z.enum(GENERATION_FAILURES);
export type GenerationFailureKind = z.infer<typeof GenerationFailureKind>;

/** Everything that a run's model did and cost, over all starts of the run. */
export const GenerationTotals = z.strictObject({
	requests: z.int().nonnegative(),
	promptTokens: z.int().nonnegative(),
	completionTokens: z.int().nonnegative(),
	/** Whether some of the tokens were counted from text. */
	estimated: z.boolean(),
	costUsd: z.number().nonnegative().nullable(),
	/** Candidates that the last start could not get, by reason. */
	failures: z.partialRecord(GenerationFailureKind, z.int().nonnegative()),
	/** Candidates that were not asked for because their task had enough accepted ones. */
	skipped: z.int().nonnegative(),
	/** Of the last start: completion tokens by the time during which at least one request was under way. */
	tokensPerSecond: z.number().nonnegative().nullable(),
	/** Of the process that held the model; null where that is another machine's. */
	peakMemoryBytes: z.int().nonnegative().nullable(),
	/** What the last start waited for most of the time. */
	bottleneck: z.enum(["generation", "judging"]).nullable(),
});
export type GenerationTotals = z.infer<typeof GenerationTotals>;

/** How generation and judging go along, at one moment. */
export const GenerationProgress = z.strictObject({
	/** Candidates that are being made. */
	generating: z.int().nonnegative(),
	/** Candidates that are made and not judged; bounded. */
	judging: z.int().nonnegative(),
	tokensPerSecond: z.number().nonnegative().nullable(),
	/** Over all starts of the run. */
	costUsd: z.number().nonnegative().nullable(),
	bottleneck: GenerationTotals.shape.bottleneck,
});
export type GenerationProgress = z.infer<typeof GenerationProgress>;
