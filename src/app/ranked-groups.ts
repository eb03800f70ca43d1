import type { RolloutPlace } from "../artifacts/rollout-file.js";
import type { RankedTask, TaskRanking } from "../domain/ranking.js";
import type { CandidateFacts } from "../energy/candidate-facts.js";
import { allFeatures, type FeatureRows, staticFeatures } from "../energy/features.js";
import { type Group, groupOf } from "../energy/group.js";
import { BASELINES, ORACLE } from "../energy/rankers.js";
import type { RankedGroup } from "../energy/ranking-tally.js";
import { similarities } from "../energy/similarity.js";
import { WORLD_RANKERS } from "../energy/world-rankers.js";
import { seededRandom } from "../lib/seeded-random.js";
import type { FactsOfTask } from "./facts-of-task.js";

/** Fitted on the tasks of other folds. */
export const LEARNED = {
	"trees, static": (group: Group) => staticFeatures(group),
	"trees, everything": (group: Group) => allFeatures(group),
} as const;
export type Learned = keyof typeof LEARNED;

/** Candidates that are ranked against each other, with what every ranker says that has what it needs. */
export interface Scored extends RankedGroup {
	starterCode: string;
	sampleIndexes: readonly number[];
	duplicateOf: readonly (number | null)[];
	rollouts: readonly RolloutPlace[];
	scores: Map<string, ArrayLike<number>>;
	rows: Map<Learned, FeatureRows>;
}

/** The whole task, or disjoint groups of n that are drawn at random. */
export function* groupsOf(
	facts: readonly CandidateFacts[],
	{ n, seed }: { n: number | null; seed: number },
): Generator<Group> {
	const matrix = similarities(facts.map(({ bigrams }) => bigrams));
	const group = (of: readonly number[]): Group =>
		groupOf(
			of.flatMap((i) => facts[i] ?? []),
			(i, j) => matrix[(of[i] ?? 0) * facts.length + (of[j] ?? 0)] ?? 0,
		);
	const all = facts.map((_, i) => i);
	if (n === null || facts.length <= n) {
		yield group(all);
		return;
	}
	const random = seededRandom(seed);
	const drawn = all.map((i) => ({ i, at: random() })).sort((a, b) => a.at - b.at);
	for (let from = 0; from + n <= drawn.length; from += n)
		yield group(
			drawn
				.slice(from, from + n)
				.map(({ i }) => i)
				.sort((a, b) => a - b),
		);
}

export function scored({ task, placeOf }: FactsOfTask, group: Group): Scored {
	const { candidates } = group;
	const found = [...BASELINES, ...WORLD_RANKERS, ORACLE].flatMap((ranker) => {
		const scores = ranker.scores(group);
		return scores === null ? [] : [[ranker.name, scores] as const];
	});
	const rows = (Object.keys(LEARNED) as Learned[]).flatMap((name) => {
		const features = LEARNED[name](group);
		return features === null ? [] : [[name, features] as const];
	});
	return {
		taskId: task.id,
		starterCode: task.starterCode,
		sampleIndexes: candidates.map(({ sampleIndex }) => sampleIndex),
		accepted: candidates.map(({ accepted }) => accepted),
		valid: candidates.map(({ valid }) => valid),
		duplicateOf: duplicatesIn(candidates),
		rollouts: candidates.flatMap(({ sampleIndex }) => placeOf.get(sampleIndex) ?? []),
		scores: new Map(found),
		rows: new Map(rows),
	};
}

/** Of each the first one before it with an equal program. */
function duplicatesIn(candidates: readonly CandidateFacts[]): (number | null)[] {
	const firsts = new Map<string, number>();
	return candidates.map(({ program, sampleIndex }) => {
		const first = program === "" ? undefined : firsts.get(program);
		if (first === undefined) firsts.set(program, sampleIndex);
		return first ?? null;
	});
}

export function rankedTask({ rows: _, scores, ...ranked }: Scored): RankedTask {
	return { ...ranked, scores: new Map([...scores].filter(([name]) => name !== ORACLE.name)) };
}

export function rankingOf(
	runId: string,
	group: Scored,
	by: Pick<TaskRanking, "made" | "model" | "fitted">,
): TaskRanking {
	const { taskId, sampleIndexes, accepted, valid, duplicateOf, scores } = rankedTask(group);
	return {
		schema: "assay.ranking.v1",
		runId,
		taskId,
		...by,
		candidates: sampleIndexes.map((sampleIndex, i) => ({
			sampleIndex,
			accepted: accepted[i] ?? false,
			valid: valid[i] ?? false,
			duplicateOf: duplicateOf[i] ?? null,
			scores: Object.fromEntries([...scores].map(([name, of]) => [name, of[i] ?? 0])),
		})),
	};
}
