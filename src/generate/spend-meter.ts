import type { Prices, TokenUsage } from "../domain/generation.js";
import { GenerationFailure, type Spend } from "./language-model.js";

export interface SpendLimits {
	prices: Prices | null;
	maxCostUsd: number | null;
	maxTotalTokens: number | null;
}

/** What was spent, over all starts of a run. */
export interface Spent {
	tokens: number;
	costUsd: number;
}

interface Reservation {
	tokens: number;
	costUsd: number;
}

/**
 * Counts what requests cost and keeps it below a cap: before a request, room for the most that it can cost is set
 * aside, so that requests under way together stay below the cap too.
 */
export class SpendMeter {
	readonly #limits: SpendLimits;
	readonly #spent: Spent = { tokens: 0, costUsd: 0 };
	readonly #reserved: Spent = { tokens: 0, costUsd: 0 };
	#underWay = 0;
	#wake: (() => void)[] = [];

	constructor(limits: SpendLimits) {
		this.#limits = limits;
	}

	get spent(): Readonly<Spent> {
		return this.#spent;
	}

	/** What an earlier start of the run has spent. */
	add({ tokens, costUsd }: Spent): void {
		this.#spent.tokens += tokens;
		this.#spent.costUsd += costUsd;
	}

	costOf(usage: Pick<TokenUsage, "promptTokens" | "completionTokens">): number | null {
		const { prices } = this.#limits;
		if (prices === null) return null;
		const { promptPerMillion, completionPerMillion } = prices;
		return (usage.promptTokens * promptPerMillion + usage.completionTokens * completionPerMillion) / 1e6;
	}

	/**
	 * Sets room aside, and waits while only requests under way stand in the way. Throws a fatal `spend_limit` when the rest
	 * cannot hold the request. Each reservation is settled once.
	 */
	async reserve(
		most: Pick<TokenUsage, "promptTokens" | "completionTokens">,
		signal: AbortSignal,
	): Promise<Reservation> {
		const need = { tokens: most.promptTokens + most.completionTokens, costUsd: this.costOf(most) ?? 0 };
		while (!this.#fits(need)) {
			if (this.#underWay === 0) throw this.#reached();
			await this.#settled(signal);
		}
		this.#underWay++;
		this.#reserved.tokens += need.tokens;
		this.#reserved.costUsd += need.costUsd;
		return need;
	}

	/** `usage` null: the request cost nothing. */
	settle(reservation: Reservation, usage: TokenUsage | null): Spend | null {
		this.#underWay--;
		this.#reserved.tokens -= reservation.tokens;
		this.#reserved.costUsd -= reservation.costUsd;
		const wake = this.#wake;
		this.#wake = [];
		const costUsd = usage === null ? null : this.costOf(usage);
		if (usage !== null) this.add({ tokens: usage.promptTokens + usage.completionTokens, costUsd: costUsd ?? 0 });
		for (const resolve of wake) resolve();
		return usage === null ? null : { usage, costUsd };
	}

	#fits(need: Reservation): boolean {
		const { maxCostUsd, maxTotalTokens } = this.#limits;
		const tokens = this.#spent.tokens + this.#reserved.tokens + need.tokens;
		const costUsd = this.#spent.costUsd + this.#reserved.costUsd + need.costUsd;
		return (
			tokens <= (maxTotalTokens ?? Number.POSITIVE_INFINITY) && costUsd <= (maxCostUsd ?? Number.POSITIVE_INFINITY)
		);
	}

	async #settled(signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		const { promise, resolve } = Promise.withResolvers<void>();
		const wake = (): void => resolve();
		this.#wake.push(wake);
		signal.addEventListener("abort", wake, { once: true });
		await promise;
		signal.removeEventListener("abort", wake);
		signal.throwIfAborted();
	}

	#reached(): GenerationFailure {
		const { maxCostUsd, maxTotalTokens } = this.#limits;
		const { tokens, costUsd } = this.#spent;
		const cap = maxCostUsd === null ? `${maxTotalTokens} tokens` : `$${maxCostUsd}`;
		const spent = maxCostUsd === null ? `${tokens} tokens` : `$${costUsd.toFixed(4)}`;
		return new GenerationFailure(
			"spend_limit",
			`the spend cap of ${cap} has no room for another request: ${spent} spent`,
			{
				fatal: true,
				attempts: 0,
				hint: "--resume with a higher --max-cost or --max-total-tokens goes on",
			},
		);
	}
}

/** A guess at the number of tokens of a text, where nobody says. */
export function estimateTokens(text: string): number {
	return Math.ceil(Buffer.byteLength(text) / 4);
}
