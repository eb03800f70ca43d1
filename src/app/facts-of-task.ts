import { setImmediate } from "node:timers/promises";
import { type RolloutPlace, readRollout } from "../artifacts/rollout-file.js";
import type { Rollout } from "../domain/run.js";
import type { FunctionTask } from "../domain/task.js";
import {
	type CandidateEnergies,
	type CandidateFacts,
	candidateFacts,
	type Observed,
	type RankedTask,
} from "../energy/candidate-facts.js";
import { type ReadProgram, readProgram } from "../energy/read-program.js";
import type { Observer } from "../verify/verifier.js";

export interface FactsOfTask {
	task: RankedTask;
	facts: CandidateFacts[];
	/** By sample index. */
	placeOf: ReadonlyMap<number, RolloutPlace>;
}

export interface FactsOptions {
	/** Of assertions that a model wrote for the task. */
	assertions: readonly string[];
	/** null: nothing is run. */
	verifier: Observer | null;
	/** What a world model says of the task's candidates; null: none is asked. */
	world: ((programs: readonly (string | null)[]) => Promise<readonly (CandidateEnergies | null)[]>) | null;
	signal: AbortSignal;
}

/** What rankers may know of the candidates of a task, in sample order. */
export async function factsOfTask(
	task: FunctionTask,
	{ path, places }: { path: string; places: readonly RolloutPlace[] },
	options: FactsOptions,
): Promise<FactsOfTask> {
	const read = await Promise.all(places.map(async (place) => ({ place, rollout: await readRollout(path, place) })));
	read.sort((a, b) => a.rollout.candidate.sampleIndex - b.rollout.candidate.sampleIndex);
	return {
		task,
		facts: await factsOf(
			task,
			read.map(({ rollout }) => rollout),
			options,
		),
		placeOf: new Map(read.map(({ place, rollout }) => [rollout.candidate.sampleIndex, place])),
	};
}

/** Equal programs are run once. */
async function factsOf(
	task: FunctionTask,
	rollouts: readonly Rollout[],
	{ assertions, verifier, world, signal }: FactsOptions,
): Promise<CandidateFacts[]> {
	const programs = await programsOf(task, rollouts);
	const observations = new Map<string, Promise<Observed | null>>();
	const observed = async (candidate: Rollout["candidate"], program: ReadProgram | null): Promise<Observed | null> => {
		if (verifier === null) return null;
		if (program === null) return NOTHING;
		const known = observations.get(program.key) ?? observe(verifier, task, candidate, assertions, signal);
		observations.set(program.key, known);
		return await known;
	};
	const numbers = (await world?.(rollouts.map(({ candidate }) => candidate.code))) ?? [];
	return await Promise.all(
		rollouts.map(async ({ candidate, verdict }, i) => {
			const { generation, sampleIndex, completion } = candidate;
			const program = programs[i] ?? null;
			const tokens = generation?.usage?.completionTokens ?? 0;
			const logprob = generation?.logprob ?? null;
			return candidateFacts(task, {
				sampleIndex,
				completion,
				program,
				accepted: verdict.status === "accepted",
				logprob: logprob === null || tokens === 0 ? null : logprob / tokens,
				publicPassed: verdict.tests.filter(({ visibility, status }) => visibility === "public" && status === "passed")
					.length,
				observed: await observed(candidate, program),
				world: numbers[i] ?? null,
			});
		}),
	);
}

/** So many programs are read before others have their turn. */
const READ_AT_ONCE = 8;

/** Each text is read once. */
async function programsOf(task: FunctionTask, rollouts: readonly Rollout[]): Promise<(ReadProgram | null)[]> {
	const read = new Map<string, ReadProgram>();
	const programs: (ReadProgram | null)[] = [];
	for (const {
		candidate: { code },
	} of rollouts) {
		const program = code === null ? null : (read.get(code) ?? readProgram(code, task.entryPoint));
		if (program !== null && !read.has(program.code)) {
			read.set(program.code, program);
			if (read.size % READ_AT_ONCE === 0) await setImmediate();
		}
		programs.push(program);
	}
	return programs;
}

const NOTHING: Observed = { answers: [], examples: null, holds: [] };

async function observe(
	verifier: Observer,
	task: FunctionTask,
	candidate: Rollout["candidate"],
	assertions: readonly string[],
	signal: AbortSignal,
): Promise<Observed | null> {
	const found = await verifier.observe(task, candidate, { assertions, signal });
	return found === null ? null : { answers: found.answers, examples: found.behaviour.examples, holds: found.holds };
}
