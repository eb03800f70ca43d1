import { dirname } from "node:path";
import { readRollout } from "../artifacts/rollout-file.js";
import { resumeCommand } from "../artifacts/run-plan.js";
import type { Candidate, Rollout, RunResult } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { withWayOn } from "../lib/write-failure.js";
import { type ActiveRun, abandonRun } from "./active-run.js";
import { CandidateMaker, unfinishedMessage } from "./make-candidate.js";
import { type CandidateJob, emitRollout, judgeCandidate } from "./run-candidate.js";
import { finishRun } from "./run-finish.js";
import { RunProgress } from "./run-progress.js";
import { TaskTracker, type Widening } from "./run-task-tracker.js";
import { forEachInWindow } from "./run-window.js";
import { TaskTurns } from "./task-turns.js";

export interface RunJob extends CandidateJob {
	/** Candidates that the task has in this run. */
	candidateCount: number;
	/** Called with the rollout, whether this start of the run made it or an earlier one. */
	onRollout?(rollout: Rollout): Promise<void>;
}

/** What is decided when all jobs of a run are done. */
export interface MoreJobs {
	widenings: readonly Widening[];
	jobs(signal: AbortSignal): AsyncIterable<RunJob>;
}

export interface JobOptions {
	signal: AbortSignal;
	detailed: boolean;
	onCandidate?: ((candidate: Candidate) => void) | undefined;
	/** Called when every candidate is finished, for those that are made because of it. */
	widen?: () => Promise<MoreJobs>;
	/** Called when every candidate is finished, before the run says so. */
	onAllFinished?: (() => Promise<void>) | undefined;
}

/**
 * Makes and judges what is not finished yet, and ends the run: completed; cancelled when the signal fires; failed when a
 * model did not give all candidates. What is done is kept. When the judge fails, the run is recorded as failed and the
 * failure is thrown. Making and judging overlap: the judge has work while a slow model is at it, and a fast model waits
 * once the window is full of candidates without a verdict.
 */
export async function workThrough(
	run: ActiveRun,
	jobs: (signal: AbortSignal) => AsyncIterable<RunJob>,
	options: JobOptions,
): Promise<RunResult> {
	try {
		return await doJobs(run, jobs, options);
	} catch (error) {
		throw withWayOn(error, resumeCommand(run.plan, dirname(run.files.root)));
	}
}

async function doJobs(
	run: ActiveRun,
	jobs: (signal: AbortSignal) => AsyncIterable<RunJob>,
	options: JobOptions,
): Promise<RunResult> {
	const { recorder, tally, plan, now, verifier } = run;
	const tracker = new TaskTracker(run);
	const progress = new RunProgress({
		emit: (body) => recorder.emit(body),
		now,
		total: plan.candidateCount,
		done: tally.sampleCount,
		generation: () => run.watch.progress(),
	});
	const maker = new CandidateMaker(run, () => progress.tell());
	const { detailed, onCandidate } = options;
	const enough = run.model === null ? null : plan.config.stopOnAccepted;
	// More than are still wanted would be asked for in vain when the first ones are accepted.
	const turns = new TaskTurns((taskId) =>
		enough === null ? Number.POSITIVE_INFINITY : enough - tally.task(taskId).accepted,
	);
	const judge = { gate: plan.config.gate, detailed, ...(onCandidate ? { onCandidate } : {}) };
	const work = (source: (signal: AbortSignal) => AsyncIterable<RunJob>): Promise<void> =>
		forEachInWindow(
			(signal) => unfinished(run, tracker, maker, source(signal)),
			{ size: 2 * verifier.concurrency + (run.model?.concurrency ?? 0), signal: options.signal },
			(job, signal) =>
				turns.use(job.task.id, signal, async () => {
					recorder.throwIfFailed();
					const made = await maker.make(job, signal);
					if (made === "failed") return;
					if (made === "skipped") {
						tracker.advance(job.task.id);
						progress.advance();
						return;
					}
					run.watch.moved({ judging: 1 });
					const rollout = await judgeCandidate(run, job, made, judge, signal).finally(() =>
						run.watch.moved({ judging: -1 }),
					);
					tracker.advance(job.task.id);
					progress.advance();
					await job.onRollout?.(rollout);
				}),
		);
	try {
		await work(jobs);
		if (options.widen && maker.trouble === null) {
			const more = await options.widen();
			for (const widening of more.widenings) {
				tracker.widen(widening);
				progress.expect(widening.to - widening.from);
			}
			await work(more.jobs);
		}
		if (maker.trouble !== null) {
			const message = unfinishedMessage(run, maker.trouble, dirname(run.files.root));
			return await finishRun(run, { outcome: "failed", message });
		}
		await options.onAllFinished?.();
	} catch (error) {
		if (options.signal.aborted) {
			return await finishRun(run, {
				outcome: "cancelled",
				message: `resume with: ${resumeCommand(plan, dirname(run.files.root))}`,
			});
		}
		if (error instanceof AssayError && error.code === "judge") {
			await finishRun(run, { outcome: "failed", message: error.message });
		} else {
			abandonRun(run);
		}
		throw error;
	}
	return await finishRun(run, { outcome: "completed", message: null });
}

async function* unfinished(
	run: ActiveRun,
	tracker: TaskTracker,
	maker: CandidateMaker,
	jobs: AsyncIterable<RunJob>,
): AsyncGenerator<RunJob> {
	for await (const job of jobs) {
		if (maker.halted) return;
		const { task, sampleIndex, onRollout } = job;
		tracker.start(task, job.candidateCount);
		const finished = run.recovered.finished.get(task.id, sampleIndex);
		if (finished === null) {
			yield job;
			continue;
		}
		if (onRollout || !finished.verdictLogged || !finished.rewardLogged) {
			const rollout = await readRollout(run.files.rollouts, finished);
			emitRollout(run, rollout, finished);
			await job.onRollout?.(rollout);
		}
		tracker.advance(task.id);
	}
}
