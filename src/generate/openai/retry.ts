export interface Clock {
	now(): number;
	/** Rejects with the signal's reason when it fires. */
	sleep(ms: number, signal: AbortSignal): Promise<void>;
	/** Numbers in [0, 1). */
	random(): number;
}

export const realClock: Clock = {
	now: Date.now,
	random: Math.random,
	sleep: async (ms, signal) => {
		signal.throwIfAborted();
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, ms);
		const abandon = (): void => reject(signal.reason);
		signal.addEventListener("abort", abandon, { once: true });
		try {
			await promise;
		} finally {
			clearTimeout(timer);
			signal.removeEventListener("abort", abandon);
		}
	},
};

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** A server that wants more is not waited for. */
export const LONGEST_RETRY_AFTER_MS = 10 * 60_000;

/** Doubles from half a second to half a minute; between half of that and all of it, so that clients spread. */
export function backoffMs(attempt: number, random: number): number {
	const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
	return most * (0.5 + random / 2);
}

/** What a `Retry-After` header (seconds or a date) or `retry-after-ms` asks for; null: nothing that can be read. */
export function retryAfterMs(headers: Headers | undefined, now: number): number | null {
	const milliseconds = Number(headers?.get("retry-after-ms") ?? Number.NaN);
	if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
	const value = headers?.get("retry-after")?.trim();
	if (value === undefined || value === "") return null;
	const seconds = Number(value);
	if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : null;
	const date = Date.parse(value);
	return Number.isNaN(date) ? null : Math.max(0, date - now);
}
