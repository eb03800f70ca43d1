import type { FittedRankers, FittedSet } from "../domain/fitted-ranker.js";
import { fitLogistic, logisticOf } from "../stats/logistic-fit.js";
import { scoreRows, type Tree, trainTrees } from "./boosted-trees.js";
import { crossValidated, isMixed, type LabelledRows, trainingRows } from "./cross-validation.js";

interface Options {
	width: number;
	folds: number;
	seed: number;
	/** Called before each piece of work, where others may have their turn. */
	pause: () => Promise<void>;
}

/** Sums of trees that drew their columns differently are steadier than one. */
const BAGS = 3;
const DEPTH = 3;

/**
 * Trees fitted on all groups, and a curve from their sum to a probability that was fitted on scores of groups that trees had
 * not seen. Throws RangeError where no group has accepted and other candidates.
 */
export async function fitSet(groups: readonly LabelledRows[], options: Options): Promise<FittedSet> {
	const unseen = await crossValidated(groups, options);
	const labels = groups.flatMap(({ accepted }) => accepted);
	const calibration = fitLogistic(
		unseen.flatMap((scores) => [...scores]),
		labels,
	);
	const rows = trainingRows(
		groups.filter(({ accepted }) => isMixed(accepted)),
		options.width,
	);
	const trees: FittedSet["trees"] = [];
	for (let bag = 0; bag < BAGS; bag++) {
		await options.pause();
		const model = trainTrees(rows, { seed: options.seed + bag, depth: DEPTH });
		for (const tree of model.trees) trees.push(storedTree(tree));
	}
	return { width: options.width, depth: DEPTH, trees, calibration };
}

/** Calibrated probabilities of the rows of a group. Throws RangeError for rows of another width. */
export function probabilities(set: FittedSet, rows: { width: number; values: Float32Array }): Float64Array {
	if (rows.width !== set.width) throw new RangeError(`${rows.width} numbers a candidate, not ${set.width}`);
	const { width, depth } = set;
	const scores = scoreRows({ width, depth, trees: set.trees.map(readTree) }, rows.values);
	return scores.map((score) => logisticOf(set.calibration, score / BAGS));
}

function storedTree({ columns, thresholds, leaves }: Tree): FittedSet["trees"][number] {
	return {
		columns: [...columns],
		thresholds: [...thresholds].map((threshold) => (Number.isFinite(threshold) ? shortest(threshold) : null)),
		leaves: [...leaves].map(shortest),
	};
}

/** So many digits tell a 32-bit number from all others. */
function shortest(value: number): number {
	return Number(value.toPrecision(9));
}

function readTree({ columns, thresholds, leaves }: FittedSet["trees"][number]): Tree {
	return {
		columns: Int32Array.from(columns),
		thresholds: Float32Array.from(thresholds, (threshold) => threshold ?? Number.POSITIVE_INFINITY),
		leaves: Float32Array.from(leaves),
	};
}

/** Ranker names of both sets. */
export const FITTED = ["pass probability", "pass probability, run"] as const;

/** With the rows that each takes. */
export function setsOf({ static: still, everything }: FittedRankers) {
	return [
		{ name: FITTED[0], set: still, rowsOf: "trees, static" as const },
		...(everything === null ? [] : [{ name: FITTED[1], set: everything, rowsOf: "trees, everything" as const }]),
	];
}
