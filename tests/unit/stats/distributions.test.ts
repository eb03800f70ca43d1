import { expect, test } from "vitest";
import { betaCdf, betaQuantile, logChoose, normalCdf, normalQuantile } from "../../../src/stats/distributions.js";

test.each([
	[0, 0.5],
	[1, 0.8413447460685429],
	[-1.96, 0.024997895148220435],
	[-8, 6.220960574271786e-16],
	[3.5, 0.9997673709209645],
])("the normal distribution at %d is %d", (z, value) => {
	expect(Math.abs(normalCdf(z) / value - 1)).toBeLessThan(1e-12);
});

test("quantiles undo the normal distribution, in both tails", () => {
	expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
	for (const p of [1e-12, 1e-3, 0.2, 0.5, 0.9, 1 - 1e-9]) expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 9);
	expect(() => normalQuantile(1)).toThrow("0 < p < 1");
});

test("the beta distribution with whole parameters is a binomial tail", () => {
	for (const [a, b] of [
		[1, 1],
		[2, 3],
		[7, 12],
		[60, 40],
	] as const) {
		const n = a + b - 1;
		for (const x of [0.01, 0.3, 0.5, 0.77, 0.999]) {
			let tail = 0;
			for (let i = a; i <= n; i++) tail += Math.exp(logChoose(n, i)) * x ** i * (1 - x) ** (n - i);
			expect(betaCdf(x, a, b)).toBeCloseTo(tail, 11);
			if (tail < 1 - 1e-9) expect(betaQuantile(tail, a, b)).toBeCloseTo(x, 6);
		}
	}
});
