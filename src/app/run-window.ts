/**
 * Works on the items of a stream, at most `size` at a time; the next item is asked for only when there is room, so that
 * a stream of any length costs the memory of one window. The first failure, or the outer signal, aborts the signal that
 * the work gets; what is under way is waited for, then the failure is thrown.
 */
export async function forEachInWindow<T>(
	items: (signal: AbortSignal) => AsyncIterable<T>,
	options: { size: number; signal: AbortSignal },
	work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
	const failed = new AbortController();
	const signal = AbortSignal.any([options.signal, failed.signal]);
	const running = new Set<Promise<void>>();
	let failure: { error: unknown } | null = null;
	const fail = (error: unknown): void => {
		failure ??= { error };
		failed.abort(error);
	};
	try {
		for await (const item of items(signal)) {
			signal.throwIfAborted();
			const job: Promise<void> = work(item, signal)
				.catch(fail)
				.finally(() => running.delete(job));
			running.add(job);
			if (running.size >= options.size) await Promise.race(running);
			signal.throwIfAborted();
		}
	} catch (error) {
		fail(error);
	}
	await Promise.all(running);
	const first = failure as { error: unknown } | null;
	if (first !== null) throw first.error;
}
