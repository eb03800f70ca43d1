import { expect, test } from "vitest";
import { averagePrecision, calibrationFigures } from "../../../src/stats/calibration.js";

test("Brier score, expected calibration error and bins are those found by hand", () => {
	const { bins, ...figures } = calibrationFigures([0.1, 0.15, 0.9, 1], [false, true, true, false]);
	expect(figures.count).toBe(4);
	expect(figures.accepted).toBe(2);
	expect(figures.brier).toBeCloseTo((0.01 + 0.7225 + 0.01 + 1) / 4, 12);
	// Two of 0.125 on the average are half accepted, two of 0.95 are, too.
	expect(figures.ece).toBeCloseTo((2 / 4) * 0.375 + (2 / 4) * 0.45, 12);
	expect(figures.rocAuc).toBe(0.5);
	expect(bins.map(({ count }) => count)).toEqual([0, 2, 0, 0, 0, 0, 0, 0, 0, 2]);
	expect(bins[1]).toEqual({ low: 0.1, high: 0.2, count: 2, predicted: 0.125, accepted: 0.5 });
	expect(bins[0]).toMatchObject({ predicted: null, accepted: null });
});

test("average precision takes equal scores at once", () => {
	expect(averagePrecision([4, 3, 2, 1], [true, false, true, false])).toBeCloseTo((1 + 2 / 3) / 2, 12);
	expect(averagePrecision([1, 1, 1, 1], [true, false, false, false])).toBe(1 / 4);
	expect(averagePrecision([1], [false])).toBeNull();
});

test("what is no probability is refused", () => {
	expect(() => calibrationFigures([1.2], [true])).toThrow("1.2 is no probability");
	expect(() => calibrationFigures([], [])).toThrow(RangeError);
});
