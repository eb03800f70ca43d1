import type { FittedRankers } from "../domain/fitted-ranker.js";
import type { RankedTask, RankingMade, TaskRanking } from "../domain/ranking.js";
import type { SeenTask } from "../domain/training.js";
import { crossValidated, type LabelledRows } from "../energy/cross-validation.js";
import { FEATURES } from "../energy/features.js";
import { FITTED } from "../energy/fitted-rankers.js";
import { BASELINES, type RankerNeeds } from "../energy/rankers.js";
import { type RankingGoal, rankingGoals } from "../energy/ranking-goals.js";
import { type RankedGroup, type RankerComparison, type RankerFigures, RankingTally } from "../energy/ranking-tally.js";
import type { WorldModel } from "../energy/world/world-model.js";
import { CONTROLS, ENERGY, WORLD_RANKERS } from "../energy/world-rankers.js";
import { version } from "../lib/version.js";
import { fitRankers } from "./fitted-rankers.js";
import { LEARNED, type Learned, rankedTask, rankingOf, type Scored } from "./ranked-groups.js";
import { type ScoreOptions, scoreRun } from "./score-run.js";

export interface RankOptions extends ScoreOptions {
	folds: number;
	/** For tests. */
	now?: () => Date;
	/** Is given trees that were fitted on all of this run's tasks, for others. */
	onFitted?: (rankers: FittedRankers) => void;
	/** Not with `n`: a candidate is then in no more than one of several groups. */
	onTask?: (ranking: TaskRanking) => Promise<void>;
	/** Not with `n`: each task as soon as it is scored, and again with trees that were fitted on the other ones. */
	onRanked?: (task: RankedTask) => void;
}

export interface RankingReport {
	runId: string;
	/** null: just now, or before this was kept. */
	made: RankingMade | null;
	n: number | null;
	tasks: number;
	candidates: number;
	/** Groups with accepted and other candidates: only these can be ranked well or badly. Counted as tasks. */
	rerankable: number;
	/** What picking perfectly would add to picking at random: the most that any ranker can bring. */
	headroom: number;
	/** Judge errors: in no figure; null: nobody knows any more. */
	leftOut: number | null;
	/** Of the trees; null: nobody knows any more. */
	folds: number | null;
	/** null: none was asked. */
	model: RankingModel | null;
	/** null: none was given. `seen`: of these tasks the ones that they were fitted on: no figure of theirs counts. */
	fitted: { runId: string; tasks: number | null; seen: SeenTask[] } | null;
	rankers: MeasuredRanker[];
	/** Its energy less what is left of it without the question, or with another task's. */
	controls: { ranker: string; less: RankerComparison }[];
	/** What was to be reached; one that is missed is shown as missed. */
	gates: RankingGoal[];
}

/** `seen`: some of these tasks taught it, so that nothing here counts. */
export interface MeasuredRanker extends RankerFigures {
	seen: boolean;
}

/** Scores of every ranker that are to be measured. */
export interface MeasuredGroup extends RankedGroup {
	scores: ReadonlyMap<string, ArrayLike<number>>;
}

export interface RankingModel {
	name: string;
	/** Start of its manifest's SHA-256. */
	id: string;
	/** Tasks among these that it was trained on: no figure of its rankers counts. */
	seen: SeenTask[];
}

const FLOOR = "static validity";
/** Ranks the candidates of each task by every baseline, and measures the rankings by the run's verdicts. */
export async function rankRun(options: RankOptions): Promise<RankingReport> {
	const { n, folds, verifier, now = () => new Date() } = options;
	const run = await scoreRun(options);
	const { runId, groups, world, fitted } = run;
	await addLearned(groups, options);
	if (options.onFitted !== undefined) {
		options.onFitted(await fitRankers(groups, { ...options, runId, tasks: run.functionTasks() }));
	}
	const made = { at: now().toISOString(), version, features: FEATURES, folds, isExecuted: verifier !== null };
	if (n === null) {
		for (const group of groups) {
			options.onRanked?.(rankedTask(group));
			await options.onTask?.(
				rankingOf(runId, group, {
					made,
					model: world && { ...nameOf(world.model), seen: world.seen.get(group.taskId) ?? null },
					fitted: fitted && {
						runId: fitted.rankers.runId,
						seen: fitted.seen.find(({ taskId }) => taskId === group.taskId) ?? null,
					},
				}),
			);
		}
	}
	const model = world && { ...nameOf(world.model), seen: [...world.seen.values()] };
	const by = fitted && { runId: fitted.rankers.runId, tasks: fitted.rankers.tasks.length, seen: [...fitted.seen] };
	return {
		runId,
		made: null,
		n,
		tasks: run.tasks,
		candidates: run.candidates,
		leftOut: run.leftOut,
		folds,
		model,
		fitted: by,
		...figuresOf(groups, run.has, { model, fitted: by }),
	};
}

function nameOf({ folder, id }: WorldModel): { name: string; id: string } {
	return { name: folder.name, id };
}

async function addLearned(groups: readonly Scored[], { folds, seed, signal }: RankOptions): Promise<void> {
	if (new Set(groups.map(({ taskId }) => taskId)).size < folds) return;
	for (const name of Object.keys(LEARNED) as Learned[]) {
		const rows: LabelledRows[] = groups.flatMap(({ taskId, accepted, rows: of }) => {
			const values = of.get(name)?.values;
			return values === undefined ? [] : [{ taskId, accepted, values }];
		});
		const width = groups[0]?.rows.get(name)?.width;
		if (width === undefined || rows.length < groups.length) continue;
		const pause = async (): Promise<void> => {
			await new Promise(setImmediate);
			signal.throwIfAborted();
		};
		const scores = await crossValidated(rows, { width, folds, seed, pause });
		for (const [i, group] of groups.entries()) group.scores.set(name, scores[i] ?? []);
	}
}

/** Rankers that some task lacks what they need for are left out: their figures would be of other tasks. */
export function figuresOf(
	groups: readonly MeasuredGroup[],
	has: ReadonlySet<RankerNeeds>,
	{ model, fitted }: Pick<RankingReport, "model" | "fitted">,
): Pick<RankingReport, "rankers" | "rerankable" | "headroom" | "controls" | "gates"> {
	const lacking = new Set(
		[...BASELINES, ...WORLD_RANKERS].filter(({ needs }) => !has.has(needs)).map(({ name }) => name),
	);
	const names = [...(groups[0]?.scores.keys() ?? [])].filter(
		(name) => !lacking.has(name) && groups.every(({ scores }) => scores.has(name)),
	);
	const tallies = names.map((name) => {
		const tally = new RankingTally(name);
		for (const group of groups) tally.add(group, group.scores.get(name) ?? []);
		return tally;
	});
	const floor = tallies.find(({ ranker }) => ranker === FLOOR) ?? null;
	const tallyOf = (name: string): RankingTally | undefined => tallies.find(({ ranker }) => ranker === name);
	const energy = tallyOf(ENERGY);
	const controls = CONTROLS.flatMap((name) => {
		const control = tallyOf(name);
		return energy === undefined || control === undefined ? [] : [{ ranker: ENERGY, less: energy.less(control) }];
	});
	const hasSome = (of: { seen: readonly unknown[] } | null): boolean => of !== null && of.seen.length > 0;
	const isSeen = (ranker: string): boolean =>
		(WORLD_RANKERS.some(({ name }) => name === ranker) && hasSome(model)) ||
		(FITTED.some((name) => name === ranker) && hasSome(fitted));
	const rankers = tallies.map((tally) => ({ ...tally.figures(floor), seen: isSeen(tally.ranker) }));
	const chance = (name: string): number => rankers.find(({ ranker }) => ranker === name)?.firstChoice.value ?? 0;
	return {
		rankers,
		controls,
		gates: rankingGoals({ groups, rankers, controls, isSeen }),
		rerankable: rankers[0]?.top1.tasks ?? 0,
		headroom: chance("oracle") - chance("random"),
	};
}
