import { expect, test } from "vitest";
import type { TrainingEntry } from "../../../src/domain/training.js";
import { seededRandom } from "../../../src/lib/seeded-random.js";
import { NearIndex, resemblance } from "../../../src/lineage/near-index.js";
import { SeenTasks } from "../../../src/lineage/seen-tasks.js";

function sketchOf(hashes: readonly number[]): string {
	return Buffer.from(Uint32Array.from(hashes).sort().buffer).toString("base64");
}

test("the index finds every sketch that comparing with each would find, and no other", () => {
	const random = seededRandom(1);
	const draw = () => Math.floor(random() * 400);
	const sketches = Array.from({ length: 300 }, (_, i) => {
		const first = new Set(Array.from({ length: 8 + (i % 57) }, draw));
		return [...first];
	});
	const near = sketches.map((sketch) => sketch.map((hash) => (random() < 0.08 ? draw() : hash)));
	const sorted = (hashes: readonly number[]) => Uint32Array.from(new Set(hashes)).sort();
	const index = new NearIndex(0.8);
	for (const [i, sketch] of sketches.entries()) index.add(`t${i}`, sketchOf([...sorted(sketch)]));
	let found = 0;
	for (const sketch of near) {
		const expected = sketches.flatMap((other, i) => {
			const similarity = resemblance(sorted(sketch), sorted(other));
			return similarity >= 0.8 ? [{ taskId: `t${i}`, similarity }] : [];
		});
		const byId = (a: { taskId: string }, b: { taskId: string }) => (a.taskId < b.taskId ? -1 : 1);
		expect([...index.near(sketchOf([...sorted(sketch)]))].sort(byId)).toEqual(expected.sort(byId));
		found += expected.length;
	}
	expect(found).toBeGreaterThan(100);
});

test("of several signs the strongest is told", () => {
	const alike = { exact: "0".repeat(16), near: null };
	const nothing: TrainingEntry = { taskId: null, contentSha256: null, prompt: null, solutions: [] };
	const seen = new SeenTasks();
	seen.score({ ...nothing, taskId: "a", prompt: alike, solutions: [alike] });
	seen.train({ ...nothing, solutions: [alike] }, "one");
	expect(seen.seen()).toMatchObject([{ taskId: "a", by: "solution", trainedAs: null }]);
	seen.train({ ...nothing, prompt: alike, taskId: "b" }, "one");
	expect(seen.seen()).toMatchObject([{ by: "prompt", trainedAs: "b" }]);
	seen.train({ ...nothing, taskId: "a" }, "two");
	seen.train({ ...nothing, solutions: [alike] }, "one");
	expect(seen.seen()).toEqual([{ taskId: "a", by: "id", similarity: 1, checkpoint: "two", trainedAs: "a" }]);
});
