import { companyOf } from "../stats/ranking.js";

/** A letter alone says that there was none. */
export function isAnswer(answer: string): boolean {
	return answer.length > 1;
}

/** One text for all answers of a candidate; "" without any answer. */
export function answersKey(answers: readonly string[]): string {
	return answers.some(isAnswer) ? answers.join(" ") : "";
}

/** Candidates with equal answers where some input got one, each itself included; 0 without any. */
export function agreementOf(answers: readonly (readonly string[])[]): number[] {
	return companyOf(answers.map(answersKey));
}

/** How often each input got each answer, from those who vote. */
export function votes(
	answers: readonly (readonly string[])[],
	mayVote: (candidate: number) => boolean,
): Map<string, number>[] {
	const inputs = Math.max(0, ...answers.map(({ length }) => length));
	const counts = Array.from({ length: inputs }, () => new Map<string, number>());
	for (const [candidate, of] of answers.entries()) {
		if (!mayVote(candidate)) continue;
		for (const [input, answer] of of.entries())
			if (isAnswer(answer)) counts[input]?.set(answer, (counts[input]?.get(answer) ?? 0) + 1);
	}
	return counts;
}

/** Mean over inputs of the share of `voters` that gave its answer; no answer agrees with none. */
export function softAgreement(
	answers: readonly string[],
	counts: readonly Map<string, number>[],
	voters: number,
): number {
	if (counts.length === 0 || voters === 0) return 0;
	const same = answers.reduce((sum, answer, input) => sum + (counts[input]?.get(answer) ?? 0), 0);
	return same / (counts.length * voters);
}
