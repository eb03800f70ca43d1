import { expect, test } from "vitest";
import { acceptedWithin, reciprocalOfFirst } from "../../../src/stats/ranking.js";

/** All orders that the scores allow, as the mean of what `of` says of each. */
function overOrders(scores: readonly number[], accepted: readonly boolean[], of: (order: boolean[]) => number): number {
	const orders: boolean[][] = [];
	const place = (order: number[], rest: readonly number[]): void => {
		if (rest.length === 0) orders.push(order.map((i) => accepted[i] ?? false));
		const most = Math.max(...rest.map((i) => scores[i] ?? 0));
		for (const i of rest) {
			if (scores[i] !== most) continue;
			place(
				[...order, i],
				rest.filter((j) => j !== i),
			);
		}
	};
	place(
		[],
		scores.map((_, i) => i),
	);
	return orders.reduce((sum, order) => sum + of(order), 0) / orders.length;
}

const CASES: readonly (readonly [number[], boolean[]])[] = [
	[
		[3, 2, 2, 2, 1],
		[false, true, false, false, true],
	],
	[
		[1, 1, 1, 1, 1],
		[true, false, true, false, false],
	],
	[
		[5, 4, 3, 2, 1],
		[false, false, false, false, true],
	],
	[
		[2, 2, 1, 1],
		[false, false, false, false],
	],
	[
		[2, 2, 1],
		[true, true, false],
	],
];

test("ties count at the mean over all orders that they allow", () => {
	for (const [scores, accepted] of CASES) {
		for (const k of [1, 2, 3, 5, 9]) {
			const by = overOrders(scores, accepted, (order) => Number(order.slice(0, k).includes(true)));
			expect(acceptedWithin(scores, accepted, k)).toBeCloseTo(by, 12);
		}
		const by = overOrders(scores, accepted, (order) => (order.includes(true) ? 1 / (order.indexOf(true) + 1) : 0));
		expect(reciprocalOfFirst(scores, accepted)).toBeCloseTo(by, 12);
	}
});
