import type { RankedTask } from "../domain/ranking.js";
import { firstChoice } from "../stats/ranking.js";

/** Where a ranker puts a candidate. */
export interface CandidatePlace {
	/** From 1 on; level ones share the first of their places. */
	place: number;
	/** Level ones share the mean of their places. */
	mean: number;
	isTied: boolean;
}

/** Of each candidate by these scores, the highest first. */
export function placesOf(scores: ArrayLike<number>): CandidatePlace[] {
	const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
	const places: CandidatePlace[] = [];
	for (let from = 0; from < order.length; ) {
		let to = from;
		while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to++;
		const place = { place: from + 1, mean: (from + 1 + to) / 2, isTied: to - from > 1 };
		for (; from < to; from++) places[order[from] ?? 0] = place;
	}
	return places;
}

/** Best quarter against worse half. */
const GOOD = 0.25;
const BAD = 0.5;

/** Whether one ranker puts it among the best quarter and the other among the worse half. */
function isDisagreement(one: number, other: number, count: number): boolean {
	const [low, high] = [Math.min(one, other), Math.max(one, other)];
	return low <= Math.max(1, GOOD * count) && high > BAD * count + 0.5;
}

const known = new WeakMap<RankedTask, Map<string, CandidatePlace[]>>();

/** Places of a task's candidates by one of its rankers; none by one that it lacks. */
export function placesBy(task: RankedTask, ranker: string): readonly CandidatePlace[] {
	const ofTask = known.get(task) ?? new Map<string, CandidatePlace[]>();
	known.set(task, ofTask);
	const places = ofTask.get(ranker) ?? placesOf(task.scores.get(ranker) ?? []);
	ofTask.set(ranker, places);
	return places;
}

/** These claim nothing of a candidate: nobody disagrees with them. */
const NO_CLAIM: ReadonlySet<string> = new Set(["random", "sample order"]);

/** Rankers that say something of the candidates. */
export const claiming = (rankers: readonly string[]) => rankers.filter((name) => !NO_CLAIM.has(name));

/** Rankers that put a candidate elsewhere than `ranker` does: among the best where that has it among the worse, or the other way round. */
export function disagreeing(task: RankedTask, ranker: string, at: number): string[] {
	return claiming([...task.scores.keys()]).filter((name) => isOtherwise(task, { ranker, name, at }));
}

/** Whether `name` has a candidate among the best where `ranker` has it among the worse, or the other way round. */
export function isOtherwise(
	task: RankedTask,
	{ ranker, name, at }: { ranker: string; name: string; at: number },
): boolean {
	const own = placesBy(task, ranker)[at];
	const other = placesBy(task, name)[at];
	return own !== undefined && other !== undefined && isDisagreement(own.mean, other.mean, task.sampleIndexes.length);
}

/** It has accepted candidates and others: only such a task can be ranked well or badly. */
export function isRerankable({ accepted }: RankedTask): boolean {
	return accepted.includes(true) && accepted.includes(false);
}

/** Chance that the candidate which a ranker puts first is accepted; null: it does not rank this task. */
export function firstRight(task: RankedTask, ranker: string): number | null {
	const scores = task.scores.get(ranker);
	return scores === undefined || scores.length === 0 ? null : firstChoice(scores, task.accepted);
}
