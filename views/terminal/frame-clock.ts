export interface Timers {
	now(): number;
	/** Both return the way to call it off. */
	after(ms: number, run: () => void): () => void;
	soon(run: () => void): () => void;
}

export const systemTimers: Timers = {
	now: () => performance.now(),
	after(ms, run) {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
	soon(run) {
		const handle = setImmediate(run);
		return () => clearImmediate(handle);
	},
};

export interface FrameClock {
	/** Data changed: paint within one frame time. */
	schedule(): void;
	/** A key was pressed: paint in the next turn of the event loop. */
	urgent(): void;
	stop(): void;
}

/** At most `framesPerSecond` paints of data; keys at once. Between changes nothing runs. */
export function createFrameClock(paint: () => void, timers: Timers, framesPerSecond: number): FrameClock {
	const gapMs = 1000 / framesPerSecond;
	let last = Number.NEGATIVE_INFINITY;
	let callOff: (() => void) | null = null;
	let isUrgent = false;
	let stopped = false;
	function run(): void {
		callOff = null;
		isUrgent = false;
		last = timers.now();
		paint();
	}
	return {
		schedule() {
			if (callOff || stopped) return;
			const wait = gapMs - (timers.now() - last);
			callOff = wait > 0 ? timers.after(wait, run) : timers.soon(run);
		},
		urgent() {
			if (isUrgent || stopped) return;
			callOff?.();
			isUrgent = true;
			callOff = timers.soon(run);
		},
		stop() {
			stopped = true;
			callOff?.();
		},
	};
}
