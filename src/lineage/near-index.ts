import { SKETCH } from "../tasks/likeness.js";

/** So many of the rarest ones are shared; more would make the index longer, fewer let more unlike pairs through. */
const RAREST_SHARED = 3;

/**
 * Sketches of the scored tasks, to be asked which of them are near another one. Two sketches of a Jaccard index of
 * `threshold` or more share some of the rarest few members of each (the prefix filter: Bayardo et al. 2007, Wang et al. 2012),
 * so only those are indexed. Memory grows with the scored tasks alone.
 */
export class NearIndex {
	readonly #threshold: number;
	readonly #sketches: { taskId: string; hashes: Uint32Array }[] = [];
	/** How many sketches hold a hash. */
	readonly #frequency = new Map<number, number>();
	#holders: Map<number, number[]> | null = null;

	constructor(threshold: number) {
		this.#threshold = threshold;
	}

	add(taskId: string, sketch: string): void {
		const hashes = hashesOf(sketch);
		this.#sketches.push({ taskId, hashes });
		for (const hash of hashes) this.#frequency.set(hash, (this.#frequency.get(hash) ?? 0) + 1);
		this.#holders = null;
	}

	/** Tasks whose sketch is near, with the estimated Jaccard index. */
	*near(sketch: string): Generator<{ taskId: string; similarity: number }> {
		if (this.#sketches.length === 0) return;
		const hashes = hashesOf(sketch);
		const known = hashes.filter((hash) => this.#frequency.has(hash)).length;
		if (known < Math.ceil(this.#threshold * hashes.length)) return;
		this.#holders ??= this.#index();
		const shared = new Map<number, number>();
		for (const hash of this.#rarest(hashes)) {
			for (const at of this.#holders.get(hash) ?? []) shared.set(at, (shared.get(at) ?? 0) + 1);
		}
		for (const [at, count] of shared) {
			if (count < Math.min(RAREST_SHARED, hashes.length)) continue;
			const other = this.#sketches[at];
			if (other === undefined) continue;
			const similarity = resemblance(hashes, other.hashes, this.#threshold);
			if (similarity >= this.#threshold) yield { taskId: other.taskId, similarity };
		}
	}

	#index(): Map<number, number[]> {
		const holders = new Map<number, number[]>();
		for (const [at, { hashes }] of this.#sketches.entries()) {
			for (const hash of this.#rarest(hashes)) {
				const there = holders.get(hash);
				if (there === undefined) holders.set(hash, [at]);
				else there.push(at);
			}
		}
		return holders;
	}

	#rarest(hashes: Uint32Array): Uint32Array {
		const frequency = (hash: number) => this.#frequency.get(hash) ?? 0;
		const rarestFirst = hashes.toSorted((a, b) => frequency(a) - frequency(b) || a - b);
		return rarestFirst.subarray(0, hashes.length - Math.ceil(this.#threshold * hashes.length) + RAREST_SHARED);
	}
}

/**
 * Share of the smallest hashes of both together that both have: estimates the Jaccard index, and is it for small sets. 0 as
 * soon as it cannot reach `least`.
 */
export function resemblance(a: Uint32Array, b: Uint32Array, least = 0): number {
	const mostMissing = (1 - least) * Math.min(SKETCH, a.length + b.length);
	let i = 0;
	let j = 0;
	let both = 0;
	let all = 0;
	while (all < SKETCH && (i < a.length || j < b.length)) {
		const left = a[i] ?? Number.POSITIVE_INFINITY;
		const right = b[j] ?? Number.POSITIVE_INFINITY;
		if (left === right) both++;
		if (left <= right) i++;
		if (right <= left) j++;
		all++;
		if (all - both > mostMissing) return 0;
	}
	return all === 0 ? 0 : both / all;
}

/** Ascending. */
function hashesOf(sketch: string): Uint32Array {
	const bytes = Buffer.from(sketch, "base64");
	return Uint32Array.from({ length: bytes.length >> 2 }, (_, at) => bytes.readUInt32LE(at * 4));
}
