import { companyOf } from "../stats/ranking.js";
import { agreementOf, softAgreement, votes } from "./agreement.js";
import type { CandidateFacts } from "./candidate-facts.js";
import { energiesAmong } from "./energy-among.js";
import { type Trust, trustOf } from "./trust.js";

/** Candidates of one task that are ranked against each other, with what they have to do with each other. */
export interface Group {
	candidates: readonly CandidateFacts[];
	/** Programs equal to this one, it included; 0 where there is none. */
	company: readonly number[];
	/** The same among valid programs; 0 for one that is not. */
	validCompany: readonly number[];
	/** The same for programs that are equal in each of their loose forms alone: tokens, operators, what is returned. */
	looseCompany: readonly (readonly number[])[];
	/** Mean similarity to the others, and to the five nearest. */
	centroid: readonly number[];
	nearest: readonly number[];
	/** The same to valid programs alone: to all of them, and to so many of the nearest as `VALID_NEAREST` says. */
	validCentroid: readonly number[];
	validNearest: readonly (readonly number[])[];
	/** Candidates with equal answers where some input got one, it included; 0 without any; null: not all were run. */
	agreement: readonly number[] | null;
	/** Mean over inputs of the share of candidates with the same answer; no answer agrees with none. */
	softAgreement: readonly number[] | null;
	/** CodeT (Chen et al. 2022): root of how many hold the same assertions, it included, times these; null: not all were run. */
	codet: readonly number[] | null;
	/** null: not all were run. */
	trust: readonly Trust[] | null;
	/** A world model's: see `energiesAmong`; null of one that is not valid; null: no model was asked. */
	amongEnergies: readonly (number | null)[] | null;
}

const NEAREST = 5;
const VALID_NEAREST = [3, 10, 25];

/** `similarity(i, j)`: of the programs of two candidates. */
export function groupOf(candidates: readonly CandidateFacts[], similarity: (i: number, j: number) => number): Group {
	const observed = candidates.flatMap(({ observed: of }) => (of === null ? [] : [of]));
	const wasRun = observed.length === candidates.length;
	const answers = observed.map((of) => of.answers);
	const counts = votes(answers, () => true);
	const near = candidates.map((_, i) =>
		candidates.flatMap((__, j) => (i === j ? [] : [similarity(i, j)])).sort((a, b) => b - a),
	);
	const nearValid = candidates.map((_, i) =>
		candidates.flatMap(({ valid }, j) => (i === j || !valid ? [] : [similarity(i, j)])).sort((a, b) => b - a),
	);
	return {
		candidates,
		company: companyOf(candidates.map(({ program }) => program)),
		validCompany: companyOf(candidates.map(({ program, valid }) => (valid ? program : ""))),
		looseCompany: looseCompanyOf(candidates),
		centroid: near.map(meanOf),
		nearest: near.map((values) => meanOf(values.slice(0, NEAREST))),
		validCentroid: nearValid.map(meanOf),
		validNearest: nearValid.map((values) => VALID_NEAREST.map((count) => meanOf(values.slice(0, count)))),
		agreement: wasRun ? agreementOf(answers) : null,
		softAgreement: wasRun ? answers.map((of) => softAgreement(of, counts, answers.length)) : null,
		codet: wasRun ? codetScores(observed.map(({ holds }) => holds)) : null,
		trust: wasRun
			? trustOf(
					observed,
					candidates.map(({ program }) => program),
				)
			: null,
		amongEnergies: candidates.some(({ world }) => world !== null)
			? energiesAmong(
					candidates.map(({ world }) => world?.target ?? null),
					candidates.map(({ valid }) => valid),
				)
			: null,
	};
}

const LOOSE = ["tokens", "operators", "returned"] as const;

function looseCompanyOf(candidates: readonly CandidateFacts[]): number[][] {
	const counts = LOOSE.map((form) =>
		companyOf(candidates.map(({ loose, valid }) => (valid && loose !== null ? `=${loose[form]}` : ""))),
	);
	return candidates.map((_, i) => counts.map((of) => of[i] ?? 0));
}

/** Square root of how many pass exactly the same assertions, times the number of these. */
function codetScores(holds: readonly (readonly boolean[])[]): number[] {
	const company = companyOf(holds.map((of) => (of.includes(true) ? of.map(Number).join("") : "")));
	return holds.map((of, i) => Math.sqrt(company[i] ?? 0) * of.filter(Boolean).length);
}

function meanOf(values: readonly number[]): number {
	return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
