import { addSpend, type RecoveredSpend } from "../artifacts/recover-run.js";
import type { GenerationFailureKind, GenerationProgress, GenerationTotals } from "../domain/generation.js";
import type { LanguageModel, Spend } from "../generate/language-model.js";

export interface WatchOptions {
	/** null: candidates come from no model. */
	model: LanguageModel | null;
	/** Candidates that the judge can work on at once. */
	judges: number;
	/** What earlier starts of the run spent. */
	earlier: RecoveredSpend;
	now?: () => number;
}

/** Keeps account of what a run's model does, and of which side waits for the other. */
export class GenerationWatch {
	readonly #options: WatchOptions;
	readonly #now: () => number;
	readonly #spent: RecoveredSpend;
	readonly #failures: GenerationTotals["failures"] = {};
	#skipped = 0;
	#tokens = 0;
	#generating = 0;
	#judging = 0;
	#since: number;
	/** Milliseconds in which requests were under way, with all judges busy and not. */
	#withJudgesBusy = 0;
	#withJudgesIdle = 0;

	constructor(options: WatchOptions) {
		this.#options = options;
		this.#now = options.now ?? (() => performance.now());
		this.#spent = { ...options.earlier };
		this.#since = this.#now();
	}

	/** Candidates that are being made, and those that wait for their verdict, from now on. */
	moved(by: { generating?: number; judging?: number }): void {
		const now = this.#now();
		if (this.#judging >= this.#options.judges) this.#withJudgesBusy += now - this.#since;
		else if (this.#generating > 0) this.#withJudgesIdle += now - this.#since;
		this.#since = now;
		this.#generating += by.generating ?? 0;
		this.#judging += by.judging ?? 0;
	}

	spent(spend: Spend): void {
		addSpend(this.#spent, spend);
		this.#tokens += spend.usage.completionTokens;
	}

	failed(kind: GenerationFailureKind): void {
		this.#failures[kind] = (this.#failures[kind] ?? 0) + 1;
	}

	skipped(): void {
		this.#skipped++;
	}

	get failures(): Readonly<GenerationTotals["failures"]> {
		return this.#failures;
	}

	progress(): GenerationProgress | null {
		if (this.#options.model === null) return null;
		this.moved({});
		return {
			generating: this.#generating,
			judging: this.#judging,
			tokensPerSecond: this.#tokensPerSecond(),
			costUsd: this.#spent.costUsd,
			bottleneck: this.#bottleneck(),
		};
	}

	totals(): GenerationTotals | null {
		const { model } = this.#options;
		if (model === null) return null;
		this.moved({});
		return {
			...this.#spent,
			failures: { ...this.#failures },
			skipped: this.#skipped,
			tokensPerSecond: this.#tokensPerSecond(),
			peakMemoryBytes: model.peakMemoryBytes(),
			bottleneck: this.#bottleneck(),
		};
	}

	#tokensPerSecond(): number | null {
		const ms = this.#withJudgesBusy + this.#withJudgesIdle;
		return ms <= 0 || this.#tokens === 0 ? null : this.#tokens / (ms / 1000);
	}

	#bottleneck(): GenerationTotals["bottleneck"] {
		if (this.#withJudgesBusy + this.#withJudgesIdle <= 0) return null;
		return this.#withJudgesBusy > this.#withJudgesIdle ? "judging" : "generation";
	}
}
