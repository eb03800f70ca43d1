import { expect, test } from "vitest";
import { seededRandom } from "../../../src/lib/seeded-random.js";
import { fitLogistic, logisticOf } from "../../../src/stats/logistic-fit.js";

test("a curve that drew the labels is found again", () => {
	const random = seededRandom(3);
	const values = Float64Array.from({ length: 20_000 }, () => random() * 6 - 3);
	const labels = [...values].map((value) => random() < logisticOf({ slope: 1.7, intercept: -0.6 }, value));
	const { slope, intercept } = fitLogistic(values, labels);
	expect(Math.abs(slope - 1.7)).toBeLessThan(0.08);
	expect(Math.abs(intercept + 0.6)).toBeLessThan(0.06);
});

test("at the fitted curve the mean chance is Platt's mean label, and so it is weighted by the values", () => {
	const values = [0, 1, 2, 3, 4];
	const labels = [false, true, false, true, true];
	const fit = fitLogistic(values, labels);
	const targets = labels.map((label) => (label ? 4 / 5 : 1 / 4));
	const sum = (of: (i: number) => number): number => values.reduce((total, _, i) => total + of(i), 0);
	const chance = (i: number): number => logisticOf(fit, values[i] ?? 0);
	expect(sum(chance)).toBeCloseTo(
		sum((i) => targets[i] ?? 0),
		6,
	);
	expect(sum((i) => chance(i) * (values[i] ?? 0))).toBeCloseTo(
		sum((i) => (targets[i] ?? 0) * (values[i] ?? 0)),
		6,
	);
});

test("a clean cut and far values have a finite curve; labels that are all equal have none", () => {
	const { slope, intercept } = fitLogistic([-1000, -900, 900, 1000], [false, false, true, true]);
	expect(Number.isFinite(slope) && Number.isFinite(intercept)).toBe(true);
	expect(slope).toBeGreaterThan(0);
	expect(() => fitLogistic([1, 2], [true, true])).toThrow(RangeError);
});
