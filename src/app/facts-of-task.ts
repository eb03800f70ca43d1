import { type RolloutPlace, readRollout } from "../artifacts/rollout-file.js";
import type { Rollout } from "../domain/run.js";
import type { FunctionTask } from "../domain/task.js";
import { type CandidateFacts, candidateFacts, type Observed } from "../energy/candidate-facts.js";
import type { WorldNumbers } from "../energy/world/world-model.js";
import { programKey } from "../languages/equal-programs.js";
import type { Verifier } from "../verify/verifier.js";

export interface FactsOfTask {
	task: FunctionTask;
	facts: CandidateFacts[];
	/** By sample index. */
	placeOf: ReadonlyMap<number, RolloutPlace>;
}

export interface FactsOptions {
	/** Of assertions that a model wrote for the task. */
	assertions: readonly string[];
	/** null: nothing is run. */
	verifier: Verifier | null;
	/** What a world model says of the task's candidates; null: none is asked. */
	world: ((programs: readonly (string | null)[]) => Promise<readonly (WorldNumbers | null)[]>) | null;
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
	const observations = new Map<string, Promise<Observed | null>>();
	const observed = async (candidate: Rollout["candidate"]): Promise<Observed | null> => {
		if (verifier === null) return null;
		if (candidate.code === null) return NOTHING;
		const key = programKey(candidate.code);
		const known = observations.get(key) ?? observe(verifier, task, candidate, assertions, signal);
		observations.set(key, known);
		return await known;
	};
	const numbers = (await world?.(rollouts.map(({ candidate }) => candidate.code))) ?? [];
	return await Promise.all(
		rollouts.map(async ({ candidate, verdict }, i) => {
			const { generation, sampleIndex, completion, code } = candidate;
			const tokens = generation?.usage?.completionTokens ?? 0;
			const logprob = generation?.logprob ?? null;
			return candidateFacts(task, {
				sampleIndex,
				completion,
				code,
				accepted: verdict.status === "accepted",
				logprob: logprob === null || tokens === 0 ? null : logprob / tokens,
				publicPassed: verdict.tests.filter(({ visibility, status }) => visibility === "public" && status === "passed")
					.length,
				observed: await observed(candidate),
				world: numbers[i] ?? null,
			});
		}),
	);
}

const NOTHING: Observed = { answers: [], examples: null, holds: [] };

async function observe(
	verifier: Verifier,
	task: FunctionTask,
	candidate: Rollout["candidate"],
	assertions: readonly string[],
	signal: AbortSignal,
): Promise<Observed | null> {
	const found = await verifier.observe(task, candidate, { assertions, signal });
	return found === null ? null : { answers: found.answers, examples: found.behaviour.examples, holds: found.holds };
}
