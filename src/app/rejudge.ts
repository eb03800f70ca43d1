import { readRollouts } from "../artifacts/rollout-file.js";
import { bySample, type Rollout, type RunConfig } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import type { Status } from "../domain/verdict.js";
import { seededRandom } from "../lib/seeded-random.js";
import type { Interval } from "../stats/interval.js";
import { clopperPearson } from "../stats/proportion.js";
import type { Verifier } from "../verify/verifier.js";
import { type RunInputs, withLimits } from "./run-inputs.js";

export interface Rejudged {
	judged: number;
	disagreements: { taskId: string; sampleIndex: number; recorded: Status; again: Status }[];
	/** Share of verdicts that change when they are given again, Clopper-Pearson 95 %. */
	flakiness: { value: number; interval: Interval } | null;
	/** Chosen, but their task is not where the run's plan says, or has other tests now. */
	missing: number;
}

export interface RejudgeOptions {
	rollouts: string;
	config: RunConfig;
	inputs: RunInputs;
	/** Without a cache: it would only repeat what it knows. */
	verifier: Verifier;
	/** Chance of each rollout to be chosen. */
	share: number;
	seed: number;
	signal: AbortSignal;
	onProgress?: (done: number, total: number) => void;
}

/** Judges a random share of a run's candidates again, and says where the verdicts differ. */
export async function rejudge(options: RejudgeOptions): Promise<Rejudged> {
	const { verifier, signal, config } = options;
	const chosen = await choose(options);
	const total = [...chosen.values()].reduce((sum, rollouts) => sum + rollouts.length, 0);
	const result: Rejudged = { judged: 0, disagreements: [], flakiness: null, missing: total };
	let done = 0;
	const running = new Set<Promise<void>>();
	const judge = async (task: Task, { candidate, verdict }: Rollout): Promise<void> => {
		const again = await verifier.verify(task, candidate, { gate: config.gate, signal });
		options.onProgress?.(++done, total);
		if (again.testsSha256 !== verdict.testsSha256) {
			result.missing++;
			return;
		}
		result.judged++;
		if (again.status === verdict.status) return;
		const { taskId, sampleIndex } = candidate;
		result.disagreements.push({ taskId, sampleIndex, recorded: verdict.status, again: again.status });
	};
	for await (const task of options.inputs.tasks(config, signal)) {
		for (const rollout of chosen.get(task.id) ?? []) {
			result.missing--;
			const job: Promise<void> = judge(withLimits(task, config.limits), rollout).finally(() => running.delete(job));
			running.add(job);
			if (running.size >= verifier.concurrency * 2) await Promise.race(running);
		}
	}
	await Promise.all(running);
	const { judged, disagreements } = result;
	disagreements.sort(bySample);
	if (judged > 0) {
		const value = disagreements.length / judged;
		result.flakiness = { value, interval: clopperPearson(disagreements.length, judged) };
	}
	return result;
}

async function choose({ rollouts, share, seed }: RejudgeOptions): Promise<Map<string, Rollout[]>> {
	const random = seededRandom(seed);
	const chosen = new Map<string, Rollout[]>();
	for await (const { rollout } of readRollouts(rollouts)) {
		if (random() >= share || rollout.verdict.status === "judge_error") continue;
		const { taskId } = rollout.candidate;
		const ofTask = chosen.get(taskId);
		if (ofTask === undefined) chosen.set(taskId, [rollout]);
		else ofTask.push(rollout);
	}
	return chosen;
}
