import type { Rollout } from "../domain/run.js";
import { sha256 } from "../lib/hash.js";
import { bootstrapMean } from "../stats/bootstrap.js";
import type { Interval } from "../stats/interval.js";
import { signFlip } from "../stats/paired.js";
import { programShape } from "../tasks/code-tokens.js";

const SELECTORS = ["public", "majority", "public+majority", "logprob"] as const;
type Selector = (typeof SELECTORS)[number];

/** How often the one candidate that a rule picks from a task's is accepted. */
export interface SelectionScore {
	/**
	 * `public`: most public tests passed. `majority`: the program that is written most often, but for names and layout.
	 * `public+majority`: the second among the first. `logprob`: the highest mean log-probability of a token. Ties are
	 * drawn from at random, and the score is what that gives on average.
	 */
	selector: Selector;
	value: number;
	interval: Interval | null;
	/** Over picking any candidate, which is pass@1; mean over tasks, two-sided sign-flip test over tasks. */
	gain: number;
	gainInterval: Interval | null;
	p: number;
}

export interface Selection {
	/** Tasks with two judged candidates or more. */
	tasks: number;
	random: number;
	/** Picking an accepted candidate wherever there is one: no rule can do better. */
	oracle: number;
	scores: SelectionScore[];
}

interface Choice {
	accepted: boolean;
	publicPassed: number;
	shape: string;
	logprob: number | null;
}

/** Gathers what rules that pick one of a task's candidates need; a few bytes per candidate. */
export class SelectionTally {
	readonly #tasks = new Map<string, Choice[]>();

	add({ candidate, verdict }: Pick<Rollout, "candidate" | "verdict">): void {
		if (verdict.status === "judge_error") return;
		const { generation } = candidate;
		const tokens = generation?.usage?.completionTokens ?? 0;
		const logprob = generation?.logprob ?? null;
		const pick: Choice = {
			accepted: verdict.status === "accepted",
			publicPassed: verdict.tests.filter(({ visibility, status }) => visibility === "public" && status === "passed")
				.length,
			shape: candidate.code === null ? "" : sha256(programShape(candidate.code)).slice(0, 16),
			logprob: logprob === null || tokens === 0 ? null : logprob / tokens,
		};
		const picks = this.#tasks.get(candidate.taskId);
		if (picks === undefined) this.#tasks.set(candidate.taskId, [pick]);
		else picks.push(pick);
	}

	/** null: no task has two candidates to choose from. */
	selection(): Selection | null {
		const tasks = [...this.#tasks]
			.filter(([, picks]) => picks.length > 1)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([, picks]) => picks);
		if (tasks.length === 0) return null;
		const random = Float64Array.from(tasks, (picks) => shareAccepted(picks));
		const usable = SELECTORS.filter(
			(selector) => selector !== "logprob" || tasks.every((picks) => picks.every(({ logprob }) => logprob !== null)),
		);
		return {
			tasks: tasks.length,
			random: meanOf(random),
			oracle: tasks.filter((picks) => picks.some(({ accepted }) => accepted)).length / tasks.length,
			scores: usable.map((selector) => {
				const values = Float64Array.from(tasks, (picks) => shareAccepted(chosenBy(selector, picks)));
				const gains = values.map((value, i) => value - (random[i] ?? 0));
				return {
					selector,
					value: meanOf(values),
					interval: bootstrapMean(values),
					gain: meanOf(gains),
					gainInterval: bootstrapMean(gains),
					p: signFlip(gains).p,
				};
			}),
		};
	}
}

function chosenBy(selector: Selector, picks: readonly Choice[]): readonly Choice[] {
	switch (selector) {
		case "public":
			return best(picks, ({ publicPassed }) => publicPassed);
		case "majority":
			return mostWritten(picks);
		case "public+majority":
			return mostWritten(best(picks, ({ publicPassed }) => publicPassed));
		case "logprob":
			return best(picks, ({ logprob }) => logprob ?? Number.NEGATIVE_INFINITY);
	}
}

/** A candidate without a program is none that anybody agrees with. */
function mostWritten(picks: readonly Choice[]): readonly Choice[] {
	const counts = new Map<string, number>();
	for (const { shape } of picks) counts.set(shape, (counts.get(shape) ?? 0) + 1);
	return best(picks, ({ shape }) => (shape === "" ? 0 : (counts.get(shape) ?? 0)));
}

function best(picks: readonly Choice[], score: (pick: Choice) => number): readonly Choice[] {
	const most = Math.max(...picks.map(score));
	return picks.filter((pick) => score(pick) === most);
}

function shareAccepted(picks: readonly Choice[]): number {
	return picks.filter(({ accepted }) => accepted).length / picks.length;
}

function meanOf(values: Float64Array): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
