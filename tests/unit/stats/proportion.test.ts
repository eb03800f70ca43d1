import { expect, test } from "vitest";
import type { Interval } from "../../../src/stats/interval.js";
import { clopperPearson, wilson } from "../../../src/stats/proportion.js";

test.each([
	[0, 10, 0, 0.3085],
	[4, 10, 0.1216, 0.7376],
	[10, 10, 0.6915, 1],
	[1, 100, 0.0003, 0.0545],
])("Clopper-Pearson of %d in %d agrees with the tables", (successes, trials, low, high) => {
	const interval = clopperPearson(successes, trials);
	expect([interval.low, interval.high].map((end) => Number(end.toFixed(4)))).toEqual([low, high]);
});

test.each([
	[46, 47, 0.889, 0.996],
	[41, 47, 0.748, 0.94],
	[4, 10, 0.168, 0.687],
	[0, 10, 0, 0.278],
])("Wilson of %d in %d", (successes, trials, low, high) => {
	const interval = wilson(successes, trials);
	expect([interval.low, interval.high].map((end) => Number(end.toFixed(3)))).toEqual([low, high]);
});

test.each([
	[81, 263, [0.2527, 0.3676], [0.2553, 0.3662]],
	[15, 148, [0.0578, 0.1617], [0.0624, 0.1605]],
	[0, 20, [0, 0.1684], [0, 0.1611]],
	[1, 29, [0.0009, 0.1776], [0.0061, 0.1718]],
])("%d of %d: Clopper-Pearson and Wilson as in Newcombe 1998, table I", (successes, trials, exact, score) => {
	const ends = ({ low, high }: Interval) => [low, high].map((end) => Number(end.toFixed(4)));
	expect(ends(clopperPearson(successes, trials))).toEqual(exact);
	expect(ends(wilson(successes, trials))).toEqual(score);
});

test("Clopper-Pearson covers at least 95 % whatever the true share, counted exactly", () => {
	for (const share of [0.02, 0.11, 0.3, 0.5, 0.83]) {
		let covered = 0;
		let chance = (1 - share) ** 30;
		for (let successes = 0; successes <= 30; successes++) {
			const { low, high } = clopperPearson(successes, 30);
			if (low <= share && share <= high) covered += chance;
			chance *= ((30 - successes) / (successes + 1)) * (share / (1 - share));
		}
		expect(covered).toBeGreaterThanOrEqual(0.95);
	}
});

test("what is no share is refused", () => {
	expect(() => wilson(3, 2)).toThrow("3 of 2");
	expect(() => clopperPearson(1, 0)).toThrow("1 of 0");
	expect(() => wilson(1, 2, 95)).toThrow("between 0 and 1");
});
