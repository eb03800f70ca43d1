import { expect, test } from "vitest";
import type { RankedTask } from "../../../src/domain/ranking.js";
import { disagreeing, firstRight, isRerankable, placesOf } from "../../../src/store/candidate-ranks.js";

const eight = Array.from({ length: 8 }, (_, i) => i);

function task(scores: Record<string, number[]>, accepted = eight.map((i) => i === 0)): RankedTask {
	return {
		taskId: "t",
		starterCode: "",
		sampleIndexes: eight,
		accepted,
		valid: eight.map(() => true),
		duplicateOf: eight.map(() => null),
		rollouts: eight.map((i) => ({ offset: i, bytes: 1 })),
		scores: new Map(Object.entries(scores)),
	};
}

test("level candidates share the first of their places and the mean of them", () => {
	expect(placesOf([1, 3, 3, 0])).toEqual([
		{ place: 3, mean: 3, isTied: false },
		{ place: 1, mean: 1.5, isTied: true },
		{ place: 1, mean: 1.5, isTied: true },
		{ place: 4, mean: 4, isTied: false },
	]);
	expect(placesOf([])).toEqual([]);
});

test("rankers disagree where one has a candidate in its best quarter and the other in its worse half", () => {
	const up = eight.map((i) => -i);
	const down = eight.map((i) => i);
	const of = task({ up, down, level: eight.map(() => 1), random: eight.map(() => 0), "sample order": down });
	expect(eight.map((at) => disagreeing(of, "up", at))).toEqual([
		["down"],
		["down"],
		[],
		[],
		[],
		[],
		["down"],
		["down"],
	]);
	expect(disagreeing(of, "nobody", 0)).toEqual([]);
});

test("a first choice among level candidates is right as often as drawing one of them is", () => {
	const of = task({ some: [2, 2, 1, 1, 1, 1, 1, 1] });
	expect(firstRight(of, "some")).toBe(0.5);
	expect(firstRight(of, "other")).toBeNull();
});

test("a task is rerankable where some candidates are accepted and some are not", () => {
	expect(isRerankable(task({}))).toBe(true);
	expect(
		isRerankable(
			task(
				{},
				eight.map(() => true),
			),
		),
	).toBe(false);
	expect(
		isRerankable(
			task(
				{},
				eight.map(() => false),
			),
		),
	).toBe(false);
});
