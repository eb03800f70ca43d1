/** How long a piece of work may hold up a key. */
const SLICE_MS = 4;

/** The clock and the event loop that long work is cut up for; the screens' timers are such. */
export interface Turns {
	now(): number;
	/** Both return the way to call it off. `soon` runs in the next turn of the event loop. */
	soon(run: () => void): () => void;
	after(ms: number, run: () => void): () => void;
}

export interface SlicedJob<T> {
	work: Generator<void, T>;
	turns: Turns;
	/** After each slice but the last. */
	onSlice(): void;
	onDone(value: T): void;
}

/**
 * Runs work that yields often in slices of a few milliseconds, with keys and frames in between. The first slice runs at
 * once, so that little work is done when this returns. Returns the way to call it off.
 */
export function runInSlices<T>({ work, turns, onSlice, onDone }: SlicedJob<T>): () => void {
	let callOff: (() => void) | null = null;
	let isOff = false;
	const slice = () => {
		const until = turns.now() + SLICE_MS;
		for (;;) {
			const step = work.next();
			if (step.done) {
				onDone(step.value);
				return;
			}
			if (turns.now() >= until) break;
		}
		callOff = turns.soon(slice);
		onSlice();
		if (isOff) callOff();
	};
	slice();
	return () => {
		isOff = true;
		callOff?.();
	};
}
