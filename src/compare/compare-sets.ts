import type {
	ComparedPair,
	ComparedSet,
	ComparedTask,
	Comparison,
	Difference,
	Estimate,
} from "../domain/comparison.js";
import { bootstrapMean } from "../stats/bootstrap.js";
import { cohenDz, relativeLift } from "../stats/effect-size.js";
import { holm } from "../stats/holm.js";
import type { Interval } from "../stats/interval.js";
import { mcNemar, signFlip, wilcoxonSignedRank } from "../stats/paired.js";
import { passAtK } from "../stats/pass-at-k.js";
import { minimalDetectableDifference } from "../stats/power.js";
import { simultaneousMeans } from "../stats/simultaneous.js";
import { summarise } from "../stats/summary.js";
import { contradictionsIn } from "./contradictions.js";
import { changedTests } from "./differences.js";
import { changesByGroup, type TaskGroup } from "./group-changes.js";
import type { ResultSet, TaskOutcomes } from "./result-set.js";

export interface CompareOptions {
	k: number;
	seed: number;
	resamples: number;
	/** Found by `findDifferences`, and put up with. */
	differences: readonly Difference[];
	/** For what was gained and forgotten, group by group. */
	groups?: readonly TaskGroup[];
	/** Tasks that one of the models was trained on. */
	seen: ReadonlySet<string>;
	/** They are among the tasks of the sets, and every figure says how many. */
	seenIsScored: boolean;
}

const ALPHA = 0.05;
const LEVEL = 1 - ALPHA;
/** The smallest p that a sign-flip test of so many tasks can give is 2 / 2^n: above 0.05 up to here. */
const FEWEST_TASKS = 6;

/** The tasks that all sets have with the same tests, and every set's scores on those with enough candidates. */
export function scoreSets(sets: readonly ResultSet[], { k, seed, resamples, seen }: CompareOptions): ScoredSets {
	const changed = new Set(changedTests(sets));
	const ids = [...(sets[0]?.tasks.keys() ?? [])].filter(
		(id) => !changed.has(id) && sets.every(({ tasks }) => tasks.has(id)),
	);
	const enough = (id: string) => sets.every(({ tasks }) => (tasks.get(id)?.n ?? 0) >= k);
	// In one order, whatever order the candidates ended in: the draws then are the same.
	const scored = ids.filter(enough).sort();
	const scores = sets.map((set) => Float64Array.from(scored, (id) => scoreOf(set.tasks.get(id), k)));
	const seenCount = scored.filter((id) => seen.has(id)).length;
	const bootstrap = { seed, resamples, level: LEVEL, seenCount };
	const simultaneous = sets.length < 3 ? [] : simultaneousMeans(scores, bootstrap);
	return {
		scored,
		scores,
		bootstrap,
		leftOut: ids.filter((id) => !enough(id)),
		described: sets.map((set, i) =>
			describeSet(set, estimateOf(scores[i] ?? new Float64Array(), bootstrap), simultaneous[i] ?? null),
		),
	};
}

interface ScoredSets {
	/** Task ids, sorted. */
	scored: string[];
	/** For each set, in the order of `scored`. */
	scores: Float64Array[];
	bootstrap: Bootstrap;
	leftOut: string[];
	described: ComparedSet[];
}

/** Sets two or more results side by side: each against the first, over the tasks that all of them have. */
export function compareSets(sets: readonly ResultSet[], options: CompareOptions): Comparison {
	const { k, seed, resamples, differences } = options;
	const { scored, scores, bootstrap, leftOut, described } = scoreSets(sets, options);
	const [first, ...others] = sets;
	const [firstScores = new Float64Array()] = scores;
	const pairs =
		first === undefined
			? []
			: others.map((other, i) =>
					comparePair({ first, other, scored, before: firstScores, after: scores[i + 1] ?? firstScores }, bootstrap),
				);
	const adjusted = holm(pairs.map(({ p }) => p));
	return {
		schema: "assay.comparison.v1",
		k,
		level: LEVEL,
		resamples,
		seed,
		differences: [...differences],
		contradictions: contradictionsIn(sets),
		sets: described,
		pairs: pairs.map((pair, i) => conclude({ ...pair, pAdjusted: adjusted[i] ?? 1 })),
		groups: changesByGroup(sets, scored, options.groups ?? [], { k, seen: options.seen, ...bootstrap }),
		tasks: tasksByChange(sets, scored, scores, options.groups ?? []),
		leftOut,
		seen: [...options.seen].sort(),
		seenIsScored: options.seenIsScored,
		claims: [],
	};
}

interface Bootstrap {
	seed: number;
	resamples: number;
	level: number;
	/** Of the scored tasks, how many were seen in training. */
	seenCount: number;
}

interface PairInput {
	first: ResultSet;
	other: ResultSet;
	scored: readonly string[];
	before: Float64Array;
	after: Float64Array;
}

type Unconcluded = Omit<ComparedPair, "conclusion" | "reason">;

function comparePair({ first, other, scored, before, after }: PairInput, bootstrap: Bootstrap): Unconcluded {
	const changes = after.map((score, i) => score - (before[i] ?? 0));
	const { p, exact } = signFlip(changes, { seed: bootstrap.seed, resamples: bootstrap.resamples });
	const solved = countFlips(scored, (id) => [solvedIn(first, id), solvedIn(other, id)]);
	return {
		first: first.name,
		other: other.name,
		difference: estimateOf(changes, bootstrap),
		p,
		pAdjusted: p,
		exact,
		wilcoxonP: wilcoxonSignedRank(changes).p,
		solved: { ...solved, p: mcNemar(solved.gained, solved.lost) },
		samples: sampleFlips(first, other, scored),
		tasksUp: changes.filter((change) => change > 0).length,
		tasksDown: changes.filter((change) => change < 0).length,
		tasksSame: changes.filter((change) => change === 0).length,
		cohenDz: cohenDz(changes),
		relativeLift: scored.length === 0 ? null : relativeLift(meanOf(before), meanOf(after)),
		minimalDetectableDifference: minimalDetectableDifference(changes),
	};
}

/** A winner needs a small p and an interval on one side of 0: the two may part with few or skewed tasks. */
function conclude(pair: Unconcluded): ComparedPair {
	const { difference, pAdjusted } = pair;
	const undecided = (reason: string): ComparedPair => ({ ...pair, conclusion: "cannot_tell", reason });
	if (difference.value === null) return undecided("no task is scored in both");
	if (difference.tasks < FEWEST_TASKS) {
		return undecided(`${difference.tasks} tasks are too few: no outcome of the test could be significant`);
	}
	if (pAdjusted >= ALPHA) return undecided("such a difference arises by chance");
	const { interval } = difference;
	if (interval !== null && interval.low <= 0 && interval.high >= 0) return undecided("the interval holds 0");
	return { ...pair, conclusion: difference.value > 0 ? "better" : "worse", reason: null };
}

function estimateOf(values: Float64Array, bootstrap: Bootstrap): Estimate {
	return {
		value: values.length === 0 ? null : meanOf(values),
		interval: bootstrapMean(values, bootstrap),
		tasks: values.length,
		seen: bootstrap.seenCount,
	};
}

function describeSet(set: ResultSet, score: Estimate, simultaneous: Interval | null): ComparedSet {
	const { name, runId, path, sha256, subject, sampleCount, beyondN, statusCounts, training, contamination } = set;
	const tasks = [...set.tasks.values()];
	const judgeErrors = statusCounts.judge_error ?? 0;
	const judged = sampleCount - judgeErrors;
	const degenerate = (statusCounts.no_code ?? 0) + (statusCounts.compile_error ?? 0);
	const withPrograms = tasks.filter(({ withProgram }) => withProgram > 0);
	return {
		name,
		runId,
		path,
		sha256,
		subject,
		sampleCount,
		beyondN,
		judgeErrors,
		statusCounts,
		score,
		simultaneous: score.interval === null || simultaneous === null ? null : withinScores(simultaneous),
		mixedTasks: tasks.filter(({ n, accepted }) => accepted > 0 && accepted < n).length,
		degenerateRate: judged === 0 || set.published !== null ? null : degenerate / judged,
		distinctShare: summarise(Float64Array.from(withPrograms, (task) => task.distinctTexts / task.withProgram)).mean,
		training,
		contamination,
	};
}

/** A mean of shares is one itself, whatever a symmetric interval says. */
function withinScores({ low, high }: Interval): Interval {
	return { low: Math.max(0, low), high: Math.min(1, high) };
}

function tasksByChange(
	sets: readonly ResultSet[],
	scored: readonly string[],
	scores: readonly Float64Array[],
	groups: readonly TaskGroup[],
): ComparedTask[] {
	const [before] = scores;
	const after = scores.at(-1);
	return scored
		.map((taskId, i) => ({
			taskId,
			groups: groups.flatMap(({ by, name, ids }) => (ids.has(taskId) ? [{ by, name }] : [])),
			counts: sets.map(({ tasks }) => {
				const { n, accepted } = tasks.get(taskId) ?? { n: 0, accepted: 0 };
				return { n, accepted };
			}),
			change: (after?.[i] ?? 0) - (before?.[i] ?? 0),
		}))
		.sort((a, b) => a.change - b.change || (a.taskId < b.taskId ? -1 : 1));
}

function sampleFlips(first: ResultSet, other: ResultSet, scored: readonly string[]): { gained: number; lost: number } {
	const flips = { gained: 0, lost: 0 };
	for (const id of scored) {
		const after = other.tasks.get(id)?.rightBySample ?? [];
		first.tasks.get(id)?.rightBySample.forEach((wasRight, sample) => {
			const isRight = after[sample];
			if (isRight === undefined || wasRight === undefined || isRight === wasRight) return;
			flips[isRight ? "gained" : "lost"]++;
		});
	}
	return flips;
}

function countFlips(
	ids: readonly string[],
	of: (id: string) => readonly [boolean, boolean],
): { gained: number; lost: number } {
	const flips = { gained: 0, lost: 0 };
	for (const id of ids) {
		const [before, after] = of(id);
		if (before !== after) flips[after ? "gained" : "lost"]++;
	}
	return flips;
}

function solvedIn(set: ResultSet, id: string): boolean {
	return (set.tasks.get(id)?.accepted ?? 0) > 0;
}

function scoreOf(task: TaskOutcomes | undefined, k: number): number {
	return task === undefined ? 0 : passAtK(task.n, task.accepted, k);
}

function meanOf(values: Float64Array): number {
	let sum = 0;
	for (const value of values) sum += value;
	return sum / values.length;
}
