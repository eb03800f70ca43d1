import type { CandidateFacts } from "./candidate-facts.js";

/** Candidates of one task that are ranked against each other, with what they have to do with each other. */
export interface Group {
	candidates: readonly CandidateFacts[];
	/** Programs equal to this one, it included; 0 where there is none. */
	company: readonly number[];
	/** The same among valid programs; 0 for one that is not. */
	validCompany: readonly number[];
	/** Mean similarity to the others, and to the five nearest. */
	centroid: readonly number[];
	nearest: readonly number[];
	/** Candidates with equal answers where some input got one, it included; 0 without any; null: not all were run. */
	agreement: readonly number[] | null;
	/** Mean over inputs of the share of candidates with the same answer; no answer agrees with none. */
	softAgreement: readonly number[] | null;
	/** CodeT (Chen et al. 2022): root of how many hold the same assertions, it included, times these; null: not all were run. */
	codet: readonly number[] | null;
}

const NEAREST = 5;

/** `similarity(i, j)`: of the programs of two candidates. */
export function groupOf(candidates: readonly CandidateFacts[], similarity: (i: number, j: number) => number): Group {
	const observed = candidates.flatMap(({ observed: of }) => (of === null ? [] : [of]));
	const wasRun = observed.length === candidates.length;
	const answers = observed.map((of) => (of.answers.some(isAnswer) ? of.answers.join(" ") : ""));
	const near = candidates.map((_, i) =>
		candidates.flatMap((__, j) => (i === j ? [] : [similarity(i, j)])).sort((a, b) => b - a),
	);
	return {
		candidates,
		company: companyOf(candidates.map(({ program }) => program)),
		validCompany: companyOf(candidates.map(({ program, valid }) => (valid ? program : ""))),
		centroid: near.map(meanOf),
		nearest: near.map((values) => meanOf(values.slice(0, NEAREST))),
		agreement: wasRun ? companyOf(answers) : null,
		softAgreement: wasRun ? softAgreement(observed.map((of) => of.answers)) : null,
		codet: wasRun ? codetScores(observed.map(({ holds }) => holds)) : null,
	};
}

/** A letter alone says that there was none. */
export function isAnswer(answer: string): boolean {
	return answer.length > 1;
}

function companyOf(keys: readonly string[]): number[] {
	const counts = new Map<string, number>();
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	return keys.map((key) => (key === "" ? 0 : (counts.get(key) ?? 0)));
}

function softAgreement(answers: readonly (readonly string[])[]): number[] {
	const inputs = Math.max(0, ...answers.map(({ length }) => length));
	const counts = Array.from({ length: inputs }, () => new Map<string, number>());
	for (const of of answers)
		for (const [i, answer] of of.entries()) counts[i]?.set(answer, (counts[i]?.get(answer) ?? 0) + 1);
	return answers.map((of) =>
		inputs === 0
			? 0
			: of.reduce((sum, answer, i) => sum + (isAnswer(answer) ? (counts[i]?.get(answer) ?? 0) : 0), 0) /
				(inputs * answers.length),
	);
}

/** Square root of how many pass exactly the same assertions, times the number of these. */
function codetScores(holds: readonly (readonly boolean[])[]): number[] {
	const company = companyOf(holds.map((of) => (of.includes(true) ? of.map(Number).join("") : "")));
	return holds.map((of, i) => Math.sqrt(company[i] ?? 0) * of.filter(Boolean).length);
}

function meanOf(values: readonly number[]): number {
	return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
