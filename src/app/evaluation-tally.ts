import type { PassAtK, Rollout } from "../domain/run.js";
import { DistinctPrograms } from "../languages/equal-programs.js";
import { rewardV0OriginalNormalisation } from "../rewards/reward-v0-correctness.js";
import type { Interval } from "../stats/interval.js";
import { meanPassAtK } from "../stats/pass-at-k.js";
import { passInterval } from "../stats/pass-interval.js";
import { type Summary, summarise } from "../stats/summary.js";

/** A mean over tasks and its 95 % interval (BCa bootstrap over tasks); null with fewer than 10 tasks. */
export interface PassAtKEstimate extends PassAtK {
	interval: Interval | null;
	/** Of the tasks, those that the model was trained on. */
	seen: number;
}

/** What lies between the slowest right candidates and those that were stopped: between the two, limits change nothing. */
export interface TimeSensitivity {
	timeLimited: number;
	/** CPU time of the slowest accepted candidate. */
	slowestAcceptedMs: number | null;
	/** Tasks whose slowest accepted candidate took more than a quarter of the time at which another one was stopped. */
	near: { taskId: string; slowestAcceptedMs: number; stoppedAtMs: number }[];
}

export interface EvaluationFigures {
	passAtK: PassAtKEstimate[];
	/**
	 * By the reward's name, over judged candidates: those that the rollouts hold, and `reward_v0_published`, the
	 * original normalisation of `reward_v0_correctness`, which pays more for failing early.
	 */
	rewards: Record<string, Summary>;
	/** Share of tasks with right and wrong candidates: only these carry a signal for training and ranking. */
	informativeShare: number | null;
	/** Share of judged candidates without a program. */
	parseFailureRate: number | null;
	/** The same with those that do not compile. */
	degenerateRate: number | null;
	/** Distinct programs, equal ones counted once, per candidate that holds one; mean over tasks. */
	distinctShare: number | null;
	/** Length of what the generator gave, in characters. */
	completionLength: Summary;
	time: TimeSensitivity;
}

interface TaskTally {
	n: number;
	accepted: number;
	programs: DistinctPrograms;
	withProgram: number;
	slowestAcceptedMs: number | null;
	stoppedAtMs: number | null;
}

/** Gathers what an evaluation says beside counts, of the first n candidates of each task. It holds a few numbers per candidate and one entry per task. */
export class EvaluationTally {
	readonly #tasks = new Map<string, TaskTally>();
	readonly #rewards = new Map<string, number[]>();
	readonly #lengths: number[] = [];
	#judged = 0;
	#withoutProgram = 0;
	#notCompiling = 0;
	#timeLimited = 0;

	/** `seen`: ids of tasks that the model was trained on. */
	constructor(readonly seen: ReadonlySet<string> = new Set()) {}

	add({ candidate, verdict, rewards, beyondN }: Pick<Rollout, "candidate" | "verdict" | "rewards" | "beyondN">): void {
		if (beyondN) return;
		const task = this.#task(candidate.taskId);
		if (candidate.code !== null) {
			task.programs.add(verdict.codeSha256, candidate.code);
			task.withProgram++;
		}
		this.#lengths.push(candidate.completion.length);
		if (verdict.status === "judge_error") return;
		this.#judged++;
		task.n++;
		for (const { name, value } of rewards) this.#reward(name, value);
		this.#reward("reward_v0_published", rewardV0OriginalNormalisation(verdict).value);
		const { status, cpuTimeMs } = verdict;
		if (status === "no_code") this.#withoutProgram++;
		if (status === "compile_error") this.#notCompiling++;
		if (status === "time_limit_exceeded") {
			this.#timeLimited++;
			if (cpuTimeMs !== null) task.stoppedAtMs = Math.min(task.stoppedAtMs ?? cpuTimeMs, cpuTimeMs);
		}
		if (status !== "accepted") return;
		task.accepted++;
		if (cpuTimeMs !== null) task.slowestAcceptedMs = Math.max(task.slowestAcceptedMs ?? 0, cpuTimeMs);
	}

	/** Over the tasks that `within` names; all of them without it. */
	passAtK(ks: readonly number[], within?: ReadonlySet<string>): PassAtKEstimate[] {
		const tasks = [...this.#tasks]
			.filter(([id, { n }]) => n > 0 && (within?.has(id) ?? true))
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([taskId, { n, accepted }]) => ({ taskId, n, accepted }));
		return ks.map((k) => {
			const seen = tasks.filter(({ taskId, n }) => n >= k && this.seen.has(taskId)).length;
			return { ...meanPassAtK(tasks, k), interval: passInterval(tasks, k), seen };
		});
	}

	figures(ks: readonly number[]): EvaluationFigures {
		const tasks = [...this.#tasks.values()];
		const judged = tasks.filter(({ n }) => n > 0);
		const mixed = judged.filter(({ n, accepted }) => accepted > 0 && accepted < n).length;
		const withPrograms = tasks.filter(({ withProgram }) => withProgram > 0);
		const share = (count: number, of: number) => (of === 0 ? null : count / of);
		return {
			passAtK: this.passAtK(ks),
			rewards: Object.fromEntries(
				[...this.#rewards].map(([name, values]) => [name, summarise(Float64Array.from(values))]),
			),
			informativeShare: share(mixed, judged.length),
			parseFailureRate: share(this.#withoutProgram, this.#judged),
			degenerateRate: share(this.#withoutProgram + this.#notCompiling, this.#judged),
			distinctShare: summarise(
				Float64Array.from(withPrograms, ({ programs, withProgram }) => programs.count / withProgram),
			).mean,
			completionLength: summarise(Float64Array.from(this.#lengths)),
			time: this.#timeSensitivity(),
		};
	}

	#reward(name: string, value: number): void {
		const values = this.#rewards.get(name);
		if (values === undefined) this.#rewards.set(name, [value]);
		else values.push(value);
	}

	#timeSensitivity(): TimeSensitivity {
		let slowestAcceptedMs: number | null = null;
		const near: TimeSensitivity["near"] = [];
		for (const [taskId, task] of this.#tasks) {
			if (task.slowestAcceptedMs === null) continue;
			slowestAcceptedMs = Math.max(slowestAcceptedMs ?? 0, task.slowestAcceptedMs);
			if (task.stoppedAtMs === null || task.slowestAcceptedMs * 4 <= task.stoppedAtMs) continue;
			near.push({ taskId, slowestAcceptedMs: task.slowestAcceptedMs, stoppedAtMs: task.stoppedAtMs });
		}
		return { timeLimited: this.#timeLimited, slowestAcceptedMs, near };
	}

	#task(taskId: string): TaskTally {
		let task = this.#tasks.get(taskId);
		if (task === undefined) {
			task = {
				n: 0,
				accepted: 0,
				programs: new DistinctPrograms(),
				withProgram: 0,
				slowestAcceptedMs: null,
				stoppedAtMs: null,
			};
			this.#tasks.set(taskId, task);
		}
		return task;
	}
}
