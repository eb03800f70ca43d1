import type { TaskRanking } from "../../domain/ranking.js";
import {
	type ClusteredDifference,
	type ClusteredMean,
	clusteredDifference,
	clusteredMean,
} from "../../stats/clustered-mean.js";
import { mcNemar } from "../../stats/paired.js";
import { acceptedWithin, firstChoice, reciprocalOfFirst } from "../../stats/ranking.js";
import { CONTROLS, ENERGY } from "../world-rankers.js";
import { above, atLeast, type Gate } from "./gates.js";

export interface RerankRow {
	ranker: string;
	/** Chance that the first candidate is accepted, and that one of the first k is; over all tasks. */
	pass1: ClusteredMean;
	passK: ClusteredMean;
	/** Mean of 1 / place of the first accepted candidate. */
	mrr: ClusteredMean;
}

export interface RerankLift {
	ranker: string;
	than: string;
	/** Of pass@1, in points. */
	points: ClusteredDifference;
	/** Rerankable tasks whose first choice is right, more often than not, by this one alone, and by the other alone. */
	mcNemar: { gained: number; lost: number; p: number };
}

export interface RerankReport {
	tasks: number;
	rerankable: number;
	allAccepted: number;
	noneAccepted: number;
	/** What picking perfectly would add to picking at random, in points. */
	headroom: number;
	k: number;
	rows: RerankRow[];
	lifts: RerankLift[];
	gates: Gate[];
}

const FIRST_SHOWN = "sample order";
const FEWEST_TASKS = 100;
const BASELINES = [FIRST_SHOWN, ...CONTROLS, "lexical overlap", "static validity"];

/** What ranking by energy brings over the order in which candidates came, and over its controls. Ties at their expectation. */
export function rerankReport(rankings: readonly TaskRanking[], k: number): RerankReport {
	const tasks = rankings.map(({ taskId, candidates }) => ({
		taskId,
		accepted: candidates.map(({ accepted }) => accepted),
		scores: (ranker: string) => candidates.map(({ scores }) => scores[ranker] ?? 0),
	}));
	const names = Object.keys(rankings[0]?.candidates[0]?.scores ?? {}).filter((name) =>
		rankings.every(({ candidates }) => candidates.every(({ scores }) => name in scores)),
	);
	const by = (of: (task: (typeof tasks)[number]) => number) =>
		tasks.map((task) => ({ cluster: task.taskId, value: of(task) }));
	const first = (ranker: string) => by(({ scores, accepted }) => firstChoice(scores(ranker), accepted));
	const lift = (ranker: string, than: string): RerankLift => {
		const others = first(than);
		let [gained, lost] = [0, 0];
		const points = first(ranker).map((own, i) => {
			const other = others[i]?.value ?? 0;
			if (own.value > 0.5 && other <= 0.5) gained++;
			else if (own.value <= 0.5 && other > 0.5) lost++;
			return { ...own, value: 100 * (own.value - other) };
		});
		return { ranker, than, points: clusteredDifference(points), mcNemar: { gained, lost, p: mcNemar(gained, lost) } };
	};
	const lifts = BASELINES.filter((name) => names.includes(name) && names.includes(ENERGY)).map((than) =>
		lift(ENERGY, than),
	);
	const gated = lifts.filter(({ than }) => than === FIRST_SHOWN || than === CONTROLS[0]);
	const mixed = tasks.filter(({ accepted }) => accepted.includes(true) && accepted.includes(false)).length;
	const all = tasks.filter(({ accepted }) => !accepted.includes(false)).length;
	const oracle = clusteredMean(by(({ accepted }) => Number(accepted.includes(true)))).value ?? 0;
	const random = clusteredMean(by(({ accepted }) => accepted.filter(Boolean).length / accepted.length)).value ?? 0;
	return {
		tasks: tasks.length,
		rerankable: mixed,
		allAccepted: all,
		noneAccepted: tasks.length - mixed - all,
		headroom: 100 * (oracle - random),
		k,
		rows: names.map((ranker) => ({
			ranker,
			pass1: clusteredMean(first(ranker)),
			passK: clusteredMean(by(({ scores, accepted }) => acceptedWithin(scores(ranker), accepted, k))),
			mrr: clusteredMean(by(({ scores, accepted }) => reciprocalOfFirst(scores(ranker), accepted))),
		})),
		lifts,
		gates: [
			...gated.flatMap(({ than, points }) => [
				atLeast(`points over ${than}`, points.value, 3),
				above(`its interval's lower end, over ${than}`, points.interval?.low ?? null, 0),
			]),
			atLeast("tasks", tasks.length, FEWEST_TASKS),
		],
	};
}
