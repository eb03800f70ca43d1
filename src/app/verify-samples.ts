import { programCandidate, type RunConfig, type RunResult } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import { countOf } from "../lib/count.js";
import type { Sample } from "../tasks/sample.js";
import { type ActiveRun, type PlanDraft, type RunSurroundings, resumeRun, startRun } from "./active-run.js";
import { checkpointOfRun } from "./checkpoint-of-run.js";
import { type RunInputs, withLimits } from "./run-inputs.js";
import { type RunJob, workThrough } from "./run-jobs.js";
import { openingOf } from "./run-open.js";
import { OrderedLines } from "./run-ordered-lines.js";
import { referenceOf, type SampleSurvey, surveyReferences, surveySamples } from "./run-survey.js";
import { linesInOrder, verdictLine } from "./verdict-lines.js";

/** In the place of a samples file: judge each task's reference solution. */
export const REFERENCE = "reference";

export interface VerifySamplesOptions extends RunSurroundings {
	inputs: RunInputs;
	/** `samples` is a path, or the word `reference`. */
	config: RunConfig & { samples: string };
	resume: string | null;
	anyTier?: boolean;
	/** null: the verdicts are wanted in the rollouts only. */
	lines: VerdictLines | null;
}

/** Where one JSON object per sample goes, in the order of the input. */
export interface VerdictLines {
	/** For the plan: an absolute path, or "-". */
	name: string;
	/** true: lines are wanted while the run goes on; false: all at once at its end, so that no half of them is ever there. */
	streamed: boolean;
	write(line: string): Promise<void>;
	/** All lines are written; called before the run says that it is complete. */
	commit(): Promise<void>;
}

/** So many samples may be done while the oldest one is still being judged; their lines wait in memory. */
const LINES_AHEAD = 4096;

/** Judges samples that are there already; otherwise like `runBestOfN`. */
export async function verifySamples(options: VerifySamplesOptions): Promise<RunResult> {
	const opening = await openingOf(options.workspace, options.config, options.resume);
	if (opening.kind === "complete") return opening.result;
	const { inputs, signal } = options;
	const { config } = opening;
	const samples = config.samples ?? REFERENCE;
	const survey =
		samples === REFERENCE
			? await surveyReferences(config, inputs, signal)
			: await surveySamples(config, samples, inputs, signal);
	const samplesSha256 = samples === REFERENCE ? null : await inputs.samplesChecksum(samples);
	signal.throwIfAborted();
	const draft: PlanDraft = {
		command: "verify",
		config,
		taskCount: survey.tasks.count,
		candidateCount: survey.sampleCount,
		taskSetFingerprint: survey.tasks.fingerprint(),
		samplesSha256,
		out: options.lines?.name ?? null,
		contamination: survey.tasks.contamination(),
		checkpoint: await checkpointOfRun(config, signal),
		mustFail: [],
	};
	const run =
		opening.kind === "new"
			? await startRun(options, draft)
			: await resumeRun(options, opening.files, draft, { anyTier: options.anyTier ?? false });
	tellOfLeftOut(run, survey);
	const { lines } = options;
	const jobs = (jobSignal: AbortSignal): AsyncGenerator<RunJob> =>
		samples === REFERENCE
			? referenceJobs(config, inputs, jobSignal)
			: sampleJobs(config, samples, inputs, survey, jobSignal);
	if (lines === null) return await workThrough(run, jobs, { signal, detailed: false });
	const ordered = lines.streamed ? new OrderedLines((line) => lines.write(line), LINES_AHEAD) : null;
	return await workThrough(run, (jobSignal) => inOrder(jobs(jobSignal), ordered, jobSignal), {
		signal,
		detailed: false,
		onAllFinished: async () => {
			if (!lines.streamed) {
				for await (const line of linesInOrder(run.files.rollouts, jobs(signal))) await lines.write(line);
			}
			await lines.commit();
		},
	});
}

/** Adds to each job that its verdict's line is written when its turn has come. */
async function* inOrder(
	jobs: AsyncIterable<RunJob>,
	lines: OrderedLines | null,
	signal: AbortSignal,
): AsyncGenerator<RunJob> {
	let number = 0;
	for await (const job of jobs) {
		if (lines === null) {
			yield job;
			continue;
		}
		const own = number++;
		await lines.room(own, signal);
		yield { ...job, onRollout: async ({ verdict }) => await lines.put(own, verdictLine(verdict)) };
	}
}

async function* sampleJobs(
	config: RunConfig,
	samples: string,
	inputs: RunInputs,
	{ byId, counts }: SampleSurvey,
	signal: AbortSignal,
): AsyncGenerator<RunJob> {
	for await (const sample of inputs.samples(samples, (taskId) => byId.has(taskId))) {
		signal.throwIfAborted();
		const task = byId.get(sample.taskId);
		if (task === undefined) continue;
		yield sampleJob(task, sample, config, inputs, counts.get(task.id) ?? 0);
	}
}

function sampleJob(
	task: Task,
	{ sampleIndex, completion, solution }: Sample,
	config: RunConfig,
	inputs: RunInputs,
	candidateCount: number,
): RunJob {
	const produce: RunJob["produce"] = () => {
		const { code, extraction } = inputs.extract(task, { completion, solution });
		const source = { backend: config.backend, model: null, generation: null };
		return Promise.resolve({ taskId: task.id, sampleIndex, completion, code, extraction, ...source });
	};
	return { task, sampleIndex, candidateCount, produce };
}

async function* referenceJobs(config: RunConfig, inputs: RunInputs, signal: AbortSignal): AsyncGenerator<RunJob> {
	for await (const task of inputs.tasks(config, signal)) {
		const code = referenceOf(task);
		if (code === null) continue;
		const candidate = programCandidate(task.id, 0, config.backend, code);
		yield {
			task: withLimits(task, config.limits),
			sampleIndex: 0,
			candidateCount: 1,
			produce: () => Promise.resolve(candidate),
		};
	}
}

function tellOfLeftOut({ recorder }: ActiveRun, { leftOut, withoutReference }: SampleSurvey): void {
	const note = (id: string, message: string): void =>
		recorder.emit({ type: "alert.raised", id, level: "note", message, hint: null });
	if (leftOut > 0) note("samples-left-out", `${countOf(leftOut, "sample")} left out: not of the chosen tasks`);
	if (withoutReference > 0)
		note("no-reference", `${countOf(withoutReference, "task")} left out: no reference solution`);
}
