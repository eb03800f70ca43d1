import type { CandidateFacts } from "./candidate-facts.js";
import type { Group } from "./group.js";

/** What a ranker needs beside the text of the candidates. */
export type RankerNeeds = "nothing" | "logprob" | "public tests" | "execution" | "assertions" | "world model";

export interface Ranker {
	name: string;
	needs: RankerNeeds;
	/** A number per candidate, the higher the earlier; null: this group lacks what it needs. */
	scores(group: Group): readonly number[] | null;
}

const each =
	(score: (candidate: CandidateFacts) => number) =>
	({ candidates }: Group): number[] =>
		candidates.map(score);

const examplesOf = ({ observed }: CandidateFacts): number =>
	observed?.examples ? observed.examples.passed / observed.examples.total : 0;

/** Rankers that learn nothing. Every report has them all, as far as there is what they need. */
export const BASELINES: readonly Ranker[] = [
	{ name: "random", needs: "nothing", scores: each(() => 0) },
	{ name: "sample order", needs: "nothing", scores: each(({ sampleIndex }) => 0 - sampleIndex) },
	{ name: "shortest", needs: "nothing", scores: each(({ characters }) => 0 - characters) },
	{ name: "smallest edit", needs: "nothing", scores: each(({ editedLines }) => 0 - editedLines) },
	{ name: "lexical overlap", needs: "nothing", scores: each(({ lexical }) => lexical) },
	{ name: "static validity", needs: "nothing", scores: each(({ valid }) => Number(valid)) },
	{ name: "duplicates", needs: "nothing", scores: ({ validCompany }) => validCompany },
	{ name: "centroid", needs: "nothing", scores: ({ centroid }) => centroid },
	{
		name: "centroid of valid",
		needs: "nothing",
		scores: ({ candidates, validCentroid }) => candidates.map(({ valid }, i) => (valid ? (validCentroid[i] ?? 0) : -1)),
	},
	{
		name: "log-probability",
		needs: "logprob",
		scores: ({ candidates }) =>
			candidates.every(({ logprob }) => logprob !== null) ? candidates.map(({ logprob }) => logprob ?? 0) : null,
	},
	{ name: "public tests", needs: "public tests", scores: each(({ publicPassed }) => publicPassed) },
	{ name: "agreement", needs: "execution", scores: ({ agreement }) => agreement },
	{ name: "soft agreement", needs: "execution", scores: ({ softAgreement }) => softAgreement },
	{ name: "CodeT", needs: "assertions", scores: ({ codet }) => codet },
	{
		name: "examples",
		needs: "execution",
		scores: (group) => (group.agreement === null ? null : each(examplesOf)(group)),
	},
	{
		name: "examples, then agreement",
		needs: "execution",
		scores: ({ agreement, candidates }) => (agreement === null ? null : thenBy(candidates.map(examplesOf), agreement)),
	},
	{
		name: "examples, then CodeT",
		needs: "assertions",
		scores: ({ codet, candidates }) => (codet === null ? null : thenBy(candidates.map(examplesOf), codet)),
	},
];

/** No ranking does better. */
export const ORACLE: Ranker = {
	name: "oracle",
	needs: "nothing",
	scores: each(({ accepted }) => Number(accepted)),
};

/** By the first, level ones by the second. */
function thenBy(first: readonly number[], second: readonly number[]): number[] {
	const places = (values: readonly number[]): Map<number, number> =>
		new Map([...new Set(values)].sort((a, b) => a - b).map((value, place) => [value, place]));
	const [outer, inner] = [places(first), places(second)];
	return first.map((value, i) => (outer.get(value) ?? 0) * (inner.size + 1) + (inner.get(second[i] ?? 0) ?? 0));
}
