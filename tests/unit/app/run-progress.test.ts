import { expect, test } from "vitest";
import { RunProgress } from "../../../src/app/run-progress.js";
import type { RunEventBody } from "../../../src/domain/events.js";

function progress(total: number | null, done = 0) {
	const clock = { ms: 1_000_000 };
	const told: (RunEventBody & { type: "run.progress" })[] = [];
	const emit = (body: RunEventBody) => {
		if (body.type === "run.progress") told.push(body);
	};
	const of = new RunProgress({ emit, now: () => clock.ms, total, done, generation: () => null });
	const advance = (count: number, everyMs: number) => {
		for (let i = 0; i < count; i++) {
			clock.ms += everyMs;
			of.advance();
		}
		return told.at(-1);
	};
	return { advance, told };
}

test("the pace is that of the last ten seconds, so that a burst from the cache does not promise an early end", () => {
	const { advance } = progress(1000);
	advance(400, 1);
	const steady = advance(100, 200);
	expect(steady?.samplesPerSecond).toBeCloseTo(5, 1);
	expect(steady?.etaMs).toBeCloseTo(100_000, -3);
});

test("nothing is promised from the first quarter of a second", () => {
	const { advance, told } = progress(1000);
	advance(100, 1);
	expect(told[0]).toMatchObject({ done: 1, etaMs: null });
	expect(told.every(({ samplesPerSecond }) => samplesPerSecond <= 400)).toBe(true);
	expect(advance(200, 10)?.etaMs).not.toBeNull();
});

test("what an earlier start finished is not of this pace, and the last candidate is always told of", () => {
	const { advance } = progress(110, 100);
	expect(advance(10, 100)).toMatchObject({ done: 110, total: 110, samplesPerSecond: 10, etaMs: 0 });
});
