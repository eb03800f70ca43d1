import { expect, test } from "vitest";
import { clusterBootstrap } from "../../../src/stats/cluster-bootstrap.js";

/** Chance that a draw of `count` clusters with replacement, `ones` of them 1 and the others 0, has at most `most` ones. */
function binomialUpTo(count: number, ones: number, most: number): number {
	const p = ones / count;
	let [term, sum] = [(1 - p) ** count, 0];
	for (let k = 0; k <= most; k++) {
		sum += term;
		term *= ((count - k) / (k + 1)) * (p / (1 - p));
	}
	return sum;
}

test("the ends lie where the exact distribution of the draws has its 2.5 and 97.5 percent", () => {
	for (const [count, ones] of [
		[164, 100],
		[50, 10],
		[30, 15],
	] as const) {
		const interval = clusterBootstrap(Array.from({ length: count }, (_, i) => (i < ones ? 1 : 0)));
		const low = Math.round((interval?.low ?? 0) * count);
		const high = Math.round((interval?.high ?? 0) * count);
		// One cluster to either side, for the noise of 1000 draws.
		expect(binomialUpTo(count, ones, low - 2)).toBeLessThan(0.025);
		expect(binomialUpTo(count, ones, low + 1)).toBeGreaterThan(0.025);
		expect(binomialUpTo(count, ones, high - 2)).toBeLessThan(0.975);
		expect(binomialUpTo(count, ones, high + 1)).toBeGreaterThan(0.975);
	}
});

test("more candidates of the same tasks do not make the interval narrower, more tasks do", () => {
	const shares = Array.from({ length: 40 }, (_, i) => (i % 4) / 3);
	const width = (values: readonly number[]) => {
		const interval = clusterBootstrap(values);
		return interval === null ? 0 : interval.high - interval.low;
	};
	expect(width(shares)).toBeGreaterThan(0.18);
	expect(width([...shares, ...shares, ...shares, ...shares])).toBeCloseTo(width(shares) / 2, 1);
});

test("the same tasks always have the same interval, and its ends enclose the mean", () => {
	const shares = Array.from({ length: 25 }, (_, i) => ((i * 7) % 11) / 10);
	const interval = clusterBootstrap(shares);
	expect(clusterBootstrap([...shares])).toEqual(interval);
	const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
	expect(interval?.low).toBeLessThan(mean);
	expect(interval?.high).toBeGreaterThan(mean);
});

test("too few tasks, and tasks that are all alike, have no interval", () => {
	expect(clusterBootstrap([])).toBeNull();
	expect(clusterBootstrap([0, 1, 0, 1, 0, 1, 0, 1, 0])).toBeNull();
	expect(clusterBootstrap(Array(164).fill(1))).toBeNull();
});
