/** The items of the lists by turns, `width` lists at a time: the first of each, then the second of each, and so on. */
export async function* byTurns<T>(lists: AsyncIterable<Iterable<T>>, width: number): AsyncGenerator<T> {
	let together: Iterator<T>[] = [];
	for await (const list of lists) {
		together.push(list[Symbol.iterator]());
		if (together.length < width) continue;
		yield* turns(together);
		together = [];
	}
	yield* turns(together);
}

function* turns<T>(lists: readonly Iterator<T>[]): Generator<T> {
	for (let open = [...lists]; open.length > 0; ) {
		const longer: Iterator<T>[] = [];
		for (const list of open) {
			const next = list.next();
			if (next.done) continue;
			yield next.value;
			longer.push(list);
		}
		open = longer;
	}
}
