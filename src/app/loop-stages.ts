import { basename, join } from "node:path";
import { readResult } from "../artifacts/find-run.js";
import { artifactsRoot, runFiles } from "../artifacts/layout.js";
import type { Comparison } from "../domain/comparison.js";
import type { RunEvent } from "../domain/events.js";
import type { LoopChange, LoopEvent, LoopScore, LoopStage } from "../domain/loop.js";
import type { RunConfig } from "../domain/run.js";
import type { Alarm } from "../domain/training-activity.js";
import type { TrainerEvent } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { countOf } from "../lib/count.js";
import { AssayError } from "../lib/errors.js";
import { type Measured, tasksToAsk } from "../training/curriculum.js";
import { dataFolder, readDataManifest } from "../training/data-folder.js";
import type { Verifier } from "../verify/verifier.js";
import { compareRuns } from "./compare-runs.js";
import { evaluateRun } from "./evaluate-run.js";
import { exportRollouts } from "./export-rollouts.js";
import type { LoopRecord } from "./loop-record.js";
import type { LoopTrainer } from "./loop-trainer.js";
import { runBestOfN } from "./run-best-of-n.js";
import type { RunInputs } from "./run-inputs.js";
import { checkpointFolder } from "./train-checkpoint.js";
import { watchTraining } from "./watched-training.js";

/** What the stages of a loop work with. */
export interface LoopWork {
	workspace: string;
	record: LoopRecord;
	inputs: RunInputs;
	verifier: Verifier;
	trainer: LoopTrainer;
	/** How the model in this folder is asked. */
	configFor: (model: string) => RunConfig["generation"];
	version: string;
	signal: AbortSignal;
	/** Takes down what happened. */
	tell: (event: LoopEvent) => void;
	/** Something about the training of an iteration that somebody should look at. */
	onAlarm: (alarm: Alarm) => void;
	onRunEvent?: (event: RunEvent) => void;
	onTrainerEvent?: (event: TrainerEvent) => void;
}

/** Does a stage of an iteration, or the rest of it, and gives what came of it in a few words. */
export const LOOP_STAGES: Record<LoopStage, (work: LoopWork, iteration: number) => Promise<string>> = {
	evaluate,
	generate,
	export: exportAccepted,
	train,
	compare,
};

async function evaluate(work: LoopWork, iteration: number): Promise<string> {
	const { heldOutIds, evaluationN, seed } = work.record.plan;
	// The same seed for every checkpoint: two of them differ by the model alone.
	const runId = await judgeModel(work, iteration, iteration, "evaluate", {
		taskIds: heldOutIds,
		n: evaluationN,
		seed,
	});
	const { passAtK, figures, training } = await evaluateRun({
		workspace: work.workspace,
		run: runId,
		ks: [1],
		signal: work.signal,
	});
	const value = passAtK[0]?.value ?? null;
	if (value === null) throw new AssayError("judge", `${runId}: no held-out candidate could be judged`);
	const interval = passAtK[0]?.interval ?? null;
	const score: LoopScore = {
		iteration,
		checkpoint: basename(modelOf(work, iteration)),
		passAt1: { value, low: interval?.low ?? null, high: interval?.high ?? null },
		distinctShare: figures?.distinctShare ?? null,
		leftOut: training.state === "checked" ? training.seen.map(({ taskId }) => taskId) : [],
		runId,
	};
	work.tell({ type: "checkpoint.recorded", at: now(), score });
	return `pass@1 ${value.toFixed(3)}`;
}

async function generate(work: LoopWork, iteration: number): Promise<string> {
	const { trainIds, n, seed: first, curriculum } = work.record.plan;
	const seed = first + 1000 * iteration;
	const asked = tasksToAsk(trainIds, measuredBefore(work, iteration), { strength: curriculum, n, seed });
	await judgeModel(work, iteration, iteration - 1, "generate", { ...asked, seed });
	return `${asked.taskIds.length} of ${countOf(trainIds.length, "task")}, ${countOf(asked.n, "sample")} of each`;
}

/** How each task did when it was asked last, in an iteration before this one. */
function measuredBefore({ workspace, record }: LoopWork, iteration: number): Map<string, Measured> {
	const measured = new Map<string, Measured>();
	for (let earlier = 1; earlier < iteration; earlier++) {
		const run = record.runOf(earlier, "generate");
		const result = run === null ? null : readResult(runFiles(artifactsRoot(workspace), run));
		for (const { taskId, n, accepted } of result?.tasks ?? []) measured.set(taskId, { n, accepted });
	}
	return measured;
}

async function exportAccepted({ workspace, inputs, signal, record }: LoopWork, iteration: number): Promise<string> {
	const { replay, perTask, seed } = record.plan;
	const name = nameOf(record, iteration);
	const runs = Array.from({ length: iteration }, (_, back) => record.runOf(iteration - back, "generate") ?? []).flat();
	const made = await exportRollouts({
		workspace,
		runs: runs.slice(0, 1),
		replay: { runs: runs.slice(1), share: replay },
		format: "sft",
		shape: "completion",
		template: null,
		name,
		folder: dataFolder(workspace, name),
		// A stage that was killed after its last write is done again, with the same result.
		replace: true,
		perTask,
		seed,
		// The tasks to learn from were chosen when the loop was planned.
		splits: null,
		anyLicense: false,
		inputs,
		signal,
	});
	const old = made.replay === null || made.replay.examples === 0 ? "" : `, ${made.replay.examples} replayed`;
	return `${countOf(made.examples, "example")} of ${countOf(made.tasks.length, "task")}${old}`;
}

/** Throws `TrainingStopped` where an alarm of it ends the loop. */
async function train(work: LoopWork, iteration: number): Promise<string> {
	const { workspace, record, trainer, onTrainerEvent } = work;
	const { seed, settings, threads, method, from, stopOn } = record.plan;
	const name = nameOf(record, iteration);
	const watched = watchTraining(stopOn, work.signal, work.onAlarm);
	try {
		await trainer({
			workspace,
			method,
			model: modelOf(work, from === "base" ? 0 : iteration - 1),
			data: dataFolder(workspace, name),
			heldOut: null,
			name,
			reward: "binary",
			tier: null,
			workers: null,
			threads,
			device: "auto",
			settings: { seed: seed + iteration, ...settings },
			signal: watched.signal,
			onEvent: (event) => {
				watched.onEvent(event);
				onTrainerEvent?.(event);
			},
		});
	} finally {
		watched.close();
	}
	return `${countOf(readDataManifest(dataFolder(workspace, name)).examples, "example")} learnt`;
}

/** With the checkpoint before, and with the model that the loop began with. */
async function compare(work: LoopWork, iteration: number): Promise<string> {
	const against = iteration === 1 ? [0] : [iteration - 1, 0];
	const notes: string[] = [];
	for (const other of against) {
		const comparison = await comparisonOf(work, other, iteration);
		const file = join(work.record.folder, `compare-${other}-${iteration}.json`);
		writeFileAtomic(file, `${JSON.stringify(comparison, null, "\t")}\n`);
		const change = changeOf(comparison, other, iteration, basename(file));
		work.tell({ type: "comparison.recorded", at: now(), change });
		notes.push(`${other}→${iteration} ${change.conclusion.replace("_", " ")}`);
	}
	return notes.join(", ");
}

async function comparisonOf(
	{ workspace, record, signal }: LoopWork,
	before: number,
	after: number,
): Promise<Comparison> {
	const sources = [before, after].map((iteration) => record.runOf(iteration, "evaluate") ?? "");
	return await compareRuns({
		workspace,
		sources,
		k: 1,
		seed: record.plan.seed,
		resamples: 10_000,
		allowed: [],
		signal,
	});
}

function changeOf(comparison: Comparison, against: number, iteration: number, file: string): LoopChange {
	const pair = comparison.pairs[0];
	return {
		iteration,
		against,
		difference: pair?.difference.value ?? null,
		low: pair?.difference.interval?.low ?? null,
		high: pair?.difference.interval?.high ?? null,
		p: pair?.p ?? null,
		conclusion: pair?.conclusion ?? "cannot_tell",
		up: pair?.tasksUp ?? 0,
		down: pair?.tasksDown ?? 0,
		file,
	};
}

/** A best-of-N run with the model of an iteration, or the rest of one that was interrupted; gives its id. */
async function judgeModel(
	work: LoopWork,
	iteration: number,
	asked: number,
	stage: LoopStage,
	own: { taskIds: string[]; n: number; seed: number },
): Promise<string> {
	const { workspace, inputs, verifier, signal, version, configFor, record, tell, onRunEvent } = work;
	const before = record.runOf(iteration, stage);
	const result = await runBestOfN({
		workspace,
		inputs,
		config: {
			...record.plan.config,
			...own,
			generation: configFor(modelOf(work, asked)),
			workers: verifier.concurrency,
		},
		verifier,
		signal,
		version,
		resume: before,
		env: process.env,
		onEvent: (event) => {
			if (event.type === "run.planned" && before === null) {
				tell({ type: "stage.run", at: now(), iteration, stage, runId: event.runId });
			}
			onRunEvent?.(event);
		},
	});
	if (result.outcome === "cancelled") signal.throwIfAborted();
	if (result.outcome !== "completed") {
		throw new AssayError("host", `${stage} of iteration ${iteration}: ${result.message ?? "the run did not end"}`);
	}
	return result.runId;
}

function modelOf({ workspace, record }: LoopWork, iteration: number): string {
	return iteration === 0 ? record.plan.model : checkpointFolder(workspace, nameOf(record, iteration));
}

function nameOf({ plan }: LoopRecord, iteration: number): string {
	return `${plan.loopId}-${iteration}`;
}

function now(): string {
	return new Date().toISOString();
}
