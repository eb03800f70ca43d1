export interface SimilarPair {
	/** Positions in the list of sets, `first < second`. */
	first: number;
	second: number;
	/** Jaccard index: shared members out of all members of both. */
	similarity: number;
}

/**
 * All pairs of sets with a Jaccard index of at least `threshold`, exactly. Two such sets share a member among the rarest
 * few of each (the prefix filter: Bayardo et al. 2007), so only those are indexed, and unlike pairs are never compared.
 */
export function* similarPairs(sets: readonly Int32Array[], threshold: number): Generator<SimilarPair> {
	const frequency = new Map<number, number>();
	for (const set of sets) for (const member of set) frequency.set(member, (frequency.get(member) ?? 0) + 1);
	const index = new Map<number, number[]>();
	for (const [second, set] of sets.entries()) {
		const rarestFirst = Array.from(set).sort((a, b) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0) || a - b);
		const prefix = rarestFirst.slice(0, set.length - Math.ceil(threshold * set.length) + 1);
		const candidates = new Set<number>();
		for (const member of prefix) {
			const holders = index.get(member);
			if (holders === undefined) index.set(member, [second]);
			else {
				for (const holder of holders) candidates.add(holder);
				holders.push(second);
			}
		}
		for (const first of candidates) {
			const other = sets[first];
			if (other === undefined) continue;
			if (Math.min(other.length, set.length) < threshold * Math.max(other.length, set.length)) continue;
			const similarity = jaccard(other, set);
			if (similarity >= threshold) yield { first, second, similarity };
		}
	}
}

/** Of two sorted lists without repetitions. */
export function jaccard(a: Int32Array, b: Int32Array): number {
	let shared = 0;
	for (let i = 0, j = 0; i < a.length && j < b.length; ) {
		const left = a[i] ?? 0;
		const right = b[j] ?? 0;
		if (left === right) shared++;
		if (left <= right) i++;
		if (right <= left) j++;
	}
	const all = a.length + b.length - shared;
	return all === 0 ? 0 : shared / all;
}
