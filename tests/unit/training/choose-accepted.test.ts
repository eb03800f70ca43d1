import { describe, expect, test } from "vitest";
import { chooseAccepted } from "../../../src/training/choose-accepted.js";
import type { Choice } from "../../../src/training/select-candidates.js";

const SOURCES = { fresh: 0, earlier: 1 } as const;
let sample = 0;
const program = (
	taskId: string,
	source: keyof typeof SOURCES,
	shape: string,
	status: Choice["status"] = "accepted",
) => ({
	taskId,
	sampleIndex: sample++,
	source: SOURCES[source],
	status,
	place: { offset: 0, bytes: 0 },
	shape,
});

function choose(programs: readonly Choice[], change: Partial<Parameters<typeof chooseAccepted>[1]> = {}) {
	const byTask = new Map<string, Choice[]>();
	for (const one of programs) byTask.set(one.taskId, [...(byTask.get(one.taskId) ?? []), one]);
	return chooseAccepted(byTask, { perTask: null, earlierFrom: 1, replayShare: 1, seed: 1, ...change });
}

const shapes = (of: ReturnType<typeof choose>["of"]) => [...of.values()].flat().map(({ shape }) => shape);
const many = (count: number, source: keyof typeof SOURCES) =>
	Array.from({ length: count }, (_, i) => program(`${source}-task-${i}`, source, `${source} ${i}`));

test("of a task each program is learnt once, and no more of them than the cap allows", () => {
	const programs = ["a", "a", "b", "c"].map((shape) => program("t", "fresh", shape));
	const { of, leftOut } = choose([...programs, program("t", "fresh", "d", "wrong_answer")], { perTask: 2 });
	expect(shapes(of)).toEqual(["a", "b"]);
	expect(leftOut).toEqual({ notAccepted: 1, duplicate: 1, overCap: 1, notReplayed: 0 });
});

test("new programs come before earlier ones when a task has more than the cap", () => {
	const { of } = choose([program("t", "earlier", "old"), program("t", "fresh", "new")], { perTask: 1 });
	expect(shapes(of)).toEqual(["new"]);
});

test("a program that was found again counts as new", () => {
	const { replay } = choose([program("t", "earlier", "same"), program("t", "fresh", "same")], { replayShare: 0 });
	expect(replay).toEqual({ available: 0, examples: 0 });
});

describe("the share of replay", () => {
	test.each([
		[0, 0],
		[0.2, 10],
		[0.5, 40],
		[1, 50],
	])("%s of the examples at most: %s beside 40 new ones", (replayShare, examples) => {
		const { of, replay, leftOut } = choose([...many(40, "fresh"), ...many(50, "earlier")], { replayShare });
		expect(replay).toEqual({ available: 50, examples });
		expect(leftOut.notReplayed).toBe(50 - examples);
		expect(shapes(of).filter((shape) => shape.startsWith("earlier"))).toHaveLength(examples);
		expect(shapes(of).filter((shape) => shape.startsWith("fresh"))).toHaveLength(40);
	});

	test("is drawn by the seed alone", () => {
		const programs = [...many(40, "fresh"), ...many(50, "earlier")];
		const drawn = (seed: number) => shapes(choose(programs, { replayShare: 0.2, seed }).of).join();
		expect(drawn(1)).toBe(drawn(1));
		expect(drawn(1)).not.toBe(drawn(2));
	});
});
