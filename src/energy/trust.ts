import { companyOf } from "../stats/ranking.js";
import { answersKey, isAnswer, softAgreement, votes } from "./agreement.js";
import type { Observed } from "./candidate-facts.js";

/**
 * How a candidate stands to the trusted ones: those that pass as many of the task's examples as any does, and give some
 * answer. Without examples all that answer are trusted. Shares are of the trusted, 0 where nobody is.
 */
export interface Trust {
	trusted: boolean;
	/** Of all candidates of the task. */
	shareTrusted: number;
	/** Trusted ones with the same answers to everything; and their distinct programs, of all distinct trusted ones. */
	company: number;
	programs: number;
	/** Mean over inputs of the share with the same answer. */
	agreement: number;
	/** Share of inputs answered as most trusted ones do; of inputs not answered that a trusted one answers. */
	leading: number;
	silent: number;
	/** Model-written assertions that it holds, each weighing what share of the trusted holds it; of the sum of all weights. */
	assertions: number;
	/** The same with the share of all candidates as weight. */
	popularAssertions: number;
}

/** `programs`: equal for equal programs. */
export function trustOf(observed: readonly Observed[], programs: readonly string[]): Trust[] {
	const answers = observed.map((of) => of.answers);
	const keys = answers.map(answersKey);
	const passed = observed.map(({ examples }) => (examples === null ? 0 : examples.passed / examples.total));
	const most = Math.max(0, ...passed);
	const isShown = observed.some(({ examples }) => examples !== null);
	const trusted = keys.map((key, i) => key !== "" && (!isShown || (most > 0 && passed[i] === most)));
	const count = trusted.filter(Boolean).length;
	const ofTrusted = <T>(values: readonly T[]): T[] => values.filter((_, i) => trusted[i]);
	const company = new Map(ofTrusted(keys).map((key, i, all) => [key, companyOf(all)[i] ?? 0]));
	const programsOf = new Map<string, Set<string>>();
	for (const [i, key] of keys.entries())
		if (trusted[i]) programsOf.set(key, (programsOf.get(key) ?? new Set()).add(programs[i] ?? ""));
	const distinct = new Set(ofTrusted(programs)).size;
	const counts = votes(answers, (i) => trusted[i] ?? false);
	const leaders = counts.map((of) => [...of].reduce<[string, number]>((a, b) => (b[1] > a[1] ? b : a), ["", 0])[0]);
	const weigh = (voters: readonly Observed[]) => weightsOf(voters.map(({ holds }) => holds));
	const [weights, popular] = [weigh(ofTrusted(observed)), weigh(observed)];
	const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
	return observed.map(({ holds }, i) => {
		const own = answers[i] ?? [];
		const key = keys[i] ?? "";
		return {
			trusted: trusted[i] ?? false,
			shareTrusted: share(count, observed.length),
			company: share(company.get(key) ?? 0, count),
			programs: share(programsOf.get(key)?.size ?? 0, distinct),
			agreement: softAgreement(own, counts, count),
			leading: share(
				own.filter((answer, input) => isAnswer(answer) && answer === leaders[input]).length,
				counts.length,
			),
			silent: share(own.filter((answer, input) => !isAnswer(answer) && leaders[input] !== "").length, counts.length),
			assertions: weightHeld(holds, weights),
			popularAssertions: weightHeld(holds, popular),
		};
	});
}

/** Of each assertion how many hold it, scaled to a sum of 1. */
function weightsOf(holds: readonly (readonly boolean[])[]): number[] {
	const size = Math.max(0, ...holds.map(({ length }) => length));
	const counts = Array.from({ length: size }, (_, k) => holds.filter((of) => of[k]).length);
	const sum = counts.reduce((a, b) => a + b, 0);
	return counts.map((count) => (sum === 0 ? 0 : count / sum));
}

function weightHeld(holds: readonly boolean[], weights: readonly number[]): number {
	return holds.reduce((sum, isHeld, k) => sum + (isHeld ? (weights[k] ?? 0) : 0), 0);
}
