import { rankingAuc } from "./ranking.js";

/** Probabilities from `low` up to `high`. */
export interface ReliabilityBin {
	low: number;
	high: number;
	count: number;
	/** Mean probability, and share that is accepted; null: none is in it. */
	predicted: number | null;
	accepted: number | null;
}

export interface CalibrationFigures {
	count: number;
	accepted: number;
	/** Area under the ROC curve over all pairs, ties 0.5; null: all are accepted, or none. */
	rocAuc: number | null;
	/** Mean precision at each accepted one, equal probabilities taken at once; null: none is accepted. */
	averagePrecision: number | null;
	/** Mean squared difference (Brier 1950). */
	brier: number;
	/** Expected calibration error over the bins (Naeini et al. 2015). */
	ece: number;
	bins: ReliabilityBin[];
}

const BINS = 10;

/** Of probabilities in [0, 1]; bins of equal width. Throws RangeError for anything else, and without any. */
export function calibrationFigures(probabilities: ArrayLike<number>, accepted: ArrayLike<boolean>): CalibrationFigures {
	const count = probabilities.length;
	if (count === 0 || accepted.length !== count)
		throw new RangeError(`${count} probabilities, ${accepted.length} labels`);
	const counts = new Float64Array(BINS);
	const sums = new Float64Array(BINS);
	const rights = new Float64Array(BINS);
	let squares = 0;
	for (let i = 0; i < count; i++) {
		const probability = probabilities[i] ?? Number.NaN;
		if (!(probability >= 0 && probability <= 1)) throw new RangeError(`${probability} is no probability`);
		const bin = Math.min(BINS - 1, Math.floor(probability * BINS));
		const label = accepted[i] ? 1 : 0;
		counts[bin] = (counts[bin] ?? 0) + 1;
		sums[bin] = (sums[bin] ?? 0) + probability;
		rights[bin] = (rights[bin] ?? 0) + label;
		squares += (probability - label) ** 2;
	}
	const bins = Array.from({ length: BINS }, (_, bin): ReliabilityBin => {
		const size = counts[bin] ?? 0;
		return {
			low: bin / BINS,
			high: (bin + 1) / BINS,
			count: size,
			predicted: size === 0 ? null : (sums[bin] ?? 0) / size,
			accepted: size === 0 ? null : (rights[bin] ?? 0) / size,
		};
	});
	return {
		count,
		accepted: rights.reduce((a, b) => a + b, 0),
		rocAuc: rankingAuc(probabilities, accepted),
		averagePrecision: averagePrecision(probabilities, accepted),
		brier: squares / count,
		ece: bins.reduce((sum, bin) => sum + (bin.count / count) * Math.abs((bin.predicted ?? 0) - (bin.accepted ?? 0)), 0),
		bins,
	};
}

/** Sum over thresholds of precision times what recall grows by. null: none is accepted. */
export function averagePrecision(scores: ArrayLike<number>, accepted: ArrayLike<boolean>): number | null {
	const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
	let [right, seen, sum] = [0, 0, 0];
	for (let from = 0; from < order.length; ) {
		let to = from;
		let here = 0;
		for (; to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]; to++)
			if (accepted[order[to] ?? 0]) here++;
		seen += to - from;
		right += here;
		sum += here * (right / seen);
		from = to;
	}
	return right === 0 ? null : sum / right;
}
