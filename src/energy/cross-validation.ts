import { seededRandom } from "../lib/seeded-random.js";
import { scoreRows, type TrainingRows, trainTrees } from "./boosted-trees.js";

/** Candidates of one group with their numbers, row by row. */
export interface LabelledRows {
	taskId: string;
	values: Float32Array;
	accepted: readonly boolean[];
}

interface Options {
	width: number;
	folds: number;
	seed: number;
	/** Called before each fold, where others may have their turn. */
	pause: () => Promise<void>;
}

/**
 * Scores of each group by trees that were fitted on groups of other tasks alone: tasks are dealt to folds at random, and
 * each fold is scored by what all the others teach. Groups of which all or none is accepted teach nothing.
 */
export async function crossValidated(
	groups: readonly LabelledRows[],
	{ width, folds, seed, pause }: Options,
): Promise<Float64Array[]> {
	const foldOf = dealt([...new Set(groups.map(({ taskId }) => taskId))].sort(), folds, seed);
	const scores: Float64Array[] = [];
	for (let fold = 0; fold < folds; fold++) {
		await pause();
		const taught = groups.filter(({ taskId, accepted }) => foldOf.get(taskId) !== fold && isMixed(accepted));
		const model = trainTrees(trainingRows(taught, width), { seed });
		for (const [i, group] of groups.entries())
			if (foldOf.get(group.taskId) === fold) scores[i] = scoreRows(model, group.values);
	}
	return scores;
}

function dealt(ids: string[], folds: number, seed: number): Map<string, number> {
	const random = seededRandom(seed);
	const drawn = ids.map((id) => ({ id, at: random() })).sort((a, b) => a.at - b.at);
	return new Map(drawn.map(({ id }, i) => [id, i % folds]));
}

/** Some are accepted, and some are not. */
export function isMixed(accepted: readonly boolean[]): boolean {
	return accepted.includes(true) && accepted.includes(false);
}

export function trainingRows(groups: readonly LabelledRows[], width: number): TrainingRows {
	const size = groups.reduce((sum, { accepted }) => sum + accepted.length, 0);
	const values = new Float32Array(size * width);
	const labels = new Uint8Array(size);
	const ends = new Int32Array(groups.length);
	let row = 0;
	for (const [i, { values: own, accepted }] of groups.entries()) {
		values.set(own, row * width);
		labels.set(accepted.map(Number), row);
		row += accepted.length;
		ends[i] = row;
	}
	return { width, values, labels, ends };
}
