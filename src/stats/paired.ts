import { seededRandom } from "../lib/seeded-random.js";
import { logChoose, normalCdf } from "./distributions.js";

/**
 * Exact two-sided McNemar test: `gained` pairs went from wrong to right, `lost` from right to wrong. Twice the smaller
 * binomial(gained + lost, 1/2) tail, at most 1. 1 without discordant pairs.
 */
export function mcNemar(gained: number, lost: number): number {
	const discordant = gained + lost;
	const fewer = Math.min(gained, lost);
	let tail = 0;
	for (let i = 0; i <= fewer; i++) tail += Math.exp(logChoose(discordant, i) - discordant * Math.LN2);
	return Math.min(1, 2 * tail);
}

export interface PairedTest {
	/** Two-sided. */
	p: number;
	/** All sign patterns were counted; otherwise `p` comes from random ones. */
	exact: boolean;
	/** Pairs that differ; only these carry information. */
	differing: number;
}

const EXACT_UP_TO = 20;

/**
 * Sign-flip permutation test of mean difference 0 (Fisher 1935): the share of sign patterns whose sum is as far from 0
 * as the observed one. Exact up to 20 pairs that differ; else random patterns with the observed one counted in
 * (Phipson & Smyth 2010), so p is never 0.
 */
export function signFlip(
	differences: Float64Array,
	{ resamples = 10_000, seed = 20260601 }: { resamples?: number; seed?: number } = {},
): PairedTest {
	const signed = differences.filter((difference) => difference !== 0);
	const differing = signed.length;
	if (differing === 0) return { p: 1, exact: true, differing };
	let observed = 0;
	let scale = 0;
	for (const difference of signed) {
		observed += difference;
		scale += Math.abs(difference);
	}
	// Sums in another order differ in their last bits.
	const reach = Math.abs(observed) - scale * 1e-12;
	if (differing <= EXACT_UP_TO) return { p: shareOfPatterns(signed, reach), exact: true, differing };
	const random = seededRandom(seed);
	let asFar = 1;
	for (let draw = 0; draw < resamples; draw++) {
		let sum = 0;
		for (const difference of signed) sum += random() < 0.5 ? difference : -difference;
		if (Math.abs(sum) >= reach) asFar++;
	}
	return { p: asFar / (resamples + 1), exact: false, differing };
}

/** Walks the patterns in Gray code order, so that each step flips one sign. */
function shareOfPatterns(signed: Float64Array, reach: number): number {
	const patterns = 2 ** signed.length;
	let sum = 0;
	for (const difference of signed) sum += difference;
	let asFar = Math.abs(sum) >= reach ? 1 : 0;
	const sign = new Int8Array(signed.length).fill(1);
	for (let step = 1; step < patterns; step++) {
		const flip = Math.log2(step & -step);
		sum -= 2 * (sign[flip] ?? 0) * (signed[flip] ?? 0);
		sign[flip] = -(sign[flip] ?? 0);
		if (Math.abs(sum) >= reach) asFar++;
	}
	return asFar / patterns;
}

const EXACT_RANKS_UP_TO = 100;

/**
 * Two-sided Wilcoxon signed-rank test. Pairs without difference are left out, ties get their mean rank. Exact up to 100
 * pairs, ties included, by counting rank sums; beyond, the normal approximation with tie correction (Hollander, Wolfe &
 * Chicken 2013, section 3.1).
 */
export function wilcoxonSignedRank(differences: Float64Array): PairedTest {
	const signed = differences.filter((difference) => difference !== 0);
	const differing = signed.length;
	if (differing === 0) return { p: 1, exact: true, differing };
	const { doubledRanks, tieTerm } = rank(signed.map(Math.abs));
	let positive = 0;
	for (const [i, difference] of signed.entries()) if (difference > 0) positive += doubledRanks[i] ?? 0;
	if (differing <= EXACT_RANKS_UP_TO) return { p: exactRankSum(doubledRanks, positive), exact: true, differing };
	const mean = (differing * (differing + 1)) / 4;
	const variance = (differing * (differing + 1) * (2 * differing + 1)) / 24 - tieTerm / 48;
	const away = Math.max(0, Math.abs(positive / 2 - mean) - 0.5);
	return { p: Math.min(1, 2 * normalCdf(-away / Math.sqrt(variance))), exact: false, differing };
}

/** Twice the mean rank of each value, a whole number; and the sum of t^3 - t over groups of t ties. */
function rank(values: Float64Array): { doubledRanks: Uint32Array; tieTerm: number } {
	const order = Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
	const doubledRanks = new Uint32Array(values.length);
	let tieTerm = 0;
	for (let start = 0; start < order.length; ) {
		let end = start + 1;
		while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
		for (let i = start; i < end; i++) doubledRanks[order[i] ?? 0] = start + 1 + end;
		tieTerm += (end - start) ** 3 - (end - start);
		start = end;
	}
	return { doubledRanks, tieTerm };
}

/** Chance under random signs that the positive rank sum lies as far from its mean, both tails. */
function exactRankSum(doubledRanks: Uint32Array, positive: number): number {
	const most = doubledRanks.reduce((a, b) => a + b, 0);
	let chances = new Float64Array(most + 1);
	chances[0] = 1;
	for (const step of doubledRanks) {
		const next = new Float64Array(most + 1);
		for (let sum = 0; sum <= most; sum++) {
			const chance = chances[sum] ?? 0;
			if (chance === 0) continue;
			next[sum] = (next[sum] ?? 0) + chance / 2;
			next[sum + step] = (next[sum + step] ?? 0) + chance / 2;
		}
		chances = next;
	}
	const reach = Math.abs(2 * positive - most);
	let p = 0;
	for (let sum = 0; sum <= most; sum++) if (Math.abs(2 * sum - most) >= reach) p += chances[sum] ?? 0;
	return Math.min(1, p);
}
