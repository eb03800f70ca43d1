import { existsSync, readdirSync } from "node:fs";
import { readResult } from "../artifacts/find-run.js";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, loopFiles, remoteFiles, runFiles, trainingFiles } from "../artifacts/layout.js";
import { createLogReader } from "../artifacts/log-reader.js";
import { isLocked } from "../artifacts/run-lock.js";
import { readPlan } from "../artifacts/run-plan.js";
import { stepsOf } from "../domain/job-counts.js";
import { LoopEvent, type LoopPlan, type LoopStage } from "../domain/loop.js";
import type { TrainingReader, TrainingRef, TrainingState, TrainingUpdate } from "../domain/training-activity.js";
import { TrainerEvent, TrainingJob } from "../domain/training-job.js";
import { growingLines } from "./growing-lines.js";
import { loopIds, readLoopPlan } from "./loop-record.js";
import { remoteIds } from "./remote-records.js";
import { readRemoteTraining } from "./remote-training-files.js";
import { readSamples } from "./training-samples.js";

/** Loops and trainings of the workspace, in no order. */
export function trainingRefs(workspace: string): TrainingRef[] {
	const root = artifactsRoot(workspace);
	const { folder } = trainingFiles(root, "");
	const trainings = existsSync(folder)
		? readdirSync(folder).filter((name) => {
				const { job, metrics } = trainingFiles(root, name);
				return existsSync(job) || existsSync(metrics);
			})
		: [];
	return [
		...loopIds(workspace).map((id): TrainingRef => ({ kind: "loop", id })),
		...[...trainings, ...remoteIds(workspace)].map((id): TrainingRef => ({ kind: "training", id })),
	];
}

export function readTraining(workspace: string, { kind, id }: TrainingRef): TrainingReader {
	if (kind === "loop") return readLoop(workspace, id);
	const { record } = remoteFiles(artifactsRoot(workspace), id);
	return existsSync(record) ? readRemoteTraining(workspace, id) : readOneTraining(workspace, id);
}

function readOneTraining(workspace: string, id: string): TrainingReader {
	const files = trainingFiles(artifactsRoot(workspace), id);
	const metrics = growingLines(files.metrics, (line) => TrainerEvent.safeParse(line));
	const samples = readSamples(files.samples);
	const state = stateTeller(files.lock);
	let isTold = false;
	let isFinished = false;
	return {
		*advance() {
			// One that ran elsewhere has figures and no job of ours.
			if (!isTold && existsSync(files.job)) yield { kind: "training", job: readJsonFile(TrainingJob, files.job) };
			isTold = true;
			for (const { isRestarted, items } of metrics.take()) {
				if (isRestarted) yield { kind: "restarted" };
				if (items.length > 0) yield { kind: "measured", events: items };
				isFinished ||= items.some(({ t }) => t === "train.finished");
			}
			yield* samples.advance();
			yield* state(isFinished);
		},
		close() {
			metrics.close();
			samples.close();
		},
	};
}

function readLoop(workspace: string, id: string): TrainingReader {
	const root = artifactsRoot(workspace);
	const files = loopFiles(root, id);
	const log = growingLines(files.log, (line) => LoopEvent.safeParse(line));
	const state = stateTeller(files.lock);
	const generated = new Map<number, string>();
	let plan: LoopPlan | null = null;
	let isFinished = false;
	let stage: StageReader | null = null;
	return {
		*advance() {
			if (plan === null) {
				plan = readLoopPlan(files.plan);
				yield { kind: "loop", plan };
			}
			for (const { isRestarted, items } of log.take()) {
				if (isRestarted) yield { kind: "restarted" };
				for (const event of items) {
					yield { kind: "happened", event };
					if (event.type === "stage.started" || event.type === "stage.finished") {
						stage?.close();
						stage = null;
					}
					if (event.type === "stage.started") stage = readStage(workspace, plan, event);
					if (event.type === "stage.run") {
						stage?.goesOnWith(event.runId);
						if (event.stage === "generate") generated.set(event.iteration, event.runId);
					}
					if (event.type === "loop.finished") isFinished = true;
					yield* ratesTold(root, event, (iteration) => generated.get(iteration) ?? null);
				}
			}
			yield* state(isFinished);
			if (stage !== null) yield* stage.advance();
		},
		close() {
			log.close();
			stage?.close();
		},
	};
}

/** How each task did in the run that an event ended, if it is one that measured or generated. */
export function ratesTold(
	root: string,
	event: LoopEvent,
	generatedBy: (iteration: number) => string | null,
): TrainingUpdate[] {
	const ratesOf = (runId: string) =>
		(readResult(runFiles(root, runId))?.tasks ?? []).map(({ taskId, n, accepted }) => ({ taskId, n, accepted }));
	if (event.type === "checkpoint.recorded") {
		const { iteration, runId, leftOut } = event.score;
		const tasks = ratesOf(runId).filter(({ taskId }) => !leftOut.includes(taskId));
		return [{ kind: "tasks", of: "heldOut", iteration, tasks }];
	}
	if (event.type !== "stage.finished" || event.stage !== "generate") return [];
	const runId = generatedBy(event.iteration);
	return runId === null ? [] : [{ kind: "tasks", of: "learnt", iteration: event.iteration, tasks: ratesOf(runId) }];
}

/** Tells only changes. */
function stateTeller(lock: string): (isFinished: boolean) => Generator<TrainingUpdate> {
	let told: TrainingState | null = null;
	return function* (isFinished) {
		const state = isFinished ? "finished" : isLocked(lock) ? "running" : "interrupted";
		if (state !== told) yield { kind: "state", state };
		told = state;
	};
}

interface StageReader extends TrainingReader {
	goesOnWith(runId: string): void;
}

/** How far a stage is: candidates of its run, or steps of its training. */
function readStage(workspace: string, plan: LoopPlan, of: { iteration: number; stage: LoopStage }): StageReader {
	const { iteration, stage } = of;
	const root = artifactsRoot(workspace);
	const id = `${plan.loopId}-${iteration}`;
	let training: TrainingReader | null = null;
	let rollouts: ReturnType<typeof createLogReader> | null = null;
	let total = 0;
	let told = -1;
	let step = 0;
	const counts = (): { done: number; total: number } | null => {
		if (stage === "train") {
			const isThere = existsSync(trainingFiles(root, id).job) || existsSync(remoteFiles(root, id).record);
			training ??= isThere ? readTraining(workspace, { kind: "training", id }) : null;
			for (const update of training?.advance() ?? []) {
				if (update.kind === "training") total = stepsOf(update.job);
				if (update.kind === "measured") for (const event of update.events) step = event.step ?? step;
			}
			return training === null ? null : { done: step, total };
		}
		if (rollouts === null) return null;
		while (rollouts.advance());
		return { done: rollouts.status.ended, total };
	};
	return {
		goesOnWith(runId) {
			rollouts?.close();
			const run = runFiles(root, runId);
			rollouts = createLogReader(run.rollouts);
			const { n, taskIds } = readPlan(run).config;
			total = (n ?? 1) * (taskIds?.length ?? 0);
		},
		*advance() {
			const now = counts();
			if (now === null || now.done === told) return;
			told = now.done;
			yield { kind: "progress", iteration, stage, ...now, atMs: Date.now() };
		},
		close() {
			training?.close();
			rollouts?.close();
		},
	};
}
