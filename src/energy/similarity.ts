/** Pairs of neighbouring tokens of a program with the logarithm of their counts, scaled to length 1; ids ascending. */
export interface BigramVector {
	ids: Int32Array;
	weights: Float32Array;
}

/** FNV-1a over both tokens: 32 bits are enough for the few thousand pairs of a task's programs. */
export function bigramVector(tokens: readonly string[]): BigramVector {
	const counts = new Map<number, number>();
	for (let i = 1; i < tokens.length; i++) {
		const id = hashOf(`${tokens[i - 1]} ${tokens[i]}`);
		counts.set(id, (counts.get(id) ?? 0) + 1);
	}
	const ids = Int32Array.from(counts.keys()).sort();
	const weights = Float32Array.from(ids, (id) => Math.log1p(counts.get(id) ?? 0));
	const length = Math.hypot(...weights);
	return { ids, weights: length === 0 ? weights : weights.map((weight) => weight / length) };
}

function hashOf(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return hash | 0;
}

/** 0 to 1; 0 where one has no pair. */
function cosine(a: BigramVector, b: BigramVector): number {
	let [i, j, sum] = [0, 0, 0];
	while (i < a.ids.length && j < b.ids.length) {
		const [left, right] = [a.ids[i] ?? 0, b.ids[j] ?? 0];
		if (left === right) sum += (a.weights[i++] ?? 0) * (b.weights[j++] ?? 0);
		else if (left < right) i++;
		else j++;
	}
	return sum;
}

/** Cosines of all with all, row by row; `count` squared numbers. */
export function similarities(vectors: readonly BigramVector[]): Float32Array {
	const count = vectors.length;
	const matrix = new Float32Array(count * count);
	for (const [i, a] of vectors.entries()) {
		for (let j = i + 1; j < count; j++) {
			const b = vectors[j];
			if (b === undefined) continue;
			const value = cosine(a, b);
			matrix[i * count + j] = value;
			matrix[j * count + i] = value;
		}
	}
	return matrix;
}
