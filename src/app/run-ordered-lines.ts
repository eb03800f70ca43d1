/** Lines that are made out of order are written in order; `ahead` bounds how many wait for an earlier one. */
export class OrderedLines {
	readonly #write: (line: string) => Promise<void>;
	readonly #ahead: number;
	readonly #waiting = new Map<number, string>();
	#next = 0;
	#writing: Promise<void> = Promise.resolve();
	#wake: (() => void)[] = [];

	constructor(write: (line: string) => Promise<void>, ahead: number) {
		this.#write = write;
		this.#ahead = ahead;
	}

	/** Waits until the line of this number may be worked on. */
	async room(number: number, signal: AbortSignal): Promise<void> {
		while (number - this.#next >= this.#ahead) {
			signal.throwIfAborted();
			const { promise, resolve } = Promise.withResolvers<void>();
			const wake = (): void => resolve();
			this.#wake.push(wake);
			signal.addEventListener("abort", wake, { once: true });
			await promise;
			signal.removeEventListener("abort", wake);
		}
	}

	/** Every number from 0 on is put once. Resolves when all lines that are ready have been written. */
	async put(number: number, line: string): Promise<void> {
		this.#waiting.set(number, line);
		this.#writing = this.#writing.then(() => this.#drain());
		await this.#writing;
	}

	async #drain(): Promise<void> {
		for (let line = this.#waiting.get(this.#next); line !== undefined; line = this.#waiting.get(this.#next)) {
			this.#waiting.delete(this.#next);
			this.#next++;
			await this.#write(line);
		}
		const wake = this.#wake;
		this.#wake = [];
		for (const resolve of wake) resolve();
	}
}
