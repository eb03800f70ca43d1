import { COUNTED_SELECTORS, type CountedSelector } from "../domain/choices.js";
import type { Picked, Rollout } from "../domain/run.js";
import { programKey } from "../languages/equal-programs.js";
import { bootstrapMean } from "../stats/bootstrap.js";
import type { Interval } from "../stats/interval.js";
import { signFlip } from "../stats/paired.js";
import { companyOf, rankingAuc } from "../stats/ranking.js";

/** How often the one candidate that a rule picks from a task's is accepted. */
export interface SelectionScore {
	/**
	 * `public`: most public tests passed. `majority`: the program that is written most often, equal ones counted together.
	 * `public+majority`: the second among the first. `logprob`: the highest mean log-probability of a token. `agreement`:
	 * the answers that most candidates give on the same inputs, those without any answer left out; `public+agreement`:
	 * the same among the first. `examples`: most calls in the task's text that give what it says; `examples+agreement`.
	 * Ties are drawn from at random, and the score is what that gives on average.
	 */
	selector: CountedSelector;
	value: number;
	interval: Interval | null;
	/** Over picking any of the first n candidates, which is pass@1; mean over tasks, two-sided sign-flip test over tasks. */
	gain: number;
	gainInterval: Interval | null;
	p: number;
	/** Chance that an accepted candidate of a task is ranked over another of it; ties 0.5, mean over `aucTasks`. */
	auc: number | null;
	/** Tasks with accepted and other candidates. */
	aucTasks: number;
}

export interface Selection {
	/** Tasks with two judged candidates or more. */
	tasks: number;
	/** Any of a task's first n candidates. Rules also pick from those beyond, where a task has such. */
	random: number;
	/** Picking an accepted candidate wherever there is one: no rule can do better. */
	oracle: number;
	scores: SelectionScore[];
}

interface Choice {
	sampleIndex: number;
	accepted: boolean;
	beyondN: boolean;
	publicPassed: number;
	program: string;
	logprob: number | null;
	/** Equal where the answers are; "": none was given; null: nobody asked. */
	answers: string | null;
	/** Calls in the task's text that give what it says. */
	examplesPassed: number;
}

/** Gathers what rules that pick one of a task's candidates need; a few bytes per candidate. */
export class SelectionTally {
	readonly #tasks = new Map<string, Choice[]>();

	add({
		candidate,
		verdict,
		behaviour,
		beyondN,
	}: Pick<Rollout, "candidate" | "verdict" | "behaviour" | "beyondN">): void {
		if (verdict.status === "judge_error") return;
		const { generation } = candidate;
		const tokens = generation?.usage?.completionTokens ?? 0;
		const logprob = generation?.logprob ?? null;
		const pick: Choice = {
			sampleIndex: candidate.sampleIndex,
			accepted: verdict.status === "accepted",
			beyondN,
			publicPassed: verdict.tests.filter(({ visibility, status }) => visibility === "public" && status === "passed")
				.length,
			program: candidate.code === null ? "" : programKey(candidate.code),
			logprob: logprob === null || tokens === 0 ? null : logprob / tokens,
			examplesPassed: behaviour?.examples?.passed ?? 0,
			answers:
				candidate.code === null ? "" : behaviour === null ? null : behaviour.answered === 0 ? "" : behaviour.sha256,
		};
		const picks = this.#tasks.get(candidate.taskId);
		if (picks === undefined) this.#tasks.set(candidate.taskId, [pick]);
		else picks.push(pick);
	}

	/** What a rule picks of each task, of one with a single candidate too. */
	picked(selector: CountedSelector): Picked {
		const tasks = [...this.#tasks].filter(([, picks]) => isUsable(selector, picks));
		const chosen = tasks.map(([taskId, picks]) => ({ taskId, picks: chosenBy(selector, picks) }));
		return {
			selector,
			value: chosen.length === 0 ? null : meanOf(Float64Array.from(chosen, ({ picks }) => shareAccepted(picks))),
			tasks: chosen.map(({ taskId, picks }) => ({
				taskId,
				samples: picks.map(({ sampleIndex }) => sampleIndex).sort((a, b) => a - b),
			})),
			by: null,
		};
	}

	/** null: no task has two candidates to choose from. */
	selection(): Selection | null {
		const tasks = [...this.#tasks]
			.filter(([, picks]) => picks.length > 1)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([, picks]) => picks);
		if (tasks.length === 0) return null;
		const random = Float64Array.from(tasks, (picks) => shareAccepted(picks.filter(({ beyondN }) => !beyondN)));
		const usable = COUNTED_SELECTORS.filter((selector) => tasks.every((picks) => isUsable(selector, picks)));
		return {
			tasks: tasks.length,
			random: meanOf(random),
			oracle: tasks.filter((picks) => picks.some(({ accepted }) => accepted)).length / tasks.length,
			scores: usable.map((selector) => {
				const values = Float64Array.from(tasks, (picks) => shareAccepted(chosenBy(selector, picks)));
				const aucs = tasks.flatMap((picks) => rankingAuc(scoresBy(selector, picks), acceptedOf(picks)) ?? []);
				const gains = values.map((value, i) => value - (random[i] ?? 0));
				return {
					selector,
					value: meanOf(values),
					interval: bootstrapMean(values),
					gain: meanOf(gains),
					gainInterval: bootstrapMean(gains),
					p: signFlip(gains).p,
					auc: aucs.length === 0 ? null : meanOf(Float64Array.from(aucs)),
					aucTasks: aucs.length,
				};
			}),
		};
	}
}

function isUsable(selector: CountedSelector, picks: readonly Choice[]): boolean {
	if (selector === "logprob") return picks.every(({ logprob }) => logprob !== null);
	return !/agreement|examples/.test(selector) || picks.every(({ answers }) => answers !== null);
}

/** The candidates that the rule puts first. */
function chosenBy(selector: CountedSelector, picks: readonly Choice[]): readonly Choice[] {
	const scores = scoresBy(selector, picks);
	const most = Math.max(...scores);
	return picks.filter((_, i) => scores[i] === most);
}

/** A number per candidate: the higher, the earlier. */
function scoresBy(selector: CountedSelector, picks: readonly Choice[]): number[] {
	switch (selector) {
		case "public":
			return picks.map(({ publicPassed }) => publicPassed);
		case "majority":
			return companyOf(picks.map(({ program }) => program));
		case "agreement":
			return companyOf(picks.map(({ answers }) => answers ?? ""));
		case "logprob":
			return picks.map(({ logprob }) => logprob ?? Number.NEGATIVE_INFINITY);
		case "examples":
			return picks.map(({ examplesPassed }) => examplesPassed);
		case "public+majority":
			return within("public", "majority", picks);
		case "public+agreement":
			return within("public", "agreement", picks);
		case "examples+agreement":
			return within("examples", "agreement", picks);
	}
}

/** By the first rule; among those that it puts level, by the second applied to them alone. */
function within(first: CountedSelector, second: CountedSelector, picks: readonly Choice[]): number[] {
	const levels = scoresBy(first, picks);
	const scores = picks.map(() => 0);
	for (const level of new Set(levels)) {
		const places = levels.flatMap((of, i) => (of === level ? [i] : []));
		const inner = scoresBy(
			second,
			picks.filter((_, i) => levels[i] === level),
		);
		for (const [i, place] of places.entries()) scores[place] = level * (picks.length + 1) + (inner[i] ?? 0);
	}
	return scores;
}

function acceptedOf(picks: readonly Choice[]): boolean[] {
	return picks.map(({ accepted }) => accepted);
}

function shareAccepted(picks: readonly Choice[]): number {
	return picks.filter(({ accepted }) => accepted).length / picks.length;
}

function meanOf(values: Float64Array): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
