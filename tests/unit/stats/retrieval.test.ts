import { expect, test } from "vitest";
import { retrievalFigures, targetRank } from "../../../src/stats/retrieval.js";

test("a tie is worth what drawing among its places gives, wherever the target stands in the list", () => {
	for (const target of [0, 1, 3]) {
		const rank = targetRank([2, 2, 1, 2], target);
		expect(rank.rank).toBe(3);
		expect(rank.reciprocal).toBeCloseTo((1 / 2 + 1 / 3 + 1 / 4) / 3, 12);
		expect([1, 2, 3, 4, 9].map(rank.within)).toEqual([0, 1 / 3, 2 / 3, 1, 1]);
	}
	expect(() => targetRank([1], 1)).toThrow(RangeError);
});

test("figures are means over queries, and the median of ranks", () => {
	const ranks = [targetRank([0, 1, 2], 0), targetRank([0, 1, 2], 1), targetRank([0, 1, 2], 2), targetRank([5, 5], 0)];
	expect(retrievalFigures(ranks)).toEqual({
		recallAt1: (1 + 0 + 0 + 0.5) / 4,
		recallAt5: 1,
		recallAt10: 1,
		meanReciprocalRank: (1 + 1 / 2 + 1 / 3 + 3 / 4) / 4,
		medianRank: 1.75,
	});
	expect(retrievalFigures([])).toBeNull();
});
