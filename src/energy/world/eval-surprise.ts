import { seededRandom } from "../../lib/seeded-random.js";
import { type ClusteredMean, clusteredMean } from "../../stats/clustered-mean.js";
import { above, atLeast, type Gate } from "./gates.js";
import type { ActionVariant, ScoredTransition } from "./scored-transitions.js";
import { energyOf } from "./world-model.js";

/** What a true after-state is held against. */
const DECOYS = ["random", "same group", "mutation", "other action"] as const;
type Decoy = (typeof DECOYS)[number];

export interface SurpriseRow {
	decoy: Decoy;
	pairs: number;
	groups: number;
	/** Chance that the decoy surprises more than the truth, ties 0.5; with text, and the two controls. */
	text: ClusteredMean;
	noAction: ClusteredMean;
	shuffledAction: ClusteredMean;
}

export interface SurpriseReport {
	transitions: number;
	rows: SurpriseRow[];
	gates: Gate[];
}

const FEWEST_PAIRS = { mutation: 100, "same group": 30 } as const;

/**
 * Whether decoys surprise more than the truth: an after-state of another group, a rejected one for the same question, a
 * rejected mutant of it, and the truth asked for by another group's question.
 */
export function surpriseReport(transitions: readonly ScoredTransition[], seed: number): SurpriseReport {
	const random = seededRandom(seed);
	const truths = transitions.filter(({ label }) => label !== "rejected");
	const rejected = new Map<string, ScoredTransition[]>();
	for (const transition of transitions) {
		if (transition.label !== "rejected") continue;
		rejected.set(transition.group, [...(rejected.get(transition.group) ?? []), transition]);
	}
	const won: Record<Decoy, Record<"text" | "noAction" | "shuffledAction", { cluster: string; value: number }[]>> = {
		random: empty(),
		"same group": empty(),
		mutation: empty(),
		"other action": empty(),
	};
	const add = (decoy: Decoy, truth: ScoredTransition, other: ScoredTransition): void => {
		const by = (variant: ActionVariant): { cluster: string; value: number } => ({
			cluster: truth.group,
			value: chance(
				energyOf(truth.predicted[variant], truth.after.target),
				energyOf(truth.predicted[variant], other.after.target),
			),
		});
		won[decoy].text.push(by("text"));
		won[decoy].noAction.push(by("no action"));
		won[decoy].shuffledAction.push(by("shuffled action"));
	};
	for (const truth of truths) {
		for (const other of rejected.get(truth.group) ?? [])
			add(other.source === "mutant" ? "mutation" : "same group", truth, other);
		const stranger = drawn(truths, truth.group, random);
		if (stranger !== null) add("random", truth, stranger);
		const own = energyOf(truth.predicted.text, truth.after.target);
		const asked = {
			cluster: truth.group,
			value: chance(own, energyOf(truth.predicted["shuffled action"], truth.after.target)),
		};
		won["other action"].text.push(asked);
		// Without words there is nothing to tell questions apart by.
		for (const control of ["noAction", "shuffledAction"] as const)
			won["other action"][control].push({ cluster: truth.group, value: 0.5 });
	}
	const rows = DECOYS.map((decoy): SurpriseRow => {
		const { text, noAction, shuffledAction } = won[decoy];
		return {
			decoy,
			pairs: text.length,
			groups: new Set(text.map(({ cluster }) => cluster)).size,
			text: clusteredMean(text),
			noAction: clusteredMean(noAction),
			shuffledAction: clusteredMean(shuffledAction),
		};
	});
	const rowOf = (decoy: Decoy): SurpriseRow | undefined => rows.find((row) => row.decoy === decoy);
	const asked = rowOf("other action")?.text;
	return {
		transitions: truths.length,
		rows,
		gates: [
			atLeast("mutation", rowOf("mutation")?.text.value ?? null, 0.65),
			atLeast("mutation, pairs", rowOf("mutation")?.pairs ?? 0, FEWEST_PAIRS.mutation),
			atLeast("same group", rowOf("same group")?.text.value ?? null, 0.6),
			atLeast("same group, pairs", rowOf("same group")?.pairs ?? 0, FEWEST_PAIRS["same group"]),
			above("other action, lower end of the interval", asked?.interval?.low ?? null, 0.5),
		],
	};
}

function empty(): Record<"text" | "noAction" | "shuffledAction", { cluster: string; value: number }[]> {
	return { text: [], noAction: [], shuffledAction: [] };
}

function chance(truth: number, decoy: number): number {
	return truth < decoy ? 1 : truth === decoy ? 0.5 : 0;
}

/** One of another group; null where a few draws find none. */
function drawn(from: readonly ScoredTransition[], group: string, random: () => number): ScoredTransition | null {
	for (let attempt = 0; attempt < 50; attempt++) {
		const other = from[Math.floor(random() * from.length)];
		if (other !== undefined && other.group !== group) return other;
	}
	return null;
}
