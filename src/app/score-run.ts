import { type RolloutPlace, readRollouts } from "../artifacts/rollout-file.js";
import { checkRollouts } from "../artifacts/vouched-rollouts.js";
import type { FittedRankers } from "../domain/fitted-ranker.js";
import type { RankedTask } from "../domain/ranking.js";
import type { RunConfig } from "../domain/run.js";
import type { FunctionTask, Task } from "../domain/task.js";
import type { SeenTask } from "../domain/training.js";
import type { RankerNeeds } from "../energy/rankers.js";
import type { WorldModel } from "../energy/world/world-model.js";
import { AssayError } from "../lib/errors.js";
import { readModelTests } from "../tasks/model-written-tests.js";
import type { Observer } from "../verify/verifier.js";
import { type FactsOfTask, factsOfTask } from "./facts-of-task.js";
import { addFitted, seenByFitted } from "./fitted-rankers.js";
import { locateRun } from "./locate-run.js";
import { groupsOf, rankedTask, type Scored, scored } from "./ranked-groups.js";
import type { RunInputs } from "./run-inputs.js";
import { askWorld, worldNumbers } from "./world-numbers.js";

export interface ScoreOptions {
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
	seed: number;
	signal: AbortSignal;
	onProgress?: (done: number, total: number) => void;
	/** Not with `n`: each task as soon as it is scored. */
	onRanked?: (task: RankedTask) => void;
}

export interface ScoredRun {
	runId: string;
	groups: Scored[];
	/** What some candidate has of what rankers need. */
	has: ReadonlySet<RankerNeeds>;
	tasks: number;
	candidates: number;
	/** Judge errors. */
	leftOut: number;
	/** null: none was asked. `seen`: tasks that it was trained on, by id. */
	world: { model: WorldModel; seen: ReadonlyMap<string, SeenTask> } | null;
	/** null: none were given. `seen`: tasks that they were fitted on. */
	fitted: { rankers: FittedRankers; seen: readonly SeenTask[] } | null;
	functionTasks(): AsyncIterable<FunctionTask>;
}

/** What every ranker that learns nothing from this run says of its candidates, and what fitted ones say. */
export async function scoreRun(options: ScoreOptions): Promise<ScoredRun> {
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
	const tasks = (): AsyncGenerator<FunctionTask> => functionTasks(inputs.tasks(config, signal), places);
	const { seed } = options;
	const questions =
		options.world && (await unlessRefused("world", options, askWorld(tasks(), { ...options.world, seed, signal })));
	const model = questions === null ? null : (options.world?.model ?? null);
	if (model !== null) has.add("world model");
	const given = options.fitted;
	const taught =
		given && (await unlessRefused("fitted", options, seenByFitted(given.rankers, tasks(), { ...given, signal })));
	const fitted = given === null || taught === null ? null : { rankers: given.rankers, seen: taught };
	const read = (task: FunctionTask): Promise<FactsOfTask> =>
		factsOfTask(
			task,
			{ path: rollouts, places: places.get(task.id) ?? [] },
			{
				assertions: assertions.get(task.id) ?? [],
				verifier: options.verifier,
				world:
					model === null
						? null
						: (programs) => worldNumbers(model, task, programs, { other: questions?.otherOf(task.id) ?? null, signal }),
				signal,
			},
		);
	const groups: Scored[] = [];
	let [done, candidates] = [0, 0];
	for await (const of of inAdvance(tasks(), read)) {
		const { facts } = of;
		candidates += facts.length;
		if (facts.some(({ publicPassed }) => publicPassed > 0)) has.add("public tests");
		for (const group of groupsOf(facts, options)) {
			const ranked = scored(of, group);
			if (fitted !== null) addFitted([ranked], fitted.rankers);
			groups.push(ranked);
			if (options.n === null) options.onRanked?.(rankedTask(ranked));
		}
		options.onProgress?.(++done, places.size);
		signal.throwIfAborted();
	}
	if (groups.length === 0) throw new AssayError("usage", `${rollouts}: has no judged candidate of a function task`);
	return {
		runId: result?.runId ?? plan?.runId ?? "",
		groups,
		has,
		tasks: done,
		candidates,
		leftOut,
		world: model === null ? null : { model, seen: questions?.seen ?? new Map() },
		fitted,
		functionTasks: tasks,
	};
}

/** null: it was refused, and that was told. */
async function unlessRefused<T>(
	what: "world" | "fitted",
	{ onRefused, signal }: ScoreOptions,
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
