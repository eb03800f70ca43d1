import { type ClusteredMean, clusteredMean } from "../../stats/clustered-mean.js";
import {
	type DimensionFigures,
	dimensionFigures,
	etaSquared,
	type LatentFigures,
	latentFigures,
} from "../../stats/latent.js";
import { latentGates } from "./eval-retrieval.js";
import type { Gate } from "./gates.js";
import type { ScoredTransition } from "./scored-transitions.js";

export interface LatentReport {
	transitions: number;
	vectors: { name: string; figures: LatentFigures }[];
	/** Whether accepted and rejected after-states lie around different centres, fitted on other groups; null: too few are labelled. */
	probes: { vectors: string; accuracy: ClusteredMean; macroF1: number }[] | null;
	labelled: number;
	/** Of after-states, dimension by dimension; null: there is no transition. */
	matrix: LatentMatrix | null;
	gates: Gate[];
}

export interface LatentMatrix extends DimensionFigures {
	/** Share of each dimension's variance that lies between accepted and rejected ones; null: too few are labelled. */
	byLabel: number[] | null;
}

const MOST = 2000;
const FEWEST_LABELLED = 20;

type Vector = (transition: ScoredTransition) => Float32Array;
const VECTORS: readonly (readonly [name: string, of: Vector])[] = [
	["before", ({ before }) => before.state],
	["after", ({ after }) => after.target],
	["predicted", ({ predicted }) => predicted.text],
	["predicted, no action", ({ predicted }) => predicted["no action"]],
	["predicted, shuffled action", ({ predicted }) => predicted["shuffled action"]],
	["difference", ({ predicted, after }) => after.target.map((value, i) => value - (predicted.text[i] ?? 0))],
];
/** What a probe has to be above: the commoner label, and structure numbers alone. */
const PROBED: readonly (readonly [name: string, of: Vector])[] = [
	["majority", () => new Float32Array(1)],
	["structure numbers", ({ after }) => after.facts],
	...VECTORS,
];

/** How vectors are spread, and whether labels are seen in them. */
export function latentReport(all: readonly ScoredTransition[]): LatentReport {
	const transitions = all.slice(0, MOST);
	const vectors =
		transitions.length === 0
			? []
			: VECTORS.map(([name, of]) => ({ name, figures: latentFigures(matrixOf(transitions.map(of))) }));
	const labelled = transitions.filter(({ label }) => label !== null);
	const after = vectors.find(({ name }) => name === "after");
	return {
		transitions: transitions.length,
		vectors,
		probes:
			labelled.length < FEWEST_LABELLED
				? null
				: PROBED.map(([name, of]) => ({ vectors: name, ...nearestCentroid(labelled, of, name === "majority") })),
		labelled: labelled.length,
		matrix: transitions.length === 0 ? null : latentMatrix(transitions, labelled),
		gates: after === undefined ? [] : latentGates(after.figures),
	};
}

function latentMatrix(all: readonly ScoredTransition[], labelled: readonly ScoredTransition[]): LatentMatrix {
	const targetsOf = (rows: readonly ScoredTransition[]) => matrixOf(rows.map(({ after }) => after.target));
	return {
		...dimensionFigures(targetsOf(all)),
		byLabel:
			labelled.length < FEWEST_LABELLED ? null : etaSquared(targetsOf(labelled), (row) => labelled[row]?.label ?? ""),
	};
}

function matrixOf(rows: readonly Float32Array[]): { width: number; values: Float32Array } {
	const width = rows[0]?.length ?? 0;
	const values = new Float32Array(rows.length * width);
	for (const [i, row] of rows.entries()) values.set(row, i * width);
	return { width, values };
}

/** Five folds of groups; a label's centre is the mean of its vectors in the other folds. */
function nearestCentroid(
	labelled: readonly ScoredTransition[],
	of: Vector,
	byMajority: boolean,
): { accuracy: ClusteredMean; macroF1: number } {
	const groups = [...new Set(labelled.map(({ group }) => group))].sort();
	const foldOf = new Map(groups.map((group, i) => [group, i % 5]));
	const guesses: { cluster: string; value: number }[] = [];
	const counts = { accepted: { right: 0, said: 0, there: 0 }, rejected: { right: 0, said: 0, there: 0 } };
	for (let fold = 0; fold < 5; fold++) {
		const taught = labelled.filter(({ group }) => foldOf.get(group) !== fold);
		const centres = (["accepted", "rejected"] as const).map((label) => {
			const rows = taught.filter((transition) => transition.label === label).map(of);
			return { label, size: rows.length, centre: meanOf(rows) };
		});
		for (const transition of labelled) {
			if (foldOf.get(transition.group) !== fold || transition.label === null) continue;
			const vector = of(transition);
			const cost = ({ size, centre }: (typeof centres)[number]): number =>
				size === 0 ? Number.POSITIVE_INFINITY : byMajority ? -size : distance(vector, centre);
			const [guess] = [...centres].sort((a, b) => cost(a) - cost(b));
			if (guess === undefined) continue;
			const isRight = guess.label === transition.label;
			guesses.push({ cluster: transition.group, value: Number(isRight) });
			counts[guess.label].said++;
			counts[transition.label].there++;
			if (isRight) counts[guess.label].right++;
		}
	}
	const f1 = ({ right, said, there }: (typeof counts)["accepted"]): number =>
		said + there === 0 ? 0 : (2 * right) / (said + there);
	return { accuracy: clusteredMean(guesses), macroF1: (f1(counts.accepted) + f1(counts.rejected)) / 2 };
}

function meanOf(rows: readonly Float32Array[]): Float64Array {
	const mean = new Float64Array(rows[0]?.length ?? 0);
	for (const row of rows) for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] ?? 0) + (row[i] ?? 0) / rows.length;
	return mean;
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
	return sum;
}
