import { expect, test } from "vitest";
import { holm } from "../../../src/stats/holm.js";
import { mcNemar, signFlip, wilcoxonSignedRank } from "../../../src/stats/paired.js";

/** Heights of cross-fertilised minus self-fertilised maize, in eighths of an inch (Darwin 1876). */
const MAIZE = Float64Array.of(49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48);

test.each([
	[5, 0, 0.0625],
	[4, 0, 0.125],
	[0, 6, 0.03125],
	[3, 10, (2 * (1 + 13 + 78 + 286)) / 8192],
	[4, 4, 1],
	[0, 0, 1],
])("McNemar with %d gained and %d lost: p = %d", (gained, lost, p) => {
	expect(mcNemar(gained, lost)).toBeCloseTo(p, 12);
});

test("McNemar of the approval ratings (Agresti 1990, table 10.1): 86 and 150 changed, exact p = 3.716e-5 as R's exact2x2 says", () => {
	expect(mcNemar(86, 150).toExponential(3)).toBe("3.716e-5");
});

test("McNemar is right for thousands of discordant pairs, too", () => {
	expect(mcNemar(5100, 4900)).toBeCloseTo(0.04659, 4);
});

test("the sign-flip test of Darwin's maize is Fisher's 1726 of 32768", () => {
	expect(signFlip(MAIZE)).toEqual({ p: 1726 / 32768, exact: true, differing: 15 });
});

test("random sign patterns come close to all of them, and never say p = 0", () => {
	const twice = Float64Array.from([...MAIZE, ...MAIZE]);
	const { p, exact } = signFlip(twice, { resamples: 100_000 });
	expect(exact).toBe(false);
	expect(p).toBeGreaterThan(0.004);
	expect(p).toBeLessThan(0.01);
	expect(signFlip(Float64Array.from({ length: 60 }, () => 1)).p).toBe(1 / 10_001);
});

test("the sign-flip test is the share of all 2^n patterns, counted one by one", () => {
	const differences = [0.5, -0.25, 0.125, 0.75, -0.5, 0.25, 0.25, -0.125, 1, 0.375];
	const observed = Math.abs(differences.reduce((a, b) => a + b, 0));
	let asFar = 0;
	for (let mask = 0; mask < 1024; mask++) {
		if (Math.abs(differences.reduce((sum, value, i) => sum + ((mask >> i) & 1 ? value : -value), 0)) >= observed)
			asFar++;
	}
	expect(signFlip(Float64Array.from(differences))).toEqual({ p: asFar / 1024, exact: true, differing: 10 });
});

test("pairs that do not differ change nothing", () => {
	expect(signFlip(Float64Array.from([...MAIZE, 0, 0]))).toEqual(signFlip(MAIZE));
	expect(signFlip(Float64Array.of(0, 0))).toEqual({ p: 1, exact: true, differing: 0 });
	expect(wilcoxonSignedRank(Float64Array.of(0))).toEqual({ p: 1, exact: true, differing: 0 });
});

test("the signed-rank test agrees with the tables (Hollander, Wolfe & Chicken 2013, table A.4): n = 10 with rank sum 8, n = 6 with rank sum 0, and the maize", () => {
	const ranks = Float64Array.from({ length: 10 }, (_, i) => (i + 1 === 8 ? -8 : i + 1));
	expect(wilcoxonSignedRank(ranks).p).toBeCloseTo(50 / 1024, 12);
	expect(wilcoxonSignedRank(Float64Array.of(1, 2, 3, 4, 5, 6)).p).toBeCloseTo(2 / 64, 12);
	expect(wilcoxonSignedRank(MAIZE).p).toBeCloseTo(0.04126, 4);
});

test("with ties the signed-rank test counts all sign patterns", () => {
	const differences = [1, 1, -1, 2, 2, 3, -3, 3, 5];
	const doubled = [4, 4, 4, 9, 9, 14, 14, 14, 18];
	const most = doubled.reduce((a, b) => a + b, 0);
	const positive = doubled.reduce((sum, step, i) => sum + ((differences[i] ?? 0) > 0 ? step : 0), 0);
	let asFar = 0;
	for (let mask = 0; mask < 512; mask++) {
		const sum = doubled.reduce((total, step, i) => total + ((mask >> i) & 1 ? step : 0), 0);
		if (Math.abs(2 * sum - most) >= Math.abs(2 * positive - most)) asFar++;
	}
	expect(wilcoxonSignedRank(Float64Array.from(differences)).p).toBeCloseTo(asFar / 512, 12);
});

test("beyond 100 pairs the signed-rank test goes over to the normal distribution without a jump", () => {
	const differences = (n: number) => Float64Array.from({ length: n }, (_, i) => (i % 5 < 2 ? -1 : 1) * (i + 1));
	const exact = wilcoxonSignedRank(differences(100));
	const normal = wilcoxonSignedRank(differences(105));
	expect([exact.exact, normal.exact]).toEqual([true, false]);
	expect(Math.abs(exact.p - normal.p)).toBeLessThan(0.01);
});

test("Holm's step-down values (Holm 1979; the usual worked example): .01 .04 .03 .005 become .03 .06 .06 .02", () => {
	expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(10)))).toEqual([0.03, 0.06, 0.06, 0.02]);
	expect(holm([])).toEqual([]);
	expect(holm([0.7, 0.9])).toEqual([1, 1]);
});
