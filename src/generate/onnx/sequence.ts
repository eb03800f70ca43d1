import type { FinishReason } from "../../domain/generation.js";
import { seededRandom } from "../../lib/seeded-random.js";
import type { WorkerCompletion, WorkerRequest } from "./messages.js";
import { drawToken } from "./sampler.js";

export interface SequenceOptions {
	request: WorkerRequest;
	promptIds: readonly number[];
	/** Positions that the model has. */
	contextLength: number;
	endTokens: ReadonlySet<number>;
	/** The text of tokens, without special ones. */
	decode: (ids: number[]) => string;
}

/** One completion in the making: draws its tokens, turns them into text, and knows when it ends. */
export class Sequence {
	readonly promptIds: readonly number[];
	readonly #options: SequenceOptions;
	readonly #random: () => number;
	readonly #ids: number[] = [];
	#logprob = 0;
	#text = "";
	/** Tokens up to `#read` are in the text; decoding starts at `#from`, a little earlier, since tokens may join. */
	#from = 0;
	#read = 0;
	#finish: FinishReason | null = null;

	constructor(options: SequenceOptions) {
		this.promptIds = options.promptIds;
		this.#options = options;
		this.#random = seededRandom(options.request.seed);
	}

	get length(): number {
		return this.promptIds.length + this.#ids.length;
	}

	get lastToken(): number {
		return this.#ids.at(-1) ?? 0;
	}

	get isFinished(): boolean {
		return this.#finish !== null;
	}

	/** Draws a token from the logits of the last position; gives the text that is new, which a stop text may still cut. */
	advance(logits: Float32Array): string {
		const { request, contextLength, endTokens } = this.#options;
		const { token, logprob } = drawToken(logits, request.sampling, this.#random);
		this.#ids.push(token);
		this.#logprob += logprob;
		if (endTokens.has(token)) {
			this.#finish = "stop";
			return this.#readOn(this.#ids.length - 1, true);
		}
		const isLast = this.#ids.length >= request.sampling.maxTokens || this.length >= contextLength;
		const fresh = this.#readOn(this.#ids.length, isLast);
		const stop = this.#stopAt(fresh.length);
		if (stop >= 0) {
			const kept = Math.max(0, fresh.length - (this.#text.length - stop));
			this.#text = this.#text.slice(0, stop);
			this.#finish = "stop";
			return fresh.slice(0, kept);
		}
		if (isLast) this.#finish = "length";
		return fresh;
	}

	/** Nobody waits for it any more. */
	cancel(): void {
		this.#finish ??= "other";
	}

	completion(): WorkerCompletion {
		return {
			text: this.#text,
			finishReason: this.#finish ?? "other",
			promptTokens: this.promptIds.length,
			completionTokens: this.#ids.length,
			logprob: this.#logprob,
		};
	}

	/** Decodes what is new; half a character waits for its other half, unless no more comes. */
	#readOn(end: number, isLast: boolean): string {
		const { decode } = this.#options;
		const before = decode(this.#ids.slice(this.#from, this.#read));
		const now = decode(this.#ids.slice(this.#from, end));
		if (now.length <= before.length || (now.endsWith("\ufffd") && !isLast)) return "";
		const fresh = now.slice(before.length);
		this.#from = this.#read;
		this.#read = end;
		this.#text += fresh;
		return fresh;
	}

	/** Where the first stop text begins that ends in the last `fresh` characters; -1: there is none. */
	#stopAt(fresh: number): number {
		const { stop } = this.#options.request.sampling;
		let first = -1;
		for (const text of stop) {
			const at = this.#text.indexOf(text, Math.max(0, this.#text.length - fresh - text.length));
			if (at >= 0 && (first < 0 || at < first)) first = at;
		}
		return first;
	}
}
