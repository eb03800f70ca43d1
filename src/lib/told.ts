/** What `work` tells while it goes on, in order; throws what it throws, once everything it told before has been taken. */
export async function* told<T>(work: (tell: (item: T) => void) => Promise<void>): AsyncGenerator<T> {
	const items: T[] = [];
	let wake = () => {};
	let ended = false;
	const done = work((item) => {
		items.push(item);
		wake();
	}).finally(() => {
		ended = true;
		wake();
	});
	done.catch(() => {});
	for (;;) {
		yield* items.splice(0);
		if (items.length > 0) continue;
		if (ended) break;
		await new Promise<void>((resolve) => {
			wake = resolve;
		});
	}
	await done;
}
