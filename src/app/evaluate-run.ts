import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { findRun, readResult } from "../artifacts/find-run.js";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, runFiles } from "../artifacts/layout.js";
import { readRollouts } from "../artifacts/rollout-file.js";
import { readPlan } from "../artifacts/run-plan.js";
import type { GroupKey } from "../domain/choices.js";
import { type RunPlan, RunResult, type StatusCounts, type TaskSummary } from "../domain/run.js";
import type { Tier } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import { meanPassAtK } from "../stats/pass-at-k.js";
import { type GroupScore, groupScores } from "./evaluation-groups.js";
import { type EvaluationFigures, EvaluationTally, type PassAtKEstimate } from "./evaluation-tally.js";
import { RunTally } from "./run-tally.js";
import { type Selection, SelectionTally } from "./selection-tally.js";

export interface Evaluation {
	runId: string;
	/** null: the run has no result (it was interrupted), or only its rollouts were given. */
	outcome: RunResult["outcome"] | null;
	backend: string | null;
	taskCount: number;
	/** `taskCount` counts those that have rollouts; this one what was planned, where that is known. */
	plannedTaskCount: number;
	sampleCount: number;
	statusCounts: StatusCounts;
	/** In no score. */
	judgeErrors: number;
	passAtK: PassAtKEstimate[];
	/** Over judged candidates; null when there is none. */
	rewardMeans: RunResult["rewardMeans"];
	/** Tasks with right and wrong candidates: only these carry a signal for training and ranking. */
	mixedTasks: number;
	/** null: the rollouts are gone, and only the result's task summaries are left. */
	figures: Omit<EvaluationFigures, "passAtK"> | null;
	/** What picking one candidate of a task by a rule would give; null: the rollouts are gone, or no task has two. */
	selection: Selection | null;
	/** Scores of groups of tasks; null: not asked for. */
	groups: GroupScore[] | null;
	tiers: Tier[];
	cachedCount: number;
	inGuestCount: number;
	tasks: TaskSummary[];
	/** Tasks whose own prepared candidate is meant to fail. */
	mustFail: string[];
}

export interface EvaluateOptions {
	workspace: string;
	/** A run id, the start of one, `latest`, or the path of a run's result or rollouts. */
	run: string;
	ks: readonly number[];
	/** Also scores groups of tasks that share this. */
	by?: GroupKey;
	signal: AbortSignal;
}

/** Counts from the rollouts, one at a time; from the result's own task summaries where there are no rollouts. */
export async function evaluateRun(options: EvaluateOptions): Promise<Evaluation> {
	const { ks, signal } = options;
	const { result, plan, rollouts } = await locate(options);
	if (!existsSync(rollouts)) {
		if (result === null) throw new AssayError("usage", `${rollouts}: no such file`);
		return evaluationOfResult(result, ks);
	}
	const tally = new RunTally();
	const evaluated = new EvaluationTally();
	const selecting = new SelectionTally();
	let runId = result?.runId ?? null;
	const backends = new Set<string>();
	for await (const { rollout } of readRollouts(rollouts)) {
		signal.throwIfAborted();
		runId ??= rollout.runId;
		backends.add(rollout.candidate.backend);
		tally.add(rollout);
		evaluated.add(rollout);
		selecting.add(rollout);
	}
	if (runId === null) throw new AssayError("usage", `${rollouts}: holds no rollout`);
	const [backend = null, ...otherBackends] = backends;
	const { passAtK, ...figures } = evaluated.figures(ks);
	return {
		runId,
		outcome: result?.outcome ?? null,
		backend: result?.config.backend ?? (otherBackends.length === 0 ? backend : null),
		taskCount: tally.tasks.length,
		plannedTaskCount: (result ?? plan)?.taskCount ?? tally.tasks.length,
		sampleCount: tally.sampleCount,
		statusCounts: tally.statusCounts,
		judgeErrors: tally.judgeErrors,
		passAtK,
		rewardMeans: tally.rewardMeans(),
		mixedTasks: mixedCount(tally.tasks),
		figures,
		selection: selecting.selection(),
		groups:
			options.by === undefined
				? null
				: await groupScores(options.by, (result ?? plan)?.config ?? null, evaluated, options),
		tiers: [...tally.tiers],
		cachedCount: tally.cachedCount,
		inGuestCount: tally.inGuestCount,
		tasks: tally.tasks,
		mustFail: (result ?? plan)?.mustFail ?? [],
	};
}

/** The files of what is to be evaluated. */
export interface Located {
	result: RunResult | null;
	plan: RunPlan | null;
	rollouts: string;
}

export async function locate({ workspace, run }: Pick<EvaluateOptions, "workspace" | "run">): Promise<Located> {
	if (!existsSync(run) || !statSync(run).isFile()) {
		const files = await findRun([artifactsRoot(workspace)], run);
		const result = readResult(files);
		return { result, plan: result === null ? readPlan(files) : null, rollouts: files.rollouts };
	}
	const path = resolve(run);
	if (!path.endsWith(".json")) return { result: null, plan: null, rollouts: path };
	const result = readJsonFile(RunResult, path);
	return { result, plan: null, rollouts: runFiles(dirname(dirname(path)), result.runId).rollouts };
}

function evaluationOfResult(result: RunResult, ks: readonly number[]): Evaluation {
	const { runId, outcome, config, sampleCount, statusCounts, rewardMeans, tasks, sandbox } = result;
	return {
		runId,
		outcome,
		backend: config.backend,
		taskCount: tasks.length,
		plannedTaskCount: result.taskCount,
		sampleCount,
		statusCounts,
		judgeErrors: statusCounts.judge_error ?? 0,
		passAtK: ks.map((k) => ({ ...meanPassAtK(tasks, k), interval: null })),
		rewardMeans,
		mixedTasks: mixedCount(tasks),
		figures: null,
		selection: null,
		groups: null,
		tiers: [sandbox.tier],
		cachedCount: result.cachedCount,
		inGuestCount: result.inGuestCount,
		tasks,
		mustFail: result.mustFail,
	};
}

function mixedCount(tasks: readonly TaskSummary[]): number {
	return tasks.filter(({ n, accepted }) => accepted > 0 && accepted < n).length;
}
