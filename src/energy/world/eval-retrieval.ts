import type { ClusteredDifference, ClusteredMean } from "../../stats/clustered-mean.js";
import { clusteredDifference, clusteredMean } from "../../stats/clustered-mean.js";
import { type LatentFigures, latentFigures } from "../../stats/latent.js";
import { mcNemar } from "../../stats/paired.js";
import { type RetrievalFigures, retrievalFigures, type TargetRank, targetRank } from "../../stats/retrieval.js";
import { wordsOf } from "../prompt-overlap.js";
import { above, atLeast, type Gate } from "./gates.js";
import { ACTION_VARIANTS, type ScoredTransition } from "./scored-transitions.js";
import { energyOf } from "./world-model.js";

export interface RetrievalRow extends RetrievalFigures {
	/** What is asked with: a way to act, or a baseline that has learnt nothing. */
	query: string;
	/** With an interval over groups. */
	mrr: ClusteredMean;
}

export interface RetrievalDifference {
	query: string;
	than: string;
	mrr: ClusteredDifference;
	recallAt1: ClusteredDifference;
	/** Of first places; a tie for the first place counts as right where it is won more often than not. */
	mcNemar: { gained: number; lost: number; p: number };
}

export interface RetrievalReport {
	/** Transitions whose after-state is looked for, and of how many groups they are. */
	queries: number;
	groups: number;
	/** Distinct after-states that it is looked for among, its own included. */
	candidates: number;
	/** Of these, rejected ones of the same groups. */
	hardNegatives: number;
	rows: RetrievalRow[];
	differences: RetrievalDifference[];
	latent: LatentFigures;
	gates: Gate[];
}

interface Options {
	/** After-states that are looked among. */
	maxCandidates: number;
	/** Rejected after-states of the same groups that join them. */
	maxHardNegatives: number;
	/** Called between queries, where others may have their turn. */
	pause: () => Promise<void>;
}

const BASELINES = ["unchanged", "lexical", "random"] as const;
type Query = (typeof ACTION_VARIANTS)[number] | (typeof BASELINES)[number];
const QUERIES: readonly Query[] = [...ACTION_VARIANTS, ...BASELINES];

/**
 * Whether what is predicted of a state lies near the state that came of it: rank of the true after-state among those of other transitions, ties at their
 * expectation. Of equal questions one transition is asked, and rejected programs are no truth.
 */
export async function retrievalReport(
	transitions: readonly ScoredTransition[],
	{ maxCandidates, maxHardNegatives, pause }: Options,
): Promise<RetrievalReport | null> {
	const asked = new Map<string, ScoredTransition>();
	for (const transition of transitions)
		if (transition.label !== "rejected" && !asked.has(transition.question)) asked.set(transition.question, transition);
	const queries = [...asked.values()].slice(0, maxCandidates);
	if (queries.length < 2) return null;
	const groups = new Set(queries.map(({ group }) => group));
	// An answer that several questions have, of a start and of a step on the way, stands there once: no tie with itself.
	const places = new Map<string, number>();
	const pool: ScoredTransition[] = [];
	const join = (transition: ScoredTransition): boolean => {
		if (places.has(transition.texts.after)) return false;
		places.set(transition.texts.after, pool.push(transition) - 1);
		return true;
	};
	for (const transition of queries) join(transition);
	let hardNegatives = 0;
	for (const transition of transitions) {
		if (hardNegatives >= maxHardNegatives) break;
		if (transition.label === "rejected" && groups.has(transition.group) && join(transition)) hardNegatives++;
	}
	const ranks = new Map<Query, TargetRank[]>(QUERIES.map((query) => [query, []]));
	const words = pool.map(({ texts }) => wordsOf(texts.after));
	for (const [asking, transition] of queries.entries()) {
		if (asking % 20 === 0) await pause();
		const at = places.get(transition.texts.after) ?? 0;
		const add = (query: Query, distance: (candidate: ScoredTransition, place: number) => number): void => {
			ranks.get(query)?.push(targetRank(pool.map(distance), at));
		};
		for (const variant of ACTION_VARIANTS)
			add(variant, ({ after }) => energyOf(transition.predicted[variant], after.target));
		add("unchanged", ({ after }) => energyOf(transition.before.target, after.target));
		const own = wordsOf(`${transition.texts.before}\n${transition.texts.action}`);
		add("lexical", (_, place) => -likeness(own, words[place] ?? new Set()));
		add("random", () => 0);
	}
	const ofQuery = (query: Query): readonly TargetRank[] => ranks.get(query) ?? [];
	const clustered = (query: Query, value: (rank: TargetRank) => number) =>
		ofQuery(query).map((rank, i) => ({ cluster: queries[i]?.group ?? "", value: value(rank) }));
	const rows = QUERIES.flatMap((query): RetrievalRow[] => {
		const figures = retrievalFigures(ofQuery(query));
		return figures === null
			? []
			: [{ query, ...figures, mrr: clusteredMean(clustered(query, ({ reciprocal }) => reciprocal)) }];
	});
	const less = (query: Query, than: Query): RetrievalDifference => {
		const by = (value: (rank: TargetRank) => number): ClusteredDifference => {
			const others = clustered(than, value);
			return clusteredDifference(
				clustered(query, value).map((own, i) => ({ ...own, value: own.value - (others[i]?.value ?? 0) })),
			);
		};
		let [gained, lost] = [0, 0];
		for (const [i, rank] of ofQuery(query).entries()) {
			const other = ofQuery(than)[i];
			const [isFirst, otherIsFirst] = [rank.within(1) > 0.5, (other?.within(1) ?? 0) > 0.5];
			if (isFirst && !otherIsFirst) gained++;
			else if (!isFirst && otherIsFirst) lost++;
		}
		return {
			query,
			than,
			mrr: by(({ reciprocal }) => reciprocal),
			recallAt1: by(({ within }) => within(1)),
			mcNemar: { gained, lost, p: mcNemar(gained, lost) },
		};
	};
	const differences = [
		less("text", "no action"),
		less("text", "shuffled action"),
		less("text and operations", "no action"),
		less("text", "lexical"),
		less("text", "unchanged"),
	];
	const width = pool[0]?.after.target.length ?? 0;
	const values = new Float32Array(pool.length * width);
	for (const [i, { after }] of pool.entries()) values.set(after.target, i * width);
	const latent = latentFigures({ width, values });
	const [overNone] = differences;
	return {
		queries: queries.length,
		groups: groups.size,
		candidates: pool.length,
		hardNegatives,
		rows,
		differences,
		latent,
		gates: [
			atLeast("recall@1 of text over no action", overNone?.recallAt1.value ?? null, 0.05),
			atLeast("MRR of text over no action", overNone?.mrr.value ?? null, 0.05),
			above("lower end of its interval", overNone?.mrr.interval?.low ?? null, 0),
			...latentGates(latent),
		],
	};
}

export function latentGates(latent: LatentFigures): Gate[] {
	return [
		atLeast("effective rank, of the width", latent.effectiveRankRatio, 0.2),
		atLeast("median variance of a dimension", latent.variance.median, 1e-8),
		atLeast("entropy of nearest neighbours", latent.neighbourEntropy, 0.1),
	];
}

/** Words in both over words in either. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
	let shared = 0;
	for (const word of a) if (b.has(word)) shared++;
	const all = a.size + b.size - shared;
	return all === 0 ? 0 : shared / all;
}
