import { expect, test } from "vitest";
import { scoreRows, trainTrees } from "../../../src/energy/boosted-trees.js";
import { crossValidated } from "../../../src/energy/cross-validation.js";
import { seededRandom } from "../../../src/lib/seeded-random.js";
import { rankingAuc } from "../../../src/stats/ranking.js";

/** Two columns decide together, by which side of a half they are on; six more say nothing. */
function rows(count: number, seed: number) {
	const random = seededRandom(seed);
	const values = Float32Array.from({ length: count * 8 }, () => random());
	const labels = Uint8Array.from({ length: count }, (_, row) =>
		Number((values[row * 8] ?? 0) > 0.5 !== (values[row * 8 + 1] ?? 0) > 0.5),
	);
	return { width: 8, values, labels, ends: Int32Array.from({ length: count / 100 }, (_, i) => (i + 1) * 100) };
}

test("trees learn what only two columns together tell, and it holds for other rows", () => {
	const [taught, other] = [rows(2000, 1), rows(500, 2)];
	const model = trainTrees(taught);
	const auc = rankingAuc(
		scoreRows(model, other.values),
		[...other.labels].map((label) => label === 1),
	);
	expect(auc).toBeGreaterThan(0.95);
});

test("the same rows and seed give the same trees, another seed gives others", () => {
	const taught = rows(300, 3);
	expect(trainTrees(taught, { trees: 5 })).toEqual(trainTrees(taught, { trees: 5 }));
	expect(trainTrees(taught, { trees: 5 })).not.toEqual(trainTrees(taught, { trees: 5, seed: 1 }));
});

test("a first split is the one that the formula of the gain picks, and leaves are its weights", () => {
	// One column and nine pairs, each with chance 0.5 and weight 2/3: every row has three of them, so that gradients are 1 or
	// -1 and curvatures 0.5.
	const values = Float32Array.from([1, 2, 3, 4, 5, 6]);
	const labels = Uint8Array.from([0, 0, 0, 1, 1, 1]);
	const model = trainTrees(
		{ width: 1, values, labels, ends: Int32Array.of(6) },
		{ trees: 1, depth: 1, penalty: 1, rate: 1 },
	);
	expect(model.trees[0]?.thresholds[0]).toBe(3);
	expect(model.trees[0]?.leaves[0]).toBeCloseTo(-3 / 2.5, 6);
	expect(model.trees[0]?.leaves[1]).toBeCloseTo(3 / 2.5, 6);
	expect([...scoreRows(model, Float32Array.from([3, 3.5]))].map((score) => score > 0)).toEqual([false, true]);
});

test("where nothing tells rows apart, nothing is added", () => {
	const model = trainTrees({
		width: 2,
		values: new Float32Array(20),
		labels: Uint8Array.from({ length: 10 }, (_, i) => i % 2),
		ends: Int32Array.of(10),
	});
	for (const score of scoreRows(model, new Float32Array(4))) expect(score).toBeCloseTo(0, 9);
});

test("only candidates of one group are compared", () => {
	// The first column says which group it is, and one group has many accepted, the other few; the second tells within both.
	const labels = Uint8Array.from({ length: 40 }, (_, row) => Number(row < 20 ? row % 5 !== 0 : row % 5 === 0));
	const values = Float32Array.from([...labels].flatMap((label, row) => [row < 20 ? 1 : 0, label + row / 1000]));
	const alone = (column: number) =>
		trainTrees({
			width: 1,
			values: values.filter((_, i) => i % 2 === column),
			labels,
			ends: Int32Array.of(20, 40),
		}).trees.some(({ thresholds }) => thresholds.some(Number.isFinite));
	expect([alone(0), alone(1)]).toEqual([false, true]);
});

test("a task is scored by what the others teach alone", async () => {
	// A column that names the task and one that is its label in that task only: learning them by heart helps nobody.
	const random = seededRandom(5);
	const groups = Array.from({ length: 20 }, (_, task) => {
		const accepted = Array.from({ length: 30 }, () => random() < 0.5);
		const values = Float32Array.from(accepted.flatMap((label) => [task, task % 2 === Number(label) ? 1 : 0]));
		return { taskId: `t${task}`, accepted, values };
	});
	const scores = await crossValidated(groups, { width: 2, folds: 5, seed: 1, pause: () => Promise.resolve() });
	expect(scores).toHaveLength(20);
	const aucs = groups.map(({ accepted }, i) => rankingAuc(scores[i] ?? [], accepted) ?? 0.5);
	expect(aucs.reduce((sum, auc) => sum + auc, 0) / aucs.length).toBeLessThan(0.8);
});
