import { STRUCTURE_NAMES, structureCounts } from "../languages/structure.js";
import { isAnswer } from "./agreement.js";
import type { CandidateFacts } from "./candidate-facts.js";
import type { Group } from "./group.js";

/** Which numbers these are, in what order: what was fitted on others is of no use here. */
export const FEATURES = "2026-11-22";

/** Numbers of all candidates of a group, one row each. */
export interface FeatureRows {
	width: number;
	values: Float32Array;
}

/** What can be seen without running anything: of each program, relative to the others, and how many are like it. */
export function staticFeatures(group: Group): FeatureRows {
	const own = group.candidates.map(ownFeatures);
	const count = group.candidates.length;
	const peers = group.candidates.map((_, i) => [
		(group.company[i] ?? 0) / count,
		(group.validCompany[i] ?? 0) / count,
		...(group.looseCompany[i] ?? []).map((company) => company / count),
		group.centroid[i] ?? 0,
		group.nearest[i] ?? 0,
		group.validCentroid[i] ?? 0,
		...(group.validNearest[i] ?? []),
	]);
	return rowsOf(own.map((row, i) => [...row, ...(peers[i] ?? [])]));
}

/** The static ones and what running on public and made-up inputs showed; null: not all were run. */
export function allFeatures(group: Group): FeatureRows | null {
	const { agreement, softAgreement, trust, candidates } = group;
	if (agreement === null || softAgreement === null || trust === null) return null;
	const fixed = staticFeatures(group);
	const count = candidates.length;
	const executed = candidates.map(({ observed, publicPassed }, i) => {
		const answers = observed?.answers ?? [];
		const share = (letter: string): number =>
			answers.length === 0 ? 0 : answers.filter((answer) => answer === letter).length / answers.length;
		const examples = observed?.examples ?? null;
		const holds = observed?.holds ?? [];
		return [
			examples === null ? 0.5 : examples.passed / examples.total,
			examples === null ? 0.5 : Number(examples.passed === examples.total),
			examples === null ? 0 : 1,
			publicPassed,
			answers.length === 0 ? 0 : answers.filter(isAnswer).length / answers.length,
			share("E"),
			share("N"),
			share("T"),
			new Set(answers.filter(isAnswer)).size,
			(agreement[i] ?? 0) / count,
			softAgreement[i] ?? 0,
			holds.length === 0 ? 0 : holds.filter(Boolean).length / holds.length,
			(group.codet?.[i] ?? 0) / Math.sqrt(count),
			...Object.values(trust[i] ?? {}).map(Number),
		];
	});
	const more = rowsOf(executed);
	return joined(fixed, more, count);
}

function ownFeatures({ facts, editedLines, text }: CandidateFacts): number[] {
	const structure = facts === null ? STRUCTURE_NAMES.map(() => 0) : structureCounts(facts);
	return [...text, editedLines, ...structure];
}

/** Each number as it is, and as a standard score within the group. */
function rowsOf(rows: readonly (readonly number[])[]): FeatureRows {
	const plain = rows[0]?.length ?? 0;
	const values = new Float32Array(rows.length * plain * 2);
	for (let column = 0; column < plain; column++) {
		const of = rows.map((row) => row[column] ?? 0);
		const mean = of.reduce((sum, value) => sum + value, 0) / of.length;
		const deviation = Math.sqrt(of.reduce((sum, value) => sum + (value - mean) ** 2, 0) / of.length);
		for (const [i, value] of of.entries()) {
			values[i * plain * 2 + column] = value;
			values[i * plain * 2 + plain + column] = deviation < 1e-9 ? 0 : (value - mean) / deviation;
		}
	}
	return { width: plain * 2, values };
}

function joined(a: FeatureRows, b: FeatureRows, count: number): FeatureRows {
	const width = a.width + b.width;
	const values = new Float32Array(count * width);
	for (let i = 0; i < count; i++) {
		values.set(a.values.subarray(i * a.width, (i + 1) * a.width), i * width);
		values.set(b.values.subarray(i * b.width, (i + 1) * b.width), i * width + a.width);
	}
	return { width, values };
}
