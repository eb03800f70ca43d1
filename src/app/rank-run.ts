import { type RolloutPlace, readRollouts } from "../artifacts/rollout-file.js";
import { checkRollouts } from "../artifacts/vouched-rollouts.js";
import type { FittedRankers } from "../domain/fitted-ranker.js";
import type { RankedTask, TaskRanking } from "../domain/ranking.js";
import type { RunConfig } from "../domain/run.js";
import type { FunctionTask, Task } from "../domain/task.js";
import type { SeenTask } from "../domain/training.js";
import { crossValidated, type LabelledRows } from "../energy/cross-validation.js";
import { FITTED } from "../energy/fitted-rankers.js";
import { BASELINES, type RankerNeeds } from "../energy/rankers.js";
import { type RankingGoal, rankingGoals } from "../energy/ranking-goals.js";
import { type RankerComparison, type RankerFigures, RankingTally } from "../energy/ranking-tally.js";
import type { WorldModel } from "../energy/world/world-model.js";
import { CONTROLS, ENERGY, WORLD_RANKERS } from "../energy/world-rankers.js";
import { AssayError } from "../lib/errors.js";
import { readModelTests } from "../tasks/model-written-tests.js";
import type { Observer } from "../verify/verifier.js";
import { type FactsOfTask, factsOfTask } from "./facts-of-task.js";
import { addFitted, fitRankers, seenByFitted } from "./fitted-rankers.js";
import { locateRun } from "./locate-run.js";
import { groupsOf, LEARNED, type Learned, rankedTask, rankingOf, type Scored, scored } from "./ranked-groups.js";
import type { RunInputs } from "./run-inputs.js";
import { askWorld, worldNumbers } from "./world-numbers.js";

export interface RankOptions {
	workspace: string;
	/** A run id, the start of one, `latest`, or the path of a run's result. */
	run: string;
	/** Where the run's tasks are now; null: where its plan says. */
	tasks: { path: string; format: string } | null;
	inputs: RunInputs;
	/** null: nothing is run, and rankers that need it are left out. */
	verifier: Observer | null;
	/** File of assertions that a model wrote; null: none. */
	modelTests: string | null;
	/** Candidates that are ranked against each other; null: all of a task. Tasks with fewer are ranked whole. */
	n: number | null;
	/** null: rankers that need one are left out. `allowSeen`: also tasks that it was trained on, marked. */
	world: { model: WorldModel; allowSeen: boolean } | null;
	/** Fitted on other runs' candidates; null: none. `allowSeen`: also tasks that they were fitted on, marked. */
	fitted: { rankers: FittedRankers; allowSeen: boolean } | null;
	/** Told why one of these two does not rank these tasks, which are then ranked without it; by default that is thrown. */
	onRefused?: (what: "world" | "fitted", error: AssayError) => void;
	folds: number;
	seed: number;
	signal: AbortSignal;
	/** Is given trees that were fitted on all of this run's tasks, for others. */
	onFitted?: (rankers: FittedRankers) => void;
	onProgress?: (done: number, total: number) => void;
	/** Not with `n`: a candidate is then in no more than one of several groups. */
	onTask?: (ranking: TaskRanking) => Promise<void>;
	/** Not with `n`: each task as soon as it is ranked, and again once fitted rankers have scored it. */
	onRanked?: (task: RankedTask) => void;
}

export interface RankingReport {
	runId: string;
	n: number | null;
	tasks: number;
	candidates: number;
	/** Groups with accepted and other candidates: only these can be ranked well or badly. Counted as tasks. */
	rerankable: number;
	/** What picking perfectly would add to picking at random: the most that any ranker can bring. */
	headroom: number;
	/** Judge errors: in no figure. */
	leftOut: number;
	folds: number;
	/** null: none was asked. */
	model: RankingModel | null;
	/** null: none was given. `seen`: of these tasks the ones that they were fitted on: no figure of theirs counts. */
	fitted: { runId: string; tasks: number; seen: SeenTask[] } | null;
	rankers: RankerFigures[];
	/** Its energy less what is left of it without the question, or with another task's. */
	controls: { ranker: string; less: RankerComparison }[];
	/** What was to be reached; one that is missed is shown as missed. */
	gates: RankingGoal[];
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
	const { signal, inputs, modelTests } = options;
	const { result, plan, files, rollouts } = await locateRun(options);
	const planned = (result ?? plan)?.config ?? null;
	if (planned === null) {
		throw new AssayError("usage", `${rollouts}: does not say where its tasks are`, { hint: "name the run by its id" });
	}
	const config =
		options.tasks === null ? planned : { ...planned, tasks: options.tasks.path, taskFormat: options.tasks.format };
	if (files !== null) await checkRollouts(files);
	const { places, leftOut } = await placesByTask(rollouts, signal);
	const assertions =
		modelTests === null
			? new Map<string, string[]>()
			: await readModelTests(modelTests, await entryPoints(config, inputs, signal));
	const has = new Set<RankerNeeds>(["nothing", "logprob", "execution"]);
	if (modelTests !== null) has.add("assertions");
	const groups: Scored[] = [];
	let [done, candidates] = [0, 0];
	const tasks = (): AsyncGenerator<FunctionTask> => functionTasks(inputs.tasks(config, signal), places);
	const questions =
		options.world === null
			? null
			: await unlessRefused("world", options, askWorld(tasks(), { ...options.world, seed: options.seed, signal }));
	const world = questions === null ? null : options.world;
	if (world !== null) has.add("world model");
	const seenByTrees =
		options.fitted === null
			? null
			: await unlessRefused(
					"fitted",
					options,
					seenByFitted(options.fitted.rankers, tasks(), { ...options.fitted, signal }),
				);
	const fitted = seenByTrees === null ? null : options.fitted;
	const read = (task: FunctionTask): Promise<FactsOfTask> =>
		factsOfTask(
			task,
			{ path: rollouts, places: places.get(task.id) ?? [] },
			{
				assertions: assertions.get(task.id) ?? [],
				verifier: options.verifier,
				world:
					world === null
						? null
						: (programs) =>
								worldNumbers(world.model, task, programs, { other: questions?.otherOf(task.id) ?? null, signal }),
				signal,
			},
		);
	for await (const of of inAdvance(tasks(), read)) {
		const { facts } = of;
		candidates += facts.length;
		if (facts.some(({ publicPassed }) => publicPassed > 0)) has.add("public tests");
		for (const group of groupsOf(facts, options)) {
			const ranked = scored(of, group);
			groups.push(ranked);
			if (options.n === null) options.onRanked?.(rankedTask(ranked));
		}
		options.onProgress?.(++done, places.size);
		signal.throwIfAborted();
	}
	if (groups.length === 0) throw new AssayError("usage", `${rollouts}: has no judged candidate of a function task`);
	await addLearned(groups, options);
	if (fitted !== null) addFitted(groups, fitted.rankers);
	const runId = result?.runId ?? plan?.runId ?? "";
	if (options.onFitted !== undefined) {
		options.onFitted(await fitRankers(groups, { ...options, runId, tasks: tasks() }));
	}
	if (options.n === null) {
		for (const group of groups) {
			options.onRanked?.(rankedTask(group));
			const seen = questions?.seen.get(group.taskId) ?? null;
			const seenBefore = seenByTrees?.find(({ taskId }) => taskId === group.taskId) ?? null;
			await options.onTask?.(
				rankingOf(runId, group, {
					model: world === null ? null : { name: world.model.folder.name, id: world.model.id, seen },
					fitted: fitted === null ? null : { runId: fitted.rankers.runId, seen: seenBefore },
				}),
			);
		}
	}
	const figures = figuresOf(groups, has);
	const hasSeenSome = (ranker: string): boolean =>
		(WORLD_RANKERS.some(({ name }) => name === ranker) && (questions?.seen.size ?? 0) > 0) ||
		(FITTED.some((name) => name === ranker) && (seenByTrees?.length ?? 0) > 0);
	return {
		runId,
		n: options.n,
		tasks: done,
		candidates,
		leftOut,
		folds: options.folds,
		model:
			world === null
				? null
				: { name: world.model.folder.name, id: world.model.id, seen: [...(questions?.seen.values() ?? [])] },
		fitted:
			fitted === null
				? null
				: { runId: fitted.rankers.runId, tasks: fitted.rankers.tasks.length, seen: seenByTrees ?? [] },
		...figures,
		gates: rankingGoals({ ...figures, isSeen: hasSeenSome }),
	};
}

/** null: it was refused, and that was told. */
async function unlessRefused<T>(
	what: "world" | "fitted",
	{ onRefused, signal }: RankOptions,
	looked: Promise<T>,
): Promise<T | null> {
	try {
		return await looked;
	} catch (error) {
		if (onRefused === undefined || signal.aborted || !(error instanceof AssayError)) throw error;
		onRefused(what, error);
		return null;
	}
}

async function* functionTasks(
	tasks: AsyncIterable<Task>,
	places: ReadonlyMap<string, unknown>,
): AsyncGenerator<FunctionTask> {
	for await (const task of tasks) if (task.kind === "function" && places.has(task.id)) yield task;
}

/** So many tasks are begun before the first is done: one slow candidate then leaves no judge idle. */
const TASKS_AHEAD = 3;

/** What `work` makes of each item, in their order. */
async function* inAdvance<A, B>(items: AsyncIterable<A>, work: (item: A) => Promise<B>): AsyncGenerator<B> {
	const begun: Promise<B>[] = [];
	try {
		for await (const item of items) {
			begun.push(work(item));
			const oldest = begun.length > TASKS_AHEAD ? begun.shift() : undefined;
			if (oldest !== undefined) yield await oldest;
		}
		for (let next = begun.shift(); next !== undefined; next = begun.shift()) yield await next;
	} finally {
		await Promise.allSettled(begun);
	}
}

async function placesByTask(rollouts: string, signal: AbortSignal) {
	const places = new Map<string, RolloutPlace[]>();
	let leftOut = 0;
	for await (const { rollout, place } of readRollouts(rollouts)) {
		signal.throwIfAborted();
		const { taskId } = rollout.candidate;
		if (rollout.verdict.status === "judge_error") leftOut++;
		else places.set(taskId, [...(places.get(taskId) ?? []), place]);
	}
	return { places, leftOut };
}

async function entryPoints(config: RunConfig, inputs: RunInputs, signal: AbortSignal): Promise<Map<string, string>> {
	const found = new Map<string, string>();
	for await (const task of inputs.tasks(config, signal))
		if (task.kind === "function") found.set(task.id, task.entryPoint);
	return found;
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
function figuresOf(
	groups: readonly Scored[],
	has: ReadonlySet<RankerNeeds>,
): Pick<RankingReport, "rankers" | "rerankable" | "headroom" | "controls"> {
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
	const rankers = tallies.map((tally) => tally.figures(floor));
	const chance = (name: string): number => rankers.find(({ ranker }) => ranker === name)?.firstChoice.value ?? 0;
	const tallyOf = (name: string): RankingTally | undefined => tallies.find(({ ranker }) => ranker === name);
	const energy = tallyOf(ENERGY);
	const controls = CONTROLS.flatMap((name) => {
		const control = tallyOf(name);
		return energy === undefined || control === undefined ? [] : [{ ranker: ENERGY, less: energy.less(control) }];
	});
	return {
		rankers,
		controls,
		rerankable: rankers[0]?.top1.tasks ?? 0,
		headroom: chance("oracle") - chance("random"),
	};
}
