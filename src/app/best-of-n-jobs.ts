import { promptInputOf, type Task } from "../domain/task.js";
import type { Backend } from "../generate/backend.js";
import type { ActiveRun } from "./active-run.js";
import { byTurns } from "./by-turns.js";
import type { DebugSession } from "./debug-session.js";
import { type RunInputs, withLimits } from "./run-inputs.js";
import type { MoreJobs, RunJob } from "./run-jobs.js";
import { lookupsFor, SampleShelf } from "./run-lookups.js";
import type { Widening } from "./run-task-tracker.js";
import { wideningOf } from "./widening.js";

export interface JobSources {
	backend: Backend;
	inputs: RunInputs;
	/** null: no samples file was given. */
	sampleCounts: ReadonlyMap<string, number> | null;
	/** null: nothing is revised. */
	session: DebugSession | null;
}

/** Which candidates of a task are made: `from` up to before `to`. */
interface Range {
	from: number;
	to: number;
}

/** The candidates of a run: the first n of each task, then more of those whose first n are such a group. */
export class BestOfNJobs {
	readonly #run: ActiveRun;
	readonly #sources: JobSources;
	readonly #shelves: SampleShelf[] = [];

	constructor(run: ActiveRun, sources: JobSources) {
		this.#run = run;
		this.#sources = sources;
	}

	first(signal: AbortSignal): AsyncGenerator<RunJob> {
		const { config } = this.#run.plan;
		return this.#jobs(() => ({ from: 0, to: config.n ?? 1 }), signal);
	}

	/** Once all first ones have their verdict: which tasks get more, and these. */
	async beyond(signal: AbortSignal): Promise<MoreJobs> {
		const { plan, tally } = this.#run;
		const { backend, inputs, sampleCounts } = this.#sources;
		const { n, widen } = plan.config;
		const shelf = sampleCounts === null ? null : countingShelf(sampleCounts);
		const judged = new Map(tally.tasks.map((task) => [task.taskId, task]));
		const widenings = new Map<string, Widening>();
		for await (const task of inputs.tasks(plan.config, signal)) {
			const first = judged.get(task.id);
			const why = first === undefined ? null : wideningOf(plan.config, first);
			if (why === null || widen === null) continue;
			const from = n ?? 1;
			const available = await backend.countFor(promptInputOf(task), lookupsFor(task, inputs, shelf), widen.nMax);
			widenings.set(task.id, { taskId: task.id, why, from, to: Math.max(from, available) });
		}
		return {
			widenings: [...widenings.values()],
			jobs: (jobSignal) => this.#jobs((taskId) => widenings.get(taskId) ?? null, jobSignal),
		};
	}

	/** When the last candidate is made: jobs read their samples while they are worked on. */
	async close(): Promise<void> {
		for (const shelf of this.#shelves.splice(0)) await shelf.close();
	}

	/**
	 * Where a task's candidates end with enough accepted ones, a model is asked for those of several tasks by turns: it has
	 * enough to do while each task waits for a verdict.
	 */
	async *#jobs(rangeOf: (taskId: string) => Range | null, signal: AbortSignal): AsyncGenerator<RunJob> {
		const { model, plan } = this.#run;
		const tasks = this.#jobsOfTasks(rangeOf, signal);
		const width = plan.config.stopOnAccepted === null || model === null ? 1 : model.concurrency;
		yield* byTurns(tasks, width);
	}

	/** `rangeOf`: null for a task that is passed by. */
	async *#jobsOfTasks(
		rangeOf: (taskId: string) => Range | null,
		signal: AbortSignal,
	): AsyncGenerator<Iterable<RunJob>> {
		const { plan, recovered } = this.#run;
		const { inputs, backend } = this.#sources;
		const isWanted = (taskId: string, position: number): boolean => {
			const range = rangeOf(taskId);
			const isInside = range !== null && position >= range.from && position < range.to;
			return isInside && recovered.finished.get(taskId, position) === null;
		};
		const shelf = this.#openShelf(isWanted);
		for await (const task of inputs.tasks(plan.config, signal)) {
			const range = rangeOf(task.id);
			if (range === null) continue;
			const lookups = lookupsFor(task, inputs, shelf);
			const to = await backend.countFor(promptInputOf(task), lookups, range.to);
			yield this.#jobsOf(task, lookups, { from: range.from, to }, signal);
		}
	}

	*#jobsOf(
		task: Task,
		lookups: ReturnType<typeof lookupsFor>,
		{ from, to }: Range,
		signal: AbortSignal,
	): Generator<RunJob> {
		for (let sampleIndex = from; sampleIndex < to; sampleIndex++) {
			yield this.#job(task, lookups, { sampleIndex, candidateCount: to, signal });
		}
	}

	/** null: no samples file was given. */
	#openShelf(isWanted: (taskId: string, position: number) => boolean): SampleShelf | null {
		const { inputs, sampleCounts } = this.#sources;
		const { samples } = this.#run.plan.config;
		if (sampleCounts === null || samples === null) return null;
		const source = inputs.samples(samples, (taskId) => sampleCounts.has(taskId));
		const shelf = new SampleShelf(sampleCounts, source, isWanted);
		this.#shelves.push(shelf);
		return shelf;
	}

	#job(
		task: Task,
		lookups: ReturnType<typeof lookupsFor>,
		{ signal, ...place }: { sampleIndex: number; candidateCount: number; signal: AbortSignal },
	): RunJob {
		const { config } = this.#run.plan;
		const { backend, session } = this.#sources;
		const { sampleIndex } = place;
		const limited = withLimits(task, config.limits);
		if (session !== null) {
			return {
				task: limited,
				...place,
				produce: (jobSignal, listeners) =>
					session.produce(limited, lookups, { sampleIndex, seed: config.seed }, jobSignal, listeners),
				onRollout: (rollout) => session.onRollout(limited, rollout, signal),
			};
		}
		return {
			task: limited,
			...place,
			produce: async (jobSignal, listeners) => {
				const request = { sampleIndex, seed: config.seed, signal: jobSignal, ...listeners };
				const generated = await backend.generate(promptInputOf(task), lookups, request);
				return { taskId: task.id, sampleIndex, backend: config.backend, ...generated };
			},
		};
	}
}

/** Tells how many samples tasks have, and reads none. */
export function countingShelf(counts: ReadonlyMap<string, number>): SampleShelf {
	return new SampleShelf(counts, noSamples(), () => false);
}

async function* noSamples(): AsyncGenerator<never> {}
