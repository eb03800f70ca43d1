/** Lets at most `size` pieces of work go on at once; the others wait in the order in which they came. */
export class Slots {
	readonly #size: number;
	#taken = 0;
	readonly #waiting: (() => void)[] = [];

	constructor(size: number) {
		this.#size = size;
	}

	get taken(): number {
		return this.#taken;
	}

	/** Rejects with the signal's reason when it fires before the work has begun. */
	async use<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
		await this.#take(signal);
		try {
			return await work();
		} finally {
			const next = this.#waiting.shift();
			if (next === undefined) this.#taken--;
			else next();
		}
	}

	async #take(signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		if (this.#taken < this.#size) {
			this.#taken++;
			return;
		}
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const abandon = (): void => {
			const at = this.#waiting.indexOf(resolve);
			if (at >= 0) this.#waiting.splice(at, 1);
			reject(signal.reason);
		};
		this.#waiting.push(resolve);
		signal.addEventListener("abort", abandon, { once: true });
		try {
			await promise;
		} finally {
			signal.removeEventListener("abort", abandon);
		}
	}
}
