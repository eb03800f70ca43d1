import { FITTED } from "./fitted-rankers.js";
import type { RankedGroup, RankerComparison, RankerFigures } from "./ranking-tally.js";
import { above, atLeast, type Gate } from "./world/gates.js";
import { ENERGY } from "./world-rankers.js";

interface Goals {
	auc: number;
	aucAmongValid?: number;
	firstChoice?: number;
}

/** Without running anything. */
const PROBABILITY: Goals = { auc: 0.86, aucAmongValid: 0.75, firstChoice: 0.43 };
/** With all that can be known. */
const EVERYTHING: Goals = { auc: 0.97, firstChoice: 0.63 };

const GOALS: Readonly<Record<string, Goals>> = {
	[ENERGY]: { auc: 0.75, aucAmongValid: 0.62 },
	"pass head": PROBABILITY,
	"trees, static": PROBABILITY,
	[FITTED[0]]: PROBABILITY,
	"trees, everything": EVERYTHING,
	[FITTED[1]]: EVERYTHING,
};
const WORDS = { auc: "AUC", aucAmongValid: "AUC among valid", firstChoice: "first choice" } as const;
const FIGURES = ["auc", "aucAmongValid", "firstChoice"] as const;

export interface RankingGoal extends Gate {
	ranker: string;
	/** The ranker learnt from tasks that it was measured on: it has reached nothing. */
	seen: boolean;
}

interface Measured {
	groups: readonly Pick<RankedGroup, "taskId" | "accepted">[];
	rankers: readonly RankerFigures[];
	controls: readonly { ranker: string; less: RankerComparison }[];
	isSeen(ranker: string): boolean;
}

/**
 * What rankers were meant to reach. Bounds of figures were set for 100 samples a task of HumanEval by a model of 16 billion
 * weights, and nothing else is held against them; an energy has to be above its controls wherever it is measured.
 */
export function rankingGoals({ groups, rankers, controls, isSeen }: Measured): RankingGoal[] {
	const hasBounds = isLikeThoseOfGoals(groups);
	return rankers.flatMap((figures) => {
		const { ranker } = figures;
		const goals = GOALS[ranker];
		if (goals === undefined) return [];
		const own = controls.filter((control) => control.ranker === ranker);
		const gates = [
			...FIGURES.flatMap((figure) => {
				const bound = goals[figure];
				if (bound === undefined || !hasBounds) return [];
				return [atLeast(WORDS[figure], figures[figure].value, bound)];
			}),
			...own.map(({ less }) =>
				above(`AUC less that of ${less.ranker}, lower end of the interval`, less.auc.interval?.low ?? null, 0),
			),
		];
		return gates.map((gate) => ({ ...gate, ranker, seen: isSeen(ranker) }));
	});
}

/** Fewer candidates a task than half of these are another matter: there is less to choose from, and fewer peers to be like. */
const LEAST_CANDIDATES = 50;

function isLikeThoseOfGoals(groups: Measured["groups"]): boolean {
	const candidates = groups.reduce((sum, { accepted }) => sum + accepted.length, 0);
	return (
		groups.every(({ taskId }) => taskId.startsWith("HumanEval/")) && candidates >= LEAST_CANDIDATES * groups.length
	);
}
