import { existsSync } from "node:fs";
import { taskIdsIn } from "../artifacts/outcome-file.js";
import { JudgedOnce, readRollouts } from "../artifacts/rollout-file.js";
import { checkRollouts } from "../artifacts/vouched-rollouts.js";
import type { GroupKey } from "../domain/choices.js";
import type { ReportedClaim } from "../domain/claims.js";
import type { RunResult, StatusCounts, TaskSummary } from "../domain/run.js";
import { STATUSES } from "../domain/statuses.js";
import type { TrainingCheck } from "../domain/training.js";
import type { Tier } from "../domain/verdict.js";
import { AssayError } from "../lib/errors.js";
import { meanPassAtK, usualKs } from "../stats/pass-at-k.js";
import { checkTraining, nothingUnseen } from "./check-training.js";
import { type GroupScore, groupScores } from "./evaluation-groups.js";
import { type EvaluationFigures, EvaluationTally, type PassAtKEstimate } from "./evaluation-tally.js";
import { locateRun } from "./locate-run.js";
import { claimsOn } from "./read-claims.js";
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
	/** Candidates beyond the first n of their task, where groups made it get more: in no score, reward or figure. */
	beyondN: number;
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
	/** A task got no more candidates after so many accepted ones; null: it got all, or that is not known. */
	stopOnAccepted: number | null;
	/** Whether the tasks are in the training data of the model that made the candidates. */
	training: TrainingCheck;
	/** Those that are: in every figure, or in none. */
	seenIsScored: boolean;
	/** Of the workspace, that rest on this run; null: they cannot be read. */
	claims: ReportedClaim[] | null;
}

export interface EvaluateOptions {
	workspace: string;
	/** A run id, the start of one, `latest`, or the path of a run's result or rollouts. */
	run: string;
	/** Not given: the usual ones, and N. */
	ks?: readonly number[];
	/** Also scores groups of tasks that share this. */
	by?: GroupKey;
	/** Folder of the model that made the candidates, where the run does not tell; null: not known. */
	checkpoint?: string | null;
	/** Score tasks that the model was trained on all the same, and say so. */
	seenIsScored?: boolean;
	signal: AbortSignal;
}

/**
 * Counts from the rollouts, one at a time; from the result's own task summaries where there are no rollouts. Tasks that the
 * model was trained on are left out. Rollouts that changed since the run ended, and candidates judged twice, are refused.
 */
export async function evaluateRun(options: EvaluateOptions): Promise<Evaluation> {
	const evaluation = await evaluationOf(options);
	const { rollouts } = await locateRun(options);
	return { ...evaluation, claims: await claimsOn(options.workspace, [{ runId: evaluation.runId, path: rollouts }]) };
}

async function evaluationOf(options: EvaluateOptions): Promise<Omit<Evaluation, "claims">> {
	const { signal, seenIsScored = false } = options;
	const { result, plan, files, rollouts } = await locateRun(options);
	const taskIds = () =>
		existsSync(rollouts) ? taskIdsIn(rollouts) : (result?.tasks ?? []).map(({ taskId }) => taskId);
	const training = await checkTraining({ plan, checkpoint: options.checkpoint ?? null, taskIds, signal });
	const seen = new Set(training.state === "checked" ? training.seen.map(({ taskId }) => taskId) : []);
	const leftOut = seenIsScored ? new Set<string>() : seen;
	if (!existsSync(rollouts)) {
		if (result === null) throw new AssayError("usage", `${rollouts}: no such file`);
		return evaluationOfResult(result, {
			ks: options.ks ?? usualKs(result.tasks),
			training,
			seen,
			leftOut,
			seenIsScored,
		});
	}
	if (files !== null) await checkRollouts(files);
	const tally = new RunTally();
	const evaluated = new EvaluationTally(seen);
	const selecting = new SelectionTally();
	const judged = new JudgedOnce(rollouts);
	let runId = result?.runId ?? null;
	const leftOutTasks = new Set<string>();
	const backends = new Set<string>();
	for await (const { rollout, line } of readRollouts(rollouts)) {
		signal.throwIfAborted();
		runId ??= rollout.runId;
		judged.add(rollout.candidate, line);
		if (leftOut.has(rollout.candidate.taskId)) {
			leftOutTasks.add(rollout.candidate.taskId);
			continue;
		}
		backends.add(rollout.candidate.backend);
		tally.add(rollout);
		evaluated.add(rollout);
		selecting.add(rollout);
	}
	if (runId === null) throw new AssayError("usage", `${rollouts}: holds no rollout`);
	if (tally.sampleCount === 0) throw nothingUnseen(runId);
	const [backend = null, ...otherBackends] = backends;
	const ks = options.ks ?? usualKs(tally.tasks);
	const { passAtK, ...figures } = evaluated.figures(ks);
	return {
		runId,
		outcome: result?.outcome ?? null,
		backend: result?.config.backend ?? (otherBackends.length === 0 ? backend : null),
		taskCount: tally.tasks.length,
		plannedTaskCount: ((result ?? plan)?.taskCount ?? tally.tasks.length + leftOutTasks.size) - leftOutTasks.size,
		sampleCount: tally.sampleCount,
		beyondN: beyondCount(tally.tasks),
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
				: await groupScores(options.by, (result ?? plan)?.config ?? null, evaluated, { ks, signal }),
		tiers: [...tally.tiers],
		cachedCount: tally.cachedCount,
		inGuestCount: tally.inGuestCount,
		tasks: tally.tasks,
		mustFail: (result ?? plan)?.mustFail ?? [],
		stopOnAccepted: (result ?? plan)?.config.stopOnAccepted ?? null,
		training,
		seenIsScored,
	};
}

interface Counted extends Pick<Evaluation, "training" | "seenIsScored"> {
	ks: readonly number[];
	seen: ReadonlySet<string>;
	leftOut: ReadonlySet<string>;
}

function evaluationOfResult(
	result: RunResult,
	{ ks, seen, leftOut, training, seenIsScored }: Counted,
): Omit<Evaluation, "claims"> {
	const { runId, outcome, config, sandbox } = result;
	const tasks = result.tasks.filter(({ taskId }) => !leftOut.has(taskId));
	const isWhole = tasks.length === result.tasks.length;
	const statusCounts = isWhole ? result.statusCounts : sumOf(tasks);
	const count = (k: number) => tasks.filter(({ taskId, n }) => n >= k && seen.has(taskId)).length;
	return {
		runId,
		outcome,
		backend: config.backend,
		taskCount: tasks.length,
		plannedTaskCount: result.taskCount - (result.tasks.length - tasks.length),
		sampleCount: Object.values(statusCounts).reduce((sum, of) => sum + of, 0),
		beyondN: beyondCount(tasks),
		statusCounts,
		judgeErrors: statusCounts.judge_error ?? 0,
		passAtK: ks.map((k) => ({ ...meanPassAtK(tasks, k), interval: null, seen: count(k) })),
		rewardMeans: isWhole ? result.rewardMeans : {},
		mixedTasks: mixedCount(tasks),
		figures: null,
		selection: null,
		groups: null,
		tiers: [sandbox.tier],
		cachedCount: result.cachedCount,
		inGuestCount: result.inGuestCount,
		tasks,
		mustFail: result.mustFail,
		stopOnAccepted: config.stopOnAccepted,
		training,
		seenIsScored,
	};
}

function sumOf(tasks: readonly TaskSummary[]): StatusCounts {
	const counts: StatusCounts = {};
	for (const status of STATUSES) {
		const sum = tasks.reduce(
			(total, { statuses, beyond }) => total + (statuses[status] ?? 0) + (beyond?.statuses[status] ?? 0),
			0,
		);
		if (sum > 0) counts[status] = sum;
	}
	return counts;
}

function mixedCount(tasks: readonly TaskSummary[]): number {
	return tasks.filter(({ n, accepted }) => accepted > 0 && accepted < n).length;
}

function beyondCount(tasks: readonly TaskSummary[]): number {
	const counts = tasks.flatMap(({ beyond }) => (beyond === null ? [] : Object.values(beyond.statuses)));
	return counts.reduce((sum, count) => sum + count, 0);
}
