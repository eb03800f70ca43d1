import { expect, test } from "vitest";
import { RankingTally } from "../../../src/energy/ranking-tally.js";

const GROUPS = [
	{ taskId: "a", accepted: [true, false, false], valid: [true, true, false] },
	{ taskId: "b", accepted: [false, true], valid: [true, true] },
	{ taskId: "c", accepted: [false, false], valid: [true, false] },
];

function tally(name: string, scores: number[][]): RankingTally {
	const made = new RankingTally(name);
	for (const [i, group] of GROUPS.entries()) made.add(group, scores[i] ?? []);
	return made;
}

test("figures are means over tasks, of those that have what a figure needs", () => {
	const figures = tally("x", [
		[2, 1, 3],
		[1, 1],
		[0, 1],
	]).figures(null);
	expect(figures.firstChoice).toMatchObject({ value: (0 + 0.5 + 0) / 3, tasks: 3 });
	expect(figures.top1).toMatchObject({ value: 0.25, tasks: 2 });
	expect(figures.auc).toMatchObject({ value: (0.5 + 0.5) / 2, tasks: 2 });
	expect(figures.aucAmongValid).toMatchObject({ value: (1 + 0.5) / 2, tasks: 2 });
	expect(figures.against).toBeNull();
});

test("groups of one task are one task", () => {
	const made = new RankingTally("x");
	for (const scores of [
		[1, 0],
		[0, 1],
		[0, 1],
		[0, 1],
	])
		made.add({ taskId: "a", accepted: [true, false], valid: [true, true] }, scores);
	made.add({ taskId: "b", accepted: [true, false], valid: [true, true] }, [1, 0]);
	expect(made.figures(null).firstChoice).toMatchObject({ value: (0.25 + 1) / 2, tasks: 2 });
});

test("a ranker is compared with another over the same tasks, right meaning more often than not", () => {
	const good = tally("good", [
		[1, 0, 0],
		[0, 1],
		[0, 0],
	]);
	const poor = tally("poor", [
		[0, 0, 0],
		[1, 0],
		[0, 0],
	]);
	const { against } = good.figures(poor);
	expect(against).toMatchObject({ ranker: "poor", mcNemar: { gained: 2, lost: 0, p: expect.closeTo(0.5, 12) } });
	expect(against?.firstChoice.value).toBeCloseTo((2 / 3 + 1 + 0) / 3, 12);
	expect(poor.figures(good).against?.mcNemar).toEqual({ gained: 0, lost: 2, p: expect.closeTo(0.5, 12) });
	expect(good.figures(good).against).toBeNull();
});
