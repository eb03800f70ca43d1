import { seededRandom } from "../lib/seeded-random.js";

/** What the samples of a task were worth when it was asked last. */
export interface Measured {
	accepted: number;
	n: number;
}

export interface CurriculumOptions {
	/** 0: every task is asked, whatever was measured; 1: hardly those that are solved often, never those that always are. */
	strength: number;
	/** Samples of a task where all are asked. */
	n: number;
	seed: number;
}

/** A task never gets more than so many times the samples that it would get if all were asked. */
const MOST_TIMES = 4;

/**
 * Which tasks are asked, each with probability 1 - s * p. p is (accepted + 1) / (n + 2) of the last measurement (Laplace's
 * rule), so that few samples do not settle a task; 1 where all samples were accepted, 0 for a task that was never asked. What
 * is left out has an example already, which replay keeps; its samples go to the others, where a first accepted program
 * teaches most.
 */
export function tasksToAsk(
	taskIds: readonly string[],
	measured: ReadonlyMap<string, Measured>,
	{ strength, n, seed }: CurriculumOptions,
): { taskIds: string[]; n: number } {
	const random = seededRandom(seed);
	const weighed = taskIds.map((taskId) => ({ taskId, weight: weightOf(measured.get(taskId), strength), u: random() }));
	const drawn = weighed.filter(({ weight, u }) => u < weight).map(({ taskId }) => taskId);
	const best = weighed.reduce((a, b) => (b.weight > a.weight ? b : a), weighed[0] ?? { taskId: "", weight: 0 });
	const asked = drawn.length > 0 ? drawn : [best.taskId];
	return { taskIds: asked, n: Math.min(MOST_TIMES * n, Math.floor((n * taskIds.length) / asked.length)) };
}

function weightOf(measured: Measured | undefined, strength: number): number {
	if (measured === undefined || measured.n === 0) return 1;
	const { accepted, n } = measured;
	return 1 - strength * (accepted === n ? 1 : (accepted + 1) / (n + 2));
}
