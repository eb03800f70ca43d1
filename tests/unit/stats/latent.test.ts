import { expect, test } from "vitest";
import {
	dimensionFigures,
	effectiveRankOf,
	etaSquared,
	latentFigures,
	principalPlane,
} from "../../../src/stats/latent.js";

const vectors = (rows: readonly (readonly number[])[]) => ({
	width: rows[0]?.length ?? 0,
	values: Float32Array.from(rows.flat()),
});

test("the effective rank counts directions by how much they are used", () => {
	expect(effectiveRankOf([1, 1, 1, 1])).toBeCloseTo(4, 12);
	expect(effectiveRankOf([7, 0, 0])).toBeCloseTo(1, 12);
	expect(effectiveRankOf([3, 1])).toBeCloseTo(Math.exp(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25)), 12);
	expect(effectiveRankOf([0, 0])).toBe(0);
	// Variances 2/3 of x and 1/6 of y, turned by 45 degrees.
	const turned = [
		[1, 1],
		[-1, -1],
		[0.5, -0.5],
		[-0.5, 0.5],
	];
	const figures = latentFigures(vectors(turned));
	expect(figures.effectiveRank).toBeCloseTo(effectiveRankOf([4, 1]), 6);
	expect(figures.effectiveRankRatio).toBeCloseTo(effectiveRankOf([4, 1]) / 2, 6);
	expect(figures.variance).toMatchObject({ least: 0.625, median: 0.625, most: 0.625 });
});

test("cosines, lengths and whose neighbour everybody is", () => {
	const figures = latentFigures(
		vectors([
			[1, 0],
			[2, 0],
			[0, 3],
		]),
	);
	expect(figures.meanCosine).toBeCloseTo(1 / 3, 6);
	expect(figures.meanNorm).toBeCloseTo(2, 6);
	// The nearest of each is the second, the first, and the first.
	expect(figures.neighbourEntropy).toBeCloseTo(-(2 / 3) * Math.log(2 / 3) - (1 / 3) * Math.log(1 / 3), 9);
	expect(latentFigures(vectors([[1, 2]]))).toMatchObject({ effectiveRank: 0, meanCosine: 0, neighbourEntropy: 0 });
	expect(() => latentFigures({ width: 2, values: new Float32Array() })).toThrow(RangeError);
});

test("the plane of the largest spread keeps distances that lie in it", () => {
	const places = principalPlane(
		vectors([
			[0, 0, 4, 0],
			[0, 0, -4, 0],
			[0, 1, 0, 0],
			[0, -1, 0, 0],
		]),
	);
	expect([...places].map((value) => Math.abs(Number(value.toFixed(6))))).toEqual([4, 0, 4, 0, 0, 1, 0, 1]);
	expect(places[0]).toBeCloseTo(4, 9);
});

test("dimensions are correlated as they vary together, and one that does not vary with none", () => {
	const { variances, correlations } = dimensionFigures(
		vectors([
			[1, -2, 1, 5],
			[2, -4, -2, 5],
			[3, -6, 1, 5],
		]),
	);
	expect(variances).toEqual([1, 4, 3, 0]);
	expect(correlations[0]?.map((value) => Number(value.toFixed(9)))).toEqual([1, -1, 0, 0]);
	expect(correlations[1]?.[0]).toBeCloseTo(-1, 9);
	expect(correlations[3]).toEqual([0, 0, 0, 0]);
	expect(() => dimensionFigures({ width: 2, values: new Float32Array() })).toThrow(RangeError);
});

test("a dimension's variance between groups is that of their means", () => {
	const rows = vectors([
		[1, 0, 7],
		[1, 2, 7],
		[3, 0, 7],
		[3, 4, 7],
	]);
	// Of the second: means 1 and 2 around 1.5, squares 1 of 11 in all.
	const [all, some, none] = etaSquared(rows, (row) => (row < 2 ? "a" : "b"));
	expect([all, none]).toEqual([1, 0]);
	expect(some).toBeCloseTo(1 / 11, 9);
});
