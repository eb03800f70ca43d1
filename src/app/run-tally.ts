import type { Sameness } from "../domain/choices.js";
import type { Duplicates, PassAtK, Rollout, RunResult, StatusCounts, TaskSummary } from "../domain/run.js";
import type { Cause, Tier } from "../domain/verdict.js";
import { meanPassAtK, usualKs } from "../stats/pass-at-k.js";
import { widenReason } from "./widening.js";

type Tallied = Pick<Rollout, "candidate" | "verdict" | "rewards" | "sameAs" | "beyondN">;

/**
 * Counts rollouts as they come; it holds one small entry per task and none per candidate. Scores are of each task's first
 * n candidates; the others are in the counts over all, and in the task's `beyond`.
 */
export class RunTally {
	readonly statusCounts: StatusCounts = {};
	readonly causeCounts: Partial<Record<Cause, number>> = {};
	readonly tiers = new Set<Tier>();
	sampleCount = 0;
	cachedCount = 0;
	inGuestCount = 0;
	duplicateCount = 0;
	candidateCpuTimeMs = 0;
	readonly #sameness: Sameness | null;
	readonly #tasks = new Map<string, TaskSummary>();
	/** How often each value was given: a sum would depend on the order in which candidates ended. */
	readonly #rewards = new Map<string, Map<number, number>>();

	/** `sameness`: equal programs are counted apart. */
	constructor(sameness: Sameness | null = null) {
		this.#sameness = sameness;
	}

	add(rollout: Tallied): void {
		const { candidate, verdict, sameAs } = rollout;
		this.sampleCount++;
		addOne(this.statusCounts, verdict.status);
		if (verdict.cause !== null) addOne(this.causeCounts, verdict.cause);
		this.tiers.add(verdict.sandbox);
		if (verdict.cached) this.cachedCount++;
		else if (sameAs === null) this.candidateCpuTimeMs += verdict.cpuTimeMs ?? 0;
		if (verdict.harness === "in_guest") this.inGuestCount++;
		if (sameAs !== null) this.duplicateCount++;
		const task = this.task(candidate.taskId);
		if (rollout.beyondN) task.beyond ??= { why: "mixed", n: 0, accepted: 0, statuses: {} };
		else this.#score(task, rollout);
		if (task.beyond === null) return;
		task.beyond.why = widenReason(task);
		if (rollout.beyondN) addVerdict(task.beyond, verdict);
	}

	#score(task: TaskSummary, { candidate, verdict, rewards, sameAs }: Tallied): void {
		if (sameAs === null && candidate.code !== null && task.distinct !== null) task.distinct++;
		addVerdict(task, verdict);
		if (verdict.status === "judge_error") return;
		for (const { name, value } of rewards) {
			const values = this.#rewards.get(name) ?? new Map<number, number>();
			this.#rewards.set(name, values.set(value, (values.get(value) ?? 0) + 1));
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
			task = { taskId, n: 0, accepted: 0, statuses: {}, distinct: this.#sameness === null ? null : 0, beyond: null };
			this.#tasks.set(taskId, task);
		}
		return task;
	}

	/** null: equal programs were not looked for. */
	duplicates(): Duplicates | null {
		if (this.#sameness === null) return null;
		const shares = this.tasks.flatMap(({ distinct, statuses }) => {
			const programs = Object.entries(statuses).reduce((sum, [status, n]) => sum + (status === "no_code" ? 0 : n), 0);
			return distinct === null || programs === 0 ? [] : [distinct / programs];
		});
		const sum = shares.reduce((total, share) => total + share, 0);
		return {
			sameness: this.#sameness,
			count: this.duplicateCount,
			distinctShare: shares.length === 0 ? null : sum / shares.length,
		};
	}

	passAtK(): PassAtK[] {
		return usualKs(this.#tasks.values()).map((k) => meanPassAtK(this.#tasks.values(), k));
	}

	rewardMeans(): RunResult["rewardMeans"] {
		const means: RunResult["rewardMeans"] = {};
		for (const name of ["binary", "fractional", "reward_v0_correctness"]) {
			const values = this.#rewards.get(name);
			means[name] = values === undefined ? null : meanOf(values);
		}
		return means;
	}
}

function addVerdict(
	counts: Pick<TaskSummary, "n" | "accepted" | "statuses">,
	{ status }: Pick<Rollout["verdict"], "status">,
): void {
	addOne(counts.statuses, status);
	if (status === "judge_error") return;
	counts.n++;
	if (status === "accepted") counts.accepted++;
}

function meanOf(counts: ReadonlyMap<number, number>): number {
	let [sum, total] = [0, 0];
	for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
		sum += value * count;
		total += count;
	}
	return sum / total;
}

function addOne<K extends string>(counts: Partial<Record<K, number>>, key: K): void {
	counts[key] = (counts[key] ?? 0) + 1;
}
