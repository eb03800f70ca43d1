import { expect, test } from "vitest";
import { firstChoice, rankingAuc } from "../../../src/stats/ranking.js";

test("the first choice among ties is what drawing one of them gives", () => {
	expect(firstChoice([1, 3, 2], [true, false, true])).toBe(0);
	expect(firstChoice([3, 3, 2, 3], [true, false, true, true])).toBeCloseTo(2 / 3, 12);
	expect(firstChoice([], [])).toBeNaN();
});

test("the area is the share of pairs that are in order, ties by half, as counting all pairs gives", () => {
	expect(rankingAuc([1, 2, 3], [false, false, true])).toBe(1);
	expect(rankingAuc([1, 1], [false, true])).toBe(0.5);
	expect(rankingAuc([1, 2], [true, true])).toBeNull();
	expect(rankingAuc([], [])).toBeNull();
	let state = 7;
	const draw = (below: number): number => {
		state = (state * 1103515245 + 12345) % 2147483648;
		return Math.floor((state / 2147483648) * below);
	};
	for (let round = 0; round < 50; round++) {
		const scores = Array.from({ length: 20 }, () => draw(6));
		const accepted = Array.from({ length: 20 }, () => draw(2) === 0);
		let [won, pairs] = [0, 0];
		for (let a = 0; a < 20; a++)
			for (let b = 0; b < 20; b++) {
				if (!accepted[a] || accepted[b]) continue;
				pairs++;
				won += (scores[a] ?? 0) > (scores[b] ?? 0) ? 1 : scores[a] === scores[b] ? 0.5 : 0;
			}
		if (pairs > 0) expect(rankingAuc(scores, accepted)).toBeCloseTo(won / pairs, 12);
	}
});
