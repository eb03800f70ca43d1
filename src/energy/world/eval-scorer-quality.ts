import { type ClusteredDifference, clusteredDifference } from "../../stats/clustered-mean.js";
import { type RetrievalFigures, retrievalFigures, type TargetRank, targetRank } from "../../stats/retrieval.js";
import { above, type Gate } from "./gates.js";
import type { ActionVariant, ScoredTransition } from "./scored-transitions.js";
import { energyOf } from "./world-model.js";

export interface ScorerQualityRow extends RetrievalFigures {
	scorer: string;
	meanRank: number;
}

export interface ScorerQualityReport {
	/** Questions with an accepted and a rejected answer: only these can be ranked well or badly. */
	rerankable: number;
	questions: number;
	/** Accepted answers that are each ranked among all rejected ones of their question. */
	trueAnswers: number;
	hardNegatives: number;
	/** What ranking perfectly would add to ranking at random, of recall@1. */
	headroom: number;
	rows: ScorerQualityRow[];
	differences: { scorer: string; than: string; recallAt1: ClusteredDifference; mrr: ClusteredDifference }[];
	/** How often a rejected answer of a kind is put before an accepted one, of the pairs with one of that kind. */
	failures: { kind: string; pairs: number; before: number }[];
	gates: Gate[];
}

type Scorer = "energy" | "no action" | "shuffled action" | "smallest edit" | "random";
const SCORERS: readonly Scorer[] = ["energy", "no action", "shuffled action", "smallest edit", "random"];
const VARIANT: Partial<Record<Scorer, ActionVariant>> = {
	energy: "text",
	"no action": "no action",
	"shuffled action": "shuffled action",
};

/** Accepted answers against rejected ones of the same question. */
export function scorerQualityReport(transitions: readonly ScoredTransition[]): ScorerQualityReport {
	const questions = new Map<string, { accepted: ScoredTransition[]; rejected: ScoredTransition[] }>();
	for (const transition of transitions) {
		if (transition.label === null) continue;
		const known = questions.get(transition.question) ?? { accepted: [], rejected: [] };
		known[transition.label].push(transition);
		questions.set(transition.question, known);
	}
	const rerankable = [...questions.values()].filter(({ accepted, rejected }) => accepted.length * rejected.length > 0);
	const ranks = new Map<Scorer, TargetRank[]>(SCORERS.map((scorer) => [scorer, []]));
	const groups: string[] = [];
	const failures = new Map<string, { pairs: number; before: number }>();
	let hardNegatives = 0;
	for (const { accepted, rejected } of rerankable) {
		hardNegatives += rejected.length;
		for (const truth of accepted) {
			groups.push(truth.group);
			const pool = [truth, ...rejected];
			for (const scorer of SCORERS) {
				const numbers = pool.map((candidate) => numberOf(scorer, truth, candidate));
				ranks.get(scorer)?.push(targetRank(numbers, 0));
				if (scorer === "energy") count(failures, rejected, numbers);
			}
		}
	}
	const of = (scorer: Scorer): readonly TargetRank[] => ranks.get(scorer) ?? [];
	const less = (scorer: Scorer, than: Scorer) => {
		const by = (value: (rank: TargetRank) => number): ClusteredDifference =>
			clusteredDifference(
				of(scorer).map((rank, i) => {
					const other = of(than)[i];
					return { cluster: groups[i] ?? "", value: value(rank) - (other === undefined ? 0 : value(other)) };
				}),
			);
		return { scorer, than, recallAt1: by(({ within }) => within(1)), mrr: by(({ reciprocal }) => reciprocal) };
	};
	const rows = SCORERS.flatMap((scorer): ScorerQualityRow[] => {
		const figures = retrievalFigures(of(scorer));
		const meanRank = of(scorer).reduce((sum, { rank }) => sum + rank, 0) / of(scorer).length;
		return figures === null ? [] : [{ scorer, ...figures, meanRank }];
	});
	const differences = [less("energy", "no action"), less("energy", "shuffled action"), less("energy", "random")];
	return {
		rerankable: rerankable.length,
		questions: questions.size,
		trueAnswers: groups.length,
		hardNegatives,
		headroom: 1 - (rows.find(({ scorer }) => scorer === "random")?.recallAt1 ?? 1),
		rows,
		differences,
		failures: [...failures].map(([kind, counts]) => ({ kind, ...counts })).sort((a, b) => b.before - a.before),
		gates: differences.map(({ than, mrr }) =>
			above(`MRR over ${than}, lower end of the interval`, mrr.interval?.low ?? null, 0),
		),
	};
}

/** The lower, the earlier. */
function numberOf(scorer: Scorer, truth: ScoredTransition, candidate: ScoredTransition): number {
	const variant = VARIANT[scorer];
	if (variant !== undefined) return energyOf(truth.predicted[variant], candidate.after.target);
	return scorer === "random" ? 0 : Math.abs(candidate.texts.after.length - candidate.texts.before.length);
}

function count(
	failures: Map<string, { pairs: number; before: number }>,
	rejected: readonly ScoredTransition[],
	numbers: readonly number[],
): void {
	const own = numbers[0] ?? 0;
	for (const [i, { source, mutations }] of rejected.entries()) {
		const energy = numbers[i + 1] ?? 0;
		for (const kind of mutations.length === 0 ? [source] : new Set(mutations)) {
			const counts = failures.get(kind) ?? { pairs: 0, before: 0 };
			counts.pairs++;
			counts.before += energy < own ? 1 : energy === own ? 0.5 : 0;
			failures.set(kind, counts);
		}
	}
}
