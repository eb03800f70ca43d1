import { describe, expect, test } from "vitest";
import { type Measured, tasksToAsk } from "../../../src/training/curriculum.js";

const ids = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`);
const all = (count: number, measured: Measured) => new Map(ids(count).map((id) => [id, measured]));
const ask = (count: number, measured: ReadonlyMap<string, Measured>, strength: number, seed = 1) =>
	tasksToAsk(ids(count), measured, { strength, n: 8, seed });

describe("a curriculum", () => {
	test("of strength 0 asks every task, whatever was measured", () => {
		expect(ask(50, all(50, { accepted: 8, n: 8 }), 0)).toEqual({ taskIds: ids(50), n: 8 });
	});

	test("asks every task before anything was measured", () => {
		expect(ask(50, new Map(), 1)).toEqual({ taskIds: ids(50), n: 8 });
	});

	test("of strength 1 never asks a task whose samples were all accepted, and gives its samples to the others", () => {
		const measured = new Map(ids(20).map((id) => [id, { accepted: 8, n: 8 }]));
		expect(ask(40, measured, 1)).toEqual({ taskIds: ids(40).slice(20), n: 16 });
	});

	test("asks a task less, the more often it was solved when it was asked last", () => {
		const count = 4000;
		const share = (measured: Measured, strength = 1) =>
			ask(count, all(count, measured), strength).taskIds.length / count;
		expect(share({ accepted: 0, n: 8 })).toBeCloseTo(0.9, 1);
		expect(share({ accepted: 4, n: 8 })).toBeCloseTo(0.5, 1);
		expect(share({ accepted: 7, n: 8 })).toBeCloseTo(0.2, 1);
		expect(share({ accepted: 8, n: 8 }, 0.5)).toBeCloseTo(0.5, 1);
	});

	test("asks one task even where none has anything left to teach", () => {
		const { taskIds, n } = ask(10, all(10, { accepted: 8, n: 8 }), 1);
		expect([taskIds.length, n]).toEqual([1, 32]);
	});

	test("draws by the seed alone", () => {
		const measured = all(50, { accepted: 1, n: 8 });
		expect(ask(50, measured, 1, 3)).toEqual(ask(50, measured, 1, 3));
		expect(ask(50, measured, 1, 3)).not.toEqual(ask(50, measured, 1, 4));
	});
});
