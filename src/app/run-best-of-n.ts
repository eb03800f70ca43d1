import { isModelSelector } from "../domain/choices.js";
import type { Candidate, RunConfig, RunResult } from "../domain/run.js";
import { promptInputOf, type Task } from "../domain/task.js";
import type { Backend } from "../generate/backend.js";
import { type OpenBackend, openBackend } from "../generate/index.js";
import { countOf } from "../lib/count.js";
import { AssayError } from "../lib/errors.js";
import { type ActiveRun, type PlanDraft, type RunSurroundings, resumeRun, startRun } from "./active-run.js";
import { BestOfNJobs, countingShelf, type JobSources } from "./best-of-n-jobs.js";
import { checkpointOfRun } from "./checkpoint-of-run.js";
import { type DebugModel, DebugSession } from "./debug-session.js";
import type { PickOptions } from "./pick-by-model.js";
import type { RunInputs } from "./run-inputs.js";
import { workThrough } from "./run-jobs.js";
import { lookupsFor, type SampleShelf } from "./run-lookups.js";
import { openingOf, type RunOpening } from "./run-open.js";
import { countSamples, TaskSet } from "./run-survey.js";

export interface BestOfNOptions extends RunSurroundings {
	inputs: RunInputs;
	config: RunConfig;
	/** A run id, the start of one, or `latest`; null: a new run. */
	resume: string | null;
	/** Resume even if another sandbox tier judged so far. */
	anyTier?: boolean;
	/** For the key of a model's server, by the name in the configuration. */
	env?: Readonly<Record<string, string | undefined>>;
	onCandidate?: (candidate: Candidate) => void;
}

/**
 * Generates candidates for each task, judges and records them. Everything is looked over before the first candidate, so
 * that bad input fails with nothing done. Resolves for cancelled runs too; a run that is complete resolves at once.
 */
export async function runBestOfN(options: BestOfNOptions): Promise<RunResult> {
	const opening = await openingOf(options.workspace, options.config, options.resume);
	if (opening.kind === "complete") return opening.result;
	const { signal } = options;
	const { config } = opening;
	let tell: (message: string) => void = () => {};
	const opened = await openBackend(config.backend, config.generation, {
		env: options.env ?? {},
		onNotice: (message) => tell(message),
		signal,
	});
	let session: DebugSession | null = null;
	let jobs: BestOfNJobs | null = null;
	try {
		const model = modelFor(config, opened);
		const { run, sources } = await begin({ ...options, opened }, opening, opened.backend);
		if (model !== null) session = await DebugSession.open(run, model);
		tell = (message) => run.recorder.emit({ type: "alert.raised", id: "model", level: "note", message, hint: null });
		const started = new BestOfNJobs(run, { ...sources, session });
		jobs = started;
		return await workThrough(run, (jobSignal) => started.first(jobSignal), {
			signal,
			detailed: true,
			onCandidate: options.onCandidate,
			...(config.widen === null ? {} : { widen: () => started.beyond(signal) }),
		});
	} finally {
		await jobs?.close();
		session?.close();
		await opened.close();
	}
}

/** The model that revises; null: nothing is revised. Throws `usage` before a plan is written. */
function modelFor({ debug, generation, backend }: RunConfig, { model }: OpenBackend): DebugModel | null {
	if (debug === null) return null;
	if (model !== null && generation !== null) return { model, debug, generation };
	throw new AssayError("usage", `backend ${backend} asks no model, so nothing can be revised`, {
		hint: "--backend onnx, openai or script",
	});
}

/** Looks everything over and writes the plan. */
async function begin(
	options: BestOfNOptions,
	opening: Exclude<RunOpening, { kind: "complete" }>,
	backend: Backend,
): Promise<{ run: ActiveRun; sources: Omit<JobSources, "session"> }> {
	const { inputs, signal } = options;
	const { config } = opening;
	const counted = config.samples === null ? null : await countSamples(config, config.samples, inputs, signal);
	const sampleCounts = counted?.counts ?? null;
	const survey = await surveyTasks(config, backend, inputs, sampleCounts, signal);
	const pickByModel = await pickerOf({ ...options, config });
	const samplesSha256 = config.samples === null ? null : await inputs.samplesChecksum(config.samples);
	signal.throwIfAborted();
	const draft: PlanDraft = {
		command: config.debug === null ? "run" : "debug",
		config,
		taskCount: survey.tasks.count,
		candidateCount: survey.candidateCount,
		taskSetFingerprint: survey.tasks.fingerprint(),
		samplesSha256,
		out: null,
		contamination: survey.tasks.contamination(),
		checkpoint: await checkpointOfRun(config, signal),
		mustFail: survey.mustFail,
	};
	const surroundings = { ...options, pickByModel };
	const run =
		opening.kind === "new"
			? await startRun(surroundings, draft)
			: await resumeRun(surroundings, opening.files, draft, { anyTier: options.anyTier ?? false });
	tellOfShortfall(run, survey, counted?.leftOut ?? 0);
	return { run, sources: { backend, inputs, sampleCounts } };
}

/** Throws `usage` where the run's rule is a model's that cannot pick here. It brings parsers along, which no other run needs. */
async function pickerOf(options: PickOptions): Promise<RunSurroundings["pickByModel"]> {
	const { select } = options.config;
	if (select === null || !isModelSelector(select)) return;
	const { checkPicking, pickByModel } = await import("./pick-by-model.js");
	await checkPicking(options);
	return (runId) => pickByModel(runId, options);
}

interface Survey {
	tasks: TaskSet;
	candidateCount: number;
	/** Tasks for which the backend has nothing. */
	skipped: number;
	/** Tasks for which it has fewer than n. */
	short: number;
	mustFail: string[];
}

async function surveyTasks(
	config: RunConfig,
	backend: Backend,
	inputs: RunInputs,
	sampleCounts: ReadonlyMap<string, number> | null,
	signal: AbortSignal,
): Promise<Survey> {
	const n = config.n ?? 1;
	const survey: Survey = { tasks: new TaskSet(), candidateCount: 0, skipped: 0, short: 0, mustFail: [] };
	const counting = sampleCounts === null ? null : countingShelf(sampleCounts);
	for await (const task of inputs.tasks(config, signal)) {
		signal.throwIfAborted();
		const count = await countCandidates(task, backend, inputs, counting, n);
		if (count === 0) {
			survey.skipped++;
			continue;
		}
		if (count < n) survey.short++;
		await survey.tasks.add(task);
		survey.candidateCount += count;
		if (isMeantToFail(task, config.backend)) survey.mustFail.push(task.id);
	}
	if (survey.tasks.count > 0) return survey;
	throw new AssayError("usage", `backend ${config.backend} has nothing for any of the ${survey.skipped} tasks`, {
		hint: "static and mock need recorded candidates (or --samples), patch a repository task with a patch, a model a --template for the kind of task",
	});
}

async function countCandidates(
	task: Task,
	backend: Backend,
	inputs: RunInputs,
	shelf: SampleShelf | null,
	n: number,
): Promise<number> {
	return await backend.countFor(promptInputOf(task), lookupsFor(task, inputs, shelf), n);
}

/** `expect` is said of the candidate that the task itself brings along, so it holds for no other. */
function isMeantToFail(task: Task, backend: string): boolean {
	if (task.kind !== "repository" || task.expect !== "failed" || task.backend === null) return false;
	return backend === "patch" || backend === task.backend.kind;
}

function tellOfShortfall(
	{ recorder, plan: { config } }: ActiveRun,
	{ skipped, short }: Survey,
	samplesLeftOut: number,
): void {
	const note = (id: string, message: string): void =>
		recorder.emit({ type: "alert.raised", id, level: "note", message, hint: null });
	if (skipped > 0)
		note("tasks-skipped", `${countOf(skipped, "task")} left out: backend ${config.backend} has nothing for them`);
	if (short > 0) note("tasks-short", `${countOf(short, "task")} with fewer than ${config.n} candidates`);
	if (samplesLeftOut > 0) {
		note("samples-left-out", `${countOf(samplesLeftOut, "sample")} left out: not of the chosen tasks`);
	}
}
