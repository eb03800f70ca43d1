import { seededRandom } from "../lib/seeded-random.js";

/** Rows one after the other, `width` numbers each. */
export interface TrainingRows {
	width: number;
	values: Float32Array;
	/** 1: accepted. */
	labels: Uint8Array;
	/** Where each group of rows ends, in order: only rows of one group are compared. */
	ends: Int32Array;
}

export interface BoostingOptions {
	/** Defaults: 200 trees of depth 3, rate 0.05, 32 bins, half the columns a tree, penalty 5. */
	trees?: number;
	depth?: number;
	rate?: number;
	bins?: number;
	penalty?: number;
	seed?: number;
}

/** A tree of fixed depth: at node i go on to 2i+1 where the number is at most the threshold, else to 2i+2. */
export interface Tree {
	columns: Int32Array;
	thresholds: Float32Array;
	leaves: Float32Array;
}

export interface BoostedTrees {
	width: number;
	depth: number;
	trees: Tree[];
}

/**
 * Gradient boosting of regression trees with second-order gains (Friedman 2001; Chen & Guestrin 2016, eq. 6 and 7) over
 * histograms, for the logistic loss of pairs: an accepted row is to be above each other one of its group (RankNet, Burges
 * et al. 2005). The same rows and seed give the same trees.
 */
export function trainTrees(rows: TrainingRows, options: BoostingOptions = {}): BoostedTrees {
	const { trees: count = 200, depth = 3, rate = 0.05, bins = 32, penalty = 5, seed = 20260601 } = options;
	const { width, labels } = rows;
	const size = labels.length;
	const { edges, binned } = binsOf(rows, bins);
	const random = seededRandom(seed);
	const scores = new Float32Array(size);
	const gradients = new Float64Array(size);
	const curvatures = new Float64Array(size);
	const place = new Int32Array(size);
	const trees: Tree[] = [];
	for (let made = 0; made < count; made++) {
		fillGradients(rows, scores, { gradients, curvatures });
		const columns = halfOf(width, random);
		const inner = 2 ** depth - 1;
		const tree: Tree = {
			columns: new Int32Array(inner),
			thresholds: new Float32Array(inner).fill(Number.POSITIVE_INFINITY),
			leaves: new Float32Array(2 ** depth),
		};
		place.fill(0);
		for (let level = 0; level < depth; level++) {
			const first = 2 ** level - 1;
			const splits = bestSplits({
				binned,
				size,
				bins,
				columns,
				place,
				first,
				nodes: 2 ** level,
				gradients,
				curvatures,
				penalty,
			});
			for (const [node, split] of splits.entries()) {
				if (split === null) continue;
				tree.columns[first + node] = split.column;
				tree.thresholds[first + node] = edges[split.column]?.[split.bin] ?? Number.POSITIVE_INFINITY;
			}
			for (let row = 0; row < size; row++) {
				const at = place[row] ?? 0;
				const split = splits[at - first];
				const right = split != null && (binned[split.column * size + row] ?? 0) > split.bin;
				place[row] = 2 * at + (right ? 2 : 1);
			}
		}
		fillLeaves(tree, place, inner, { gradients, curvatures, penalty, rate });
		for (let row = 0; row < size; row++)
			scores[row] = (scores[row] ?? 0) + (tree.leaves[(place[row] ?? 0) - inner] ?? 0);
		trees.push(tree);
	}
	return { width, depth, trees };
}

/** Per row: the difference of two of one group is the log-odds that the first is the accepted one of them. */
export function scoreRows({ width, depth, trees }: BoostedTrees, values: Float32Array): Float64Array {
	const size = values.length / width;
	const inner = 2 ** depth - 1;
	const scores = new Float64Array(size);
	for (let row = 0; row < size; row++) {
		let sum = 0;
		for (const { columns, thresholds, leaves } of trees) {
			let at = 0;
			while (at < inner) {
				const value = values[row * width + (columns[at] ?? 0)] ?? 0;
				at = 2 * at + (value > (thresholds[at] ?? 0) ? 2 : 1);
			}
			sum += leaves[at - inner] ?? 0;
		}
		scores[row] = sum;
	}
	return scores;
}

/** A pair weighs two through the root of how many its group has: a group with more of them counts more, but not as much more. */
function fillGradients(
	{ labels, ends }: TrainingRows,
	scores: Float32Array,
	{ gradients, curvatures }: Pick<Level, "gradients" | "curvatures">,
): void {
	gradients.fill(0);
	curvatures.fill(0);
	const odds = Float64Array.from(scores, Math.exp);
	let from = 0;
	for (const end of ends) {
		const rows = Array.from({ length: end - from }, (_, i) => from + i);
		const accepted = rows.filter((row) => labels[row] === 1);
		const others = rows.filter((row) => labels[row] !== 1);
		const weight = 2 / Math.sqrt(accepted.length * others.length);
		for (const row of accepted) {
			const own = odds[row] ?? 0;
			let [gradient, curvature] = [0, 0];
			for (const other of others) {
				const its = odds[other] ?? 0;
				const wrong = its / (own + its);
				const bend = weight * wrong * (1 - wrong);
				gradient += weight * wrong;
				curvature += bend;
				gradients[other] = (gradients[other] ?? 0) + weight * wrong;
				curvatures[other] = (curvatures[other] ?? 0) + bend;
			}
			gradients[row] = 0 - gradient;
			curvatures[row] = curvature;
		}
		from = end;
	}
}

/** Upper edges of the bins of each column, at its quantiles, and the bin of each number, column by column. */
function binsOf({ width, values, labels }: TrainingRows, bins: number): { edges: Float32Array[]; binned: Uint8Array } {
	const size = labels.length;
	const binned = new Uint8Array(size * width);
	const edges: Float32Array[] = [];
	for (let column = 0; column < width; column++) {
		const numbers = new Float32Array(size);
		for (let row = 0; row < size; row++) numbers[row] = values[row * width + column] ?? 0;
		const sorted = Float32Array.from(numbers).sort();
		const cuts = new Set<number>();
		for (let bin = 1; bin < bins; bin++) cuts.add(sorted[Math.floor((bin * size) / bins)] ?? 0);
		const edge = Float32Array.from(cuts).sort();
		edges.push(edge);
		for (let row = 0; row < size; row++) binned[column * size + row] = binOf(edge, numbers[row] ?? 0);
	}
	return { edges, binned };
}

/** The first bin whose upper edge is not below the value; beyond the last edge, one more. */
function binOf(edges: Float32Array, value: number): number {
	let [low, high] = [0, edges.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((edges[middle] ?? 0) >= value) high = middle;
		else low = middle + 1;
	}
	return low;
}

function halfOf(width: number, random: () => number): Int32Array {
	const columns = Int32Array.from({ length: width }, (_, i) => i);
	const wanted = Math.max(1, width >> 1);
	for (let i = 0; i < wanted; i++) {
		const j = i + Math.floor(random() * (width - i));
		const kept = columns[i] ?? 0;
		columns[i] = columns[j] ?? 0;
		columns[j] = kept;
	}
	return columns.subarray(0, wanted).sort();
}

interface Level {
	binned: Uint8Array;
	size: number;
	bins: number;
	columns: Int32Array;
	place: Int32Array;
	/** Number of the level's first node, and how many there are. */
	first: number;
	nodes: number;
	gradients: Float64Array;
	curvatures: Float64Array;
	penalty: number;
}

interface Split {
	column: number;
	/** Rows up to this bin go left. */
	bin: number;
	gain: number;
}

function bestSplits(level: Level): (Split | null)[] {
	const { binned, size, bins, columns, place, first, nodes, gradients, curvatures, penalty } = level;
	const best: (Split | null)[] = new Array<Split | null>(nodes).fill(null);
	const sums = new Float64Array(nodes * bins * 2);
	for (const column of columns) {
		sums.fill(0);
		const start = column * size;
		for (let row = 0; row < size; row++) {
			const slot = (((place[row] ?? 0) - first) * bins + (binned[start + row] ?? 0)) * 2;
			sums[slot] = (sums[slot] ?? 0) + (gradients[row] ?? 0);
			sums[slot + 1] = (sums[slot + 1] ?? 0) + (curvatures[row] ?? 0);
		}
		for (let node = 0; node < nodes; node++) {
			const split = bestBin(sums.subarray(node * bins * 2, (node + 1) * bins * 2), penalty);
			if (split !== null && split.gain > (best[node]?.gain ?? 1e-9)) best[node] = { column, ...split };
		}
	}
	return best;
}

/** `sums`: gradient and curvature, bin by bin. */
function bestBin(sums: Float64Array, penalty: number): Omit<Split, "column"> | null {
	let [gradient, curvature] = [0, 0];
	for (let i = 0; i < sums.length; i += 2) {
		gradient += sums[i] ?? 0;
		curvature += sums[i + 1] ?? 0;
	}
	const whole = (gradient * gradient) / (curvature + penalty);
	let best: Omit<Split, "column"> | null = null;
	let [left, leftCurvature] = [0, 0];
	for (let bin = 0; bin < sums.length / 2 - 1; bin++) {
		left += sums[bin * 2] ?? 0;
		leftCurvature += sums[bin * 2 + 1] ?? 0;
		const right = gradient - left;
		const gain =
			(left * left) / (leftCurvature + penalty) + (right * right) / (curvature - leftCurvature + penalty) - whole;
		if (gain > (best?.gain ?? 1e-9)) best = { bin, gain };
	}
	return best;
}

function fillLeaves(
	{ leaves }: Tree,
	place: Int32Array,
	inner: number,
	{ gradients, curvatures, penalty, rate }: Pick<Level, "gradients" | "curvatures" | "penalty"> & { rate: number },
): void {
	const sums = new Float64Array(leaves.length * 2);
	for (let row = 0; row < place.length; row++) {
		const leaf = ((place[row] ?? 0) - inner) * 2;
		sums[leaf] = (sums[leaf] ?? 0) + (gradients[row] ?? 0);
		sums[leaf + 1] = (sums[leaf + 1] ?? 0) + (curvatures[row] ?? 0);
	}
	for (let leaf = 0; leaf < leaves.length; leaf++)
		leaves[leaf] = (-rate * (sums[leaf * 2] ?? 0)) / ((sums[leaf * 2 + 1] ?? 0) + penalty);
}
