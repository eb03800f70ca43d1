import type { RunConfig, RunPlan } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import { AssayError } from "../lib/errors.js";
import { createFingerprint } from "../tasks/fingerprint.js";
import { type RunInputs, withLimits } from "./run-inputs.js";

/** What is known of the samples before the first one is judged. The samples themselves are not kept. */
export interface SampleSurvey {
	tasks: TaskSet;
	sampleCount: number;
	/** The tasks that have samples, with the limits of the run. */
	byId: ReadonlyMap<string, Task>;
	counts: ReadonlyMap<string, number>;
	/** Samples whose task is not among those chosen by filter, limit or id. */
	leftOut: number;
	/** Tasks without a reference solution, where references are judged. */
	withoutReference: number;
}

/** Reads all samples once, so that a cut line or an unknown task is found before anything is judged. */
export async function surveySamples(
	config: RunConfig,
	samples: string,
	inputs: RunInputs,
	signal: AbortSignal,
): Promise<SampleSurvey> {
	const { counts, sampleCount, leftOut } = await countSamples(config, samples, inputs, signal);
	const survey = { tasks: new TaskSet(), sampleCount, byId: new Map<string, Task>(), counts, leftOut };
	for await (const task of inputs.tasks(config, signal)) {
		if (counts.get(task.id) === 0) continue;
		await survey.tasks.add(task);
		survey.byId.set(task.id, withLimits(task, config.limits));
	}
	return { ...survey, withoutReference: 0 };
}

/** How many samples each chosen task has. A sample of a task that is not there at all is refused. */
export async function countSamples(
	config: RunConfig,
	samples: string,
	inputs: RunInputs,
	signal: AbortSignal,
): Promise<Pick<SampleSurvey, "sampleCount" | "counts" | "leftOut">> {
	const counts = new Map<string, number>();
	for await (const task of inputs.tasks(config, signal)) counts.set(task.id, 0);
	const isSelection = config.filter !== null || config.limit !== null || config.taskIds !== null;
	let sampleCount = 0;
	let leftOut = 0;
	for await (const { taskId, place } of inputs.samples(samples, (id) => counts.has(id))) {
		signal.throwIfAborted();
		const count = counts.get(taskId);
		if (count !== undefined) {
			counts.set(taskId, count + 1);
			sampleCount++;
		} else if (isSelection) {
			leftOut++;
		} else {
			throw new AssayError("usage", `${place}: field task_id: ${config.tasks} has no task ${JSON.stringify(taskId)}`, {
				hint: "`assay tasks list` shows the ids; --filter, --limit or --task leave out samples of other tasks",
			});
		}
	}
	if (sampleCount === 0) throw new AssayError("usage", `${samples}: no sample belongs to the chosen tasks`);
	return { counts, sampleCount, leftOut };
}

export async function surveyReferences(
	config: RunConfig,
	inputs: RunInputs,
	signal: AbortSignal,
): Promise<SampleSurvey> {
	const tasks = new TaskSet();
	let withoutReference = 0;
	for await (const task of inputs.tasks(config, signal)) {
		signal.throwIfAborted();
		if (referenceOf(task) === null) withoutReference++;
		else await tasks.add(task);
	}
	if (tasks.count === 0) throw new AssayError("usage", `${config.tasks}: no task has a reference solution`);
	return { tasks, sampleCount: tasks.count, byId: new Map(), counts: new Map(), leftOut: 0, withoutReference };
}

/** The known answer: a whole program, or the prepared patch of a repository task that is meant to pass. */
export function referenceOf(task: Task): string | null {
	if (task.kind === "function") return task.reference;
	return task.backend?.kind === "patch" && task.expect !== "failed" ? task.backend.patch : null;
}

/** What a run has to remember of its tasks as a whole, gathered while they stream by. */
export class TaskSet {
	readonly #fingerprint = createFingerprint();
	readonly #notes = new Map<string | null, number>();
	#count = 0;

	async add(task: Task): Promise<void> {
		await this.#fingerprint.add(task);
		this.#notes.set(task.contamination, (this.#notes.get(task.contamination) ?? 0) + 1);
		this.#count++;
	}

	get count(): number {
		return this.#count;
	}

	fingerprint(): string {
		return this.#fingerprint.digest();
	}

	contamination(): RunPlan["contamination"] {
		return [...this.#notes].map(([note, tasks]) => ({ note, tasks }));
	}
}
