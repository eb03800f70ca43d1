import { expect, test } from "vitest";
import { rankingGoals } from "../../../src/energy/ranking-goals.js";
import { RankingTally } from "../../../src/energy/ranking-tally.js";

const groupsOf = (name: string, candidates: number) =>
	[0, 2].map((n) => ({
		taskId: `${name}/${n}`,
		accepted: Array.from({ length: candidates }, (_, i) => i % 3 === 0),
		valid: Array.from({ length: candidates }, () => true),
	}));

function goalsOn(groups: ReturnType<typeof groupsOf>) {
	const tally = (name: string) => {
		const made = new RankingTally(name);
		for (const group of groups) made.add(group, group.accepted.map(Number));
		return made;
	};
	const [energy, control] = [tally("energy"), tally("energy without action")];
	const rankers = [tally("trees, static"), energy].map((one) => one.figures(null));
	const controls = [{ ranker: "energy", less: energy.less(control) }];
	return rankingGoals({ groups, rankers, controls, isSeen: () => false }).map(
		({ ranker, name }) => `${ranker}: ${name}`,
	);
}

const CONTROL = "energy: AUC less that of energy without action, lower end of the interval";

test("bounds that were set for a hundred samples of HumanEval are held against such groups alone", () => {
	expect(goalsOn(groupsOf("HumanEval", 50))).toEqual([
		"trees, static: AUC",
		"trees, static: AUC among valid",
		"trees, static: first choice",
		"energy: AUC",
		"energy: AUC among valid",
		CONTROL,
	]);
	for (const others of [groupsOf("HumanEval", 49), groupsOf("MBPP", 100)]) expect(goalsOn(others)).toEqual([CONTROL]);
});
