/** Vectors of `width` numbers, one after the other. */
export interface Vectors {
	width: number;
	values: Float32Array;
}

export interface LatentFigures {
	count: number;
	width: number;
	/** exp of the entropy of the covariance's eigenvalues, scaled to sum 1 (Roy & Vetterli 2007); 0 where all vectors are equal. */
	effectiveRank: number;
	/** Of `width`. */
	effectiveRankRatio: number;
	variance: { least: number; median: number; most: number };
	/** Over pairs; 0 with fewer than two vectors. */
	meanCosine: number;
	meanNorm: number;
	/** Entropy, in nats, of which vector is the nearest of how many by cosine; near 0: one is everybody's neighbour. */
	neighbourEntropy: number;
}

/** Throws RangeError without vectors. */
export function latentFigures(vectors: Vectors): LatentFigures {
	const { width } = vectors;
	const count = countOf(vectors);
	if (count === 0) throw new RangeError("no vectors");
	const { covariance } = covarianceOf(vectors);
	const variances = Array.from(
		{ length: width },
		(_, i) => (covariance[i * width + i] ?? 0) * ((count - 1 || 1) / count),
	);
	variances.sort((a, b) => a - b);
	const middle = (width - 1) / 2;
	const { values } = eigen(covariance, width);
	const effectiveRank = effectiveRankOf(values);
	return {
		count,
		width,
		effectiveRank,
		effectiveRankRatio: effectiveRank / width,
		variance: {
			least: variances[0] ?? 0,
			median: ((variances[Math.floor(middle)] ?? 0) + (variances[Math.ceil(middle)] ?? 0)) / 2,
			most: variances.at(-1) ?? 0,
		},
		...neighbourFigures(vectors),
	};
}

/** Where each vector lies in the plane in which they differ most; x and y by turns. */
export function principalPlane(vectors: Vectors): Float64Array {
	const { width, values } = vectors;
	const count = countOf(vectors);
	const places = new Float64Array(count * 2);
	if (count < 2) return places;
	const { covariance, means } = covarianceOf(vectors);
	const { values: spread, axes } = eigen(covariance, width);
	const order = Array.from({ length: width }, (_, i) => i).sort((a, b) => (spread[b] ?? 0) - (spread[a] ?? 0));
	for (const [side, axis] of order.slice(0, 2).entries()) {
		// An axis may point either way: its largest part is positive, so that the same vectors give the same picture.
		let most = 0;
		for (let i = 0; i < width; i++) {
			const part = axes[i * width + axis] ?? 0;
			if (Math.abs(part) > Math.abs(most)) most = part;
		}
		for (let row = 0; row < count; row++) {
			let sum = 0;
			for (let i = 0; i < width; i++)
				sum += ((values[row * width + i] ?? 0) - (means[i] ?? 0)) * (axes[i * width + axis] ?? 0);
			places[row * 2 + side] = sum * Math.sign(most);
		}
	}
	return places;
}

export interface DimensionFigures {
	/** Of each dimension. */
	variances: number[];
	/** Of each two dimensions, row by row, -1 to 1; 0 where one of them does not vary. */
	correlations: number[][];
}

/** Throws RangeError without vectors. */
export function dimensionFigures(vectors: Vectors): DimensionFigures {
	const { width } = vectors;
	if (countOf(vectors) === 0) throw new RangeError("no vectors");
	const { covariance } = covarianceOf(vectors);
	const at = (i: number, j: number): number => covariance[i * width + j] ?? 0;
	const each = Array.from({ length: width }, (_, i) => i);
	return {
		variances: each.map((i) => at(i, i)),
		correlations: each.map((i) =>
			each.map((j) => {
				const scale = Math.sqrt(at(i, i) * at(j, j));
				return scale === 0 ? 0 : Math.max(-1, Math.min(1, at(i, j) / scale));
			}),
		),
	};
}

/** Of each dimension the share of its variance that lies between groups of rows, 0 to 1 (Fisher 1925); 0 where it does not vary. */
export function etaSquared({ width, values }: Vectors, groupOf: (row: number) => string): number[] {
	const count = countOf({ width, values });
	const sums = new Map<string, { size: number; sum: Float64Array }>();
	for (let row = 0; row < count; row++) {
		const group = sums.get(groupOf(row)) ?? { size: 0, sum: new Float64Array(width) };
		sums.set(groupOf(row), group);
		group.size++;
		for (let i = 0; i < width; i++) group.sum[i] = (group.sum[i] ?? 0) + (values[row * width + i] ?? 0);
	}
	return Array.from({ length: width }, (_, i) => {
		let [sum, squares, between] = [0, 0, 0];
		for (let row = 0; row < count; row++) {
			const value = values[row * width + i] ?? 0;
			sum += value;
			squares += value * value;
		}
		const expected = (sum * sum) / Math.max(1, count);
		for (const group of sums.values()) between += (group.sum[i] ?? 0) ** 2 / group.size;
		const total = squares - expected;
		return total <= 1e-9 * squares ? 0 : Math.max(0, between - expected) / total;
	});
}

export function effectiveRankOf(spectrum: ArrayLike<number>): number {
	let [total, entropy] = [0, 0];
	for (let i = 0; i < spectrum.length; i++) total += Math.max(0, spectrum[i] ?? 0);
	if (total <= 0) return 0;
	for (let i = 0; i < spectrum.length; i++) {
		const share = Math.max(0, spectrum[i] ?? 0) / total;
		if (share > 0) entropy -= share * Math.log(share);
	}
	return Math.exp(entropy);
}

function countOf({ width, values }: Vectors): number {
	return values.length / width;
}

/** With n - 1 in the denominator. */
function covarianceOf(vectors: Vectors): { covariance: Float64Array; means: Float64Array } {
	const { width, values } = vectors;
	const count = countOf(vectors);
	const means = new Float64Array(width);
	for (let i = 0; i < values.length; i++) means[i % width] = (means[i % width] ?? 0) + (values[i] ?? 0) / count;
	const covariance = new Float64Array(width * width);
	const centred = new Float64Array(width);
	for (let row = 0; row < count; row++) {
		for (let i = 0; i < width; i++) centred[i] = (values[row * width + i] ?? 0) - (means[i] ?? 0);
		for (let i = 0; i < width; i++)
			for (let j = i; j < width; j++)
				covariance[i * width + j] = (covariance[i * width + j] ?? 0) + (centred[i] ?? 0) * (centred[j] ?? 0);
	}
	const over = Math.max(1, count - 1);
	for (let i = 0; i < width; i++) {
		for (let j = i; j < width; j++) {
			const value = (covariance[i * width + j] ?? 0) / over;
			covariance[i * width + j] = value;
			covariance[j * width + i] = value;
		}
	}
	return { covariance, means };
}

function neighbourFigures(vectors: Vectors): Pick<LatentFigures, "meanCosine" | "meanNorm" | "neighbourEntropy"> {
	const { width, values } = vectors;
	const count = countOf(vectors);
	const norms = Float64Array.from({ length: count }, (_, row) =>
		Math.hypot(...values.subarray(row * width, (row + 1) * width)),
	);
	const nearest = new Int32Array(count);
	const nearness = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
	let sum = 0;
	for (let a = 0; a < count; a++) {
		for (let b = a + 1; b < count; b++) {
			let dot = 0;
			for (let i = 0; i < width; i++) dot += (values[a * width + i] ?? 0) * (values[b * width + i] ?? 0);
			const cosine = dot / (Math.max(norms[a] ?? 0, 1e-12) * Math.max(norms[b] ?? 0, 1e-12));
			sum += cosine;
			if (cosine > (nearness[a] ?? 0)) [nearness[a], nearest[a]] = [cosine, b];
			if (cosine > (nearness[b] ?? 0)) [nearness[b], nearest[b]] = [cosine, a];
		}
	}
	const chosen = new Float64Array(count);
	for (const row of nearest) chosen[row] = (chosen[row] ?? 0) + 1;
	return {
		meanCosine: count < 2 ? 0 : sum / ((count * (count - 1)) / 2),
		meanNorm: norms.reduce((a, b) => a + b, 0) / count,
		neighbourEntropy: count < 2 ? 0 : Math.log(effectiveRankOf(chosen)),
	};
}

/** Eigenvalues of a symmetric matrix and its axes as columns, by Jacobi's rotations (Golub & Van Loan, section 8.5). */
function eigen(matrix: Float64Array, size: number): { values: Float64Array; axes: Float64Array } {
	const a = Float64Array.from(matrix);
	const axes = new Float64Array(size * size);
	for (let i = 0; i < size; i++) axes[i * size + i] = 1;
	const trace = Array.from({ length: size }, (_, i) => Math.abs(a[i * size + i] ?? 0)).reduce((x, y) => x + y, 0);
	for (let sweep = 0; sweep < 60; sweep++) {
		let rest = 0;
		for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rest += (a[p * size + q] ?? 0) ** 2;
		if (Math.sqrt(rest) <= 1e-12 * trace) break;
		for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, axes, size, p, q);
	}
	return { values: Float64Array.from({ length: size }, (_, i) => a[i * size + i] ?? 0), axes };
}

function rotate(a: Float64Array, axes: Float64Array, size: number, p: number, q: number): void {
	const off = a[p * size + q] ?? 0;
	if (off === 0) return;
	const theta = ((a[q * size + q] ?? 0) - (a[p * size + p] ?? 0)) / (2 * off);
	const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
	const c = 1 / Math.sqrt(t * t + 1);
	const s = t * c;
	for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q, c, s);
	for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k, c, s);
	for (let k = 0; k < size; k++) turn(axes, k * size + p, k * size + q, c, s);
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
	const [x, y] = [values[i] ?? 0, values[j] ?? 0];
	values[i] = c * x - s * y;
	values[j] = s * x + c * y;
}
