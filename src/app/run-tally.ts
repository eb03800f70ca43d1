import type { PassAtK, Rollout, RunResult, StatusCounts, TaskSummary } from "../domain/run.js";
import type { Cause, Tier } from "../domain/verdict.js";
import { meanPassAtK } from "../stats/pass-at-k.js";

const USUAL_KS = [1, 5, 10] as const;

/** Counts rollouts as they come; it holds one small entry per task and none per candidate. */
export class RunTally {
	readonly statusCounts: StatusCounts = {};
	readonly causeCounts: Partial<Record<Cause, number>> = {};
	readonly tiers = new Set<Tier>();
	sampleCount = 0;
	cachedCount = 0;
	inGuestCount = 0;
	candidateCpuTimeMs = 0;
	readonly #tasks = new Map<string, TaskSummary>();
	readonly #rewards = new Map<string, { sum: number; count: number }>();

	add({ candidate, verdict, rewards }: Pick<Rollout, "candidate" | "verdict" | "rewards">): void {
		this.sampleCount++;
		addOne(this.statusCounts, verdict.status);
		if (verdict.cause !== null) addOne(this.causeCounts, verdict.cause);
		this.tiers.add(verdict.sandbox);
		if (verdict.cached) this.cachedCount++;
		else this.candidateCpuTimeMs += verdict.cpuTimeMs ?? 0;
		if (verdict.harness === "in_guest") this.inGuestCount++;
		const task = this.task(candidate.taskId);
		addOne(task.statuses, verdict.status);
		if (verdict.status === "judge_error") return;
		task.n++;
		if (verdict.status === "accepted") task.accepted++;
		for (const { name, value } of rewards) {
			const reward = this.#rewards.get(name) ?? { sum: 0, count: 0 };
			this.#rewards.set(name, { sum: reward.sum + value, count: reward.count + 1 });
		}
	}

	/** Tasks in the order in which they were first seen. */
	get tasks(): TaskSummary[] {
		return [...this.#tasks.values()];
	}

	get judgeErrors(): number {
		return this.statusCounts.judge_error ?? 0;
	}

	task(taskId: string): TaskSummary {
		let task = this.#tasks.get(taskId);
		if (task === undefined) {
			task = { taskId, n: 0, accepted: 0, statuses: {} };
			this.#tasks.set(taskId, task);
		}
		return task;
	}

	passAtK(ks: readonly number[] = USUAL_KS): PassAtK[] {
		return ks.map((k) => meanPassAtK(this.#tasks.values(), k));
	}

	rewardMeans(): RunResult["rewardMeans"] {
		const means: RunResult["rewardMeans"] = {};
		for (const name of ["binary", "fractional", "reward_v0_correctness"]) {
			const reward = this.#rewards.get(name);
			means[name] = reward === undefined ? null : reward.sum / reward.count;
		}
		return means;
	}
}

function addOne<K extends string>(counts: Partial<Record<K, number>>, key: K): void {
	counts[key] = (counts[key] ?? 0) + 1;
}
