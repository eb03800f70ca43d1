const BITS = 11;
const BUCKETS = 1 << BITS;
const MASK = BUCKETS - 1;
/** Rows between two yields: well below a millisecond. */
const STEP = 16_384;

/** The rows by ascending `keys[row]`; rows with equal keys keep their order. Three passes, whatever the keys. */
export function* radixSort(rows: Uint32Array, keys: Uint32Array): Generator<void, Uint32Array> {
	const { length } = rows;
	const counts = new Uint32Array(BUCKETS * 3);
	for (let i = 0; i < length; i++) {
		const key = keys[rows[i] as number] as number;
		counts[key & MASK] = (counts[key & MASK] as number) + 1;
		const middle = BUCKETS + ((key >>> BITS) & MASK);
		counts[middle] = (counts[middle] as number) + 1;
		const high = BUCKETS * 2 + (key >>> (BITS * 2));
		counts[high] = (counts[high] as number) + 1;
		if (i % STEP === 0) yield;
	}
	let from = rows.slice();
	let to = new Uint32Array(length);
	for (let pass = 0; pass < 3; pass++) {
		const starts = startsOf(counts.subarray(BUCKETS * pass, BUCKETS * (pass + 1)), length);
		// All in one bucket: this pass changes nothing.
		if (starts === null) continue;
		const shift = BITS * pass;
		for (let i = 0; i < length; i++) {
			const row = from[i] as number;
			const bucket = ((keys[row] as number) >>> shift) & MASK;
			const at = starts[bucket] as number;
			to[at] = row;
			starts[bucket] = at + 1;
			if (i % STEP === 0) yield;
		}
		[from, to] = [to, from];
	}
	return from;
}

function startsOf(counts: Uint32Array, length: number): Uint32Array | null {
	const starts = new Uint32Array(BUCKETS);
	let sum = 0;
	for (let bucket = 0; bucket < BUCKETS; bucket++) {
		const count = counts[bucket] ?? 0;
		if (count === length) return null;
		starts[bucket] = sum;
		sum += count;
	}
	return starts;
}

/** Unsigned whole numbers in the order of these numbers; NaN, which stands for unknown, comes last. */
export function* keysOfNumbers(count: number, numberOf: (row: number) => number): Generator<void, Uint32Array> {
	const keys = new Uint32Array(count);
	const float = new Float32Array(1);
	const bits = new Uint32Array(float.buffer);
	for (let i = 0; i < count; i++) {
		const value = numberOf(i);
		float[0] = value;
		const word = bits[0] as number;
		keys[i] = Number.isNaN(value) ? 0xffffffff : word & 0x80000000 ? ~word >>> 0 : (word | 0x80000000) >>> 0;
		if (i % STEP === 0) yield;
	}
	return keys;
}

/** The place of each text among all of them; equal texts share one. A merge sort, which can be interrupted. */
export function* ranksOfTexts(texts: readonly string[]): Generator<void, Uint32Array> {
	const { length } = texts;
	let from = Uint32Array.from({ length }, (_, i) => i);
	let to = new Uint32Array(length);
	for (let run = 1; run < length; run *= 2) {
		for (let start = 0; start < length; start += run * 2) {
			let left = start;
			const middle = Math.min(start + run, length);
			let right = middle;
			const end = Math.min(start + run * 2, length);
			for (let at = start; at < end; at++) {
				const takesLeft =
					left < middle &&
					(right >= end || (texts[from[left] as number] as string) <= (texts[from[right] as number] as string));
				to[at] = from[takesLeft ? left++ : right++] as number;
				if (at % 1024 === 0) yield;
			}
		}
		[from, to] = [to, from];
	}
	const ranks = new Uint32Array(length);
	let rank = 0;
	for (let i = 0; i < length; i++) {
		const text = from[i] as number;
		if (i > 0 && texts[text] !== texts[from[i - 1] as number]) rank = i;
		ranks[text] = rank;
		if (i % STEP === 0) yield;
	}
	return ranks;
}
