import { expect, test } from "vitest";
import { FittedRankers } from "../../../src/domain/fitted-ranker.js";
import { fitSet, probabilities } from "../../../src/energy/fitted-rankers.js";
import { seededRandom } from "../../../src/lib/seeded-random.js";
import { rankingAuc } from "../../../src/stats/ranking.js";

/** The first of four columns tells, with noise, who is accepted; a task's own share of accepted ones does not show. */
function groups(count: number, seed: number) {
	const random = seededRandom(seed);
	return Array.from({ length: count }, (_, task) => {
		const values = Float32Array.from({ length: 20 * 4 }, () => random());
		const accepted = Array.from({ length: 20 }, (__, row) => (values[row * 4] ?? 0) + random() * 0.4 > 0.7);
		return { taskId: `${seed}/${task}`, values, accepted };
	});
}

const pause = async (): Promise<void> => {};

test("a fitted set ranks candidates of other tasks, and its probabilities are about as often right as they say", async () => {
	const set = await fitSet(groups(40, 1), { width: 4, folds: 5, seed: 1, pause });
	const others = groups(100, 2);
	const scored = others.map(({ values, accepted }) => ({
		accepted,
		chances: probabilities(set, { width: 4, values }),
	}));
	const aucs = scored.map(({ accepted, chances }) => rankingAuc(chances, accepted) ?? 0.5);
	expect(aucs.reduce((a, b) => a + b) / aucs.length).toBeGreaterThan(0.85);
	const pairs = scored.flatMap(({ accepted, chances }) =>
		accepted.map((label, i) => ({ label, chance: chances[i] ?? 0 })),
	);
	for (const [low, high] of [
		[0, 0.3],
		[0.7, 1.01],
	] as const) {
		const within = pairs.filter(({ chance }) => chance >= low && chance < high);
		const said = within.reduce((sum, { chance }) => sum + chance, 0) / within.length;
		expect(Math.abs(said - within.filter(({ label }) => label).length / within.length)).toBeLessThan(0.08);
	}
});

test("a set that was written and read says the same, and refuses rows of another width", async () => {
	const taught = groups(12, 3);
	const set = await fitSet(taught, { width: 4, folds: 3, seed: 1, pause });
	const read = FittedRankers.shape.static.parse(JSON.parse(JSON.stringify(set)));
	const rows = { width: 4, values: taught[0]?.values ?? new Float32Array() };
	expect([...probabilities(read, rows)]).toEqual([...probabilities(set, rows)]);
	expect(() => probabilities(read, { width: 5, values: new Float32Array(5) })).toThrow(RangeError);
});

test("the same groups and seed give the same set", async () => {
	const options = { width: 4, folds: 3, seed: 7, pause };
	expect(await fitSet(groups(8, 4), options)).toEqual(await fitSet(groups(8, 4), options));
});
