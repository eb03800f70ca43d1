import { describe, expect, test } from "vitest";
import { passAtK } from "../../../src/stats/pass-at-k.js";
import { reduce } from "../../../src/store/reduce.js";
import { copyRunState, createRunState } from "../../../src/store/run-state.js";
import {
	selectCandidate,
	selectEtaMs,
	selectPassAtK,
	selectRate,
	selectStatusCounts,
} from "../../../src/store/select-run.js";
import { events } from "./sample-events.js";

const play = (count = events.length) => events.slice(0, count).reduce(reduce, createRunState());

function eventAt(seq: number) {
	const event = events[seq];
	if (!event) throw new Error(`there is no event ${seq}`);
	return event;
}

describe("reduce", () => {
	test("counts what was recorded", () => {
		const state = play();
		expect(state.phase).toBe("completed");
		expect(state.judged).toBe(48);
		expect([...state.statusCounts].reduce((a, b) => a + b)).toBe(48);
		expect([...state.stageCounts].reduce((a, b) => a + b)).toBe(48);
		expect(state.tasks.map((task) => task.n)).toEqual([12, 12, 12, 12]);
		expect(selectStatusCounts(state)[0]?.status).toBe("accepted");
	});

	test("pass@k kept event by event is pass@k counted at the end", () => {
		const state = play();
		for (const { k, value, tasks } of selectPassAtK(state)) {
			const mean = state.tasks.reduce((sum, task) => sum + passAtK(task.n, task.accepted, k), 0) / state.tasks.length;
			expect(tasks).toBe(4);
			expect(value).toBeCloseTo(mean, 12);
		}
	});

	test("a task with too few judged candidates does not count for pass@k", () => {
		const verdicts = events.flatMap((event, i) => (event.type === "verdict.recorded" ? [i + 1] : []));
		expect(selectPassAtK(play(verdicts[3])).map(({ k }) => k)).toEqual([1]);
		expect(selectPassAtK(play(verdicts[4])).map(({ k }) => k)).toEqual([1, 5]);
	});

	test("an event that was seen before changes nothing", () => {
		const state = play(100);
		const { version, judged } = state;
		for (const event of events.slice(0, 100)) reduce(state, event);
		expect(state.version).toBe(version);
		expect(state.judged).toBe(judged);
	});

	test("missing events are counted, and the rest still counts", () => {
		const state = events.filter((event) => event.seq % 10 !== 5).reduce(reduce, createRunState());
		expect(state.missedEvents).toBe(events.filter((event) => event.seq % 10 === 5).length);
		expect(state.phase).toBe("completed");
	});

	test("ephemeral events repeat a number and change no count", () => {
		const state = play(50);
		const { judged } = state;
		const last = events[49];
		if (!last) throw new Error("there are fewer events");
		const { seq, at, runId } = last;
		reduce(state, {
			seq,
			at,
			runId,
			type: "run.progress",
			done: 1,
			total: 2,
			samplesPerSecond: 3,
			etaMs: null,
			generation: null,
		});
		reduce(state, { seq, at, runId, type: "candidate.delta", taskId: "a", sampleIndex: 0, text: "x" });
		expect(state.judged).toBe(judged);
		expect(state.missedEvents).toBe(0);
	});

	test("a resumed run counts what it had done before once, and its rate is that of now", () => {
		const state = createRunState();
		const half = events.findIndex((event) => event.type === "verdict.recorded") + 1;
		for (const event of events.slice(0, half)) reduce(state, event);
		const last = events[half - 1];
		const started = events.find((event) => event.type === "run.started");
		const finished = events.find((event) => event.type === "run.finished");
		if (!last || started?.type !== "run.started" || finished?.type !== "run.finished")
			throw new Error("no such events");
		const { at } = last;
		reduce(state, {
			...finished,
			seq: last.seq + 1,
			at,
			outcome: "cancelled",
			message: "resume with: …",
			samplesPerSecond: 1,
		});
		reduce(state, { ...started, seq: last.seq + 2, at, resumed: state.judged });
		expect(state.judged + state.resumed).toBe(state.judged);
		expect([state.message, selectRate(state)]).toEqual([null, null]);
		const elsewhere = createRunState();
		reduce(elsewhere, { ...started, resumed: 7 });
		expect(elsewhere.resumed).toBe(7);
	});

	test("a candidate walks through its stages and stays judged", () => {
		const seen = new Set<string>();
		const state = createRunState();
		for (const event of events) {
			reduce(state, event);
			seen.add(selectCandidate(state, "a", 3)?.stage ?? "unknown");
		}
		expect([...seen]).toEqual([
			"unknown",
			"queued",
			"generating",
			"waiting",
			"compiling",
			"loading",
			"public_tests",
			"hidden_tests",
			"deciding",
			"judged",
		]);
	});

	test("the text of a candidate grows while it is made, and is gone once it is made or failed", () => {
		const state = play(events.findIndex(({ type }) => type === "candidate.generated"));
		const { seq, at, runId } = eventAt(state.lastSeq);
		const key = { seq, at, runId, taskId: "a", sampleIndex: 0 };
		const row = selectCandidate(state, "a", 0)?.row ?? -1;
		for (const text of ["def f", "(x):"]) reduce(state, { ...key, type: "candidate.delta", text });
		expect(state.generation.texts.get(row)).toBe("def f(x):");
		reduce(state, { ...key, type: "candidate.delta", text: null });
		expect(state.generation.texts.get(row)).toBeUndefined();
		for (let i = 0; i < 80; i++) reduce(state, { ...key, type: "candidate.delta", text: "x".repeat(1024) });
		reduce(state, { ...key, type: "candidate.delta", text: "END" });
		expect(state.generation.texts.get(row)).toHaveLength(64 * 1024);
		expect(state.generation.texts.get(row)).toMatch(/END$/);
		const judged = events.slice(state.lastSeq + 1).reduce(reduce, copyRunState(state));
		expect(judged.generation.texts.size).toBe(0);
		reduce(judged, { ...key, type: "candidate.delta", text: "late" });
		expect(judged.generation.texts.size).toBe(0);
		const failed = { type: "candidate.failed", failure: "stalled", message: "nothing came", attempts: 2 } as const;
		reduce(state, { ...key, ...failed, seq: seq + 1 });
		expect(state.generation.texts.size).toBe(0);
		expect(state.generation.failures.get(row)).toEqual({ failure: "stalled", message: "nothing came", attempts: 2 });
		expect(selectCandidate(state, "a", 0)?.stage).toBe("failed");
		reduce(state, { ...key, type: "candidate.started", seq: seq + 2 });
		expect(state.generation.failures.size).toBe(0);
		expect(selectCandidate(state, "a", 0)?.stage).toBe("generating");
	});

	test("a candidate that is not made since its task has enough is skipped, not queued", () => {
		const state = play(events.findIndex(({ type }) => type === "candidate.started"));
		const { seq, at, runId } = eventAt(state.lastSeq);
		reduce(state, { type: "candidate.skipped", seq: seq + 1, at, runId, taskId: "a", sampleIndex: 11 });
		expect(selectCandidate(state, "a", 11)?.stage).toBe("skipped");
		expect([...state.stageCounts].reduce((a, b) => a + b)).toBe(state.candidates.length);
	});

	test("what a model cost is the sum over the log; how fast it is, is known only while it is at work", () => {
		const state = play(events.findIndex(({ type }) => type === "candidate.generated"));
		const { seq, at, runId } = eventAt(state.lastSeq);
		const usage = { promptTokens: 50, completionTokens: 20, estimated: false };
		for (const [i, costUsd] of [0.25, 0.5].entries())
			reduce(state, {
				type: "spend.recorded",
				seq: seq + 1 + i,
				at,
				runId,
				taskId: "a",
				sampleIndex: 0,
				usage,
				costUsd,
			});
		expect(state.generation.spent).toEqual({ tokens: 40, costUsd: 0.75 });
		const generation = {
			generating: 3,
			judging: 1,
			tokensPerSecond: 90,
			costUsd: 0.75,
			bottleneck: "generation",
		} as const;
		const progress = {
			type: "run.progress",
			done: 0,
			total: 48,
			samplesPerSecond: 0,
			etaMs: null,
			generation,
		} as const;
		reduce(state, { seq: seq + 2, at, runId, ...progress });
		expect(state.generation.progress).toEqual(generation);
		const finished = events.at(-1);
		if (finished?.type !== "run.finished") throw new Error("the run has no end");
		reduce(state, { ...finished, seq: seq + 3 });
		expect(state.generation).toMatchObject({ progress: null, spent: { tokens: 40 } });
	});

	test("a judge error is in no score", () => {
		const state = createRunState();
		for (const event of events) {
			const isFirst = event.type === "verdict.recorded" && event.taskId === "a" && event.sampleIndex === 0;
			reduce(state, isFirst ? { ...event, verdict: { ...event.verdict, status: "judge_error" } } : event);
		}
		expect(state.tasks[0]?.n).toBe(11);
		expect(state.tasks[0]?.judgeErrors).toBe(1);
		expect(state.judged).toBe(48);
	});

	test("rate and remaining time come from the events' own times", () => {
		const state = play(300);
		const rate = selectRate(state) ?? 0;
		expect(rate).toBeGreaterThan(10);
		expect(selectEtaMs(state)).toBeCloseTo(((48 - state.judged) * 1000) / rate, 6);
		expect(selectEtaMs(play())).toBe(null);
	});

	test("a copy is not changed by what happens to the original", () => {
		const state = play(200);
		const copy = copyRunState(state);
		const before = JSON.stringify([copy, [...copy.taskIndex]]);
		for (const event of events.slice(200)) reduce(state, event);
		expect(JSON.stringify([copy, [...copy.taskIndex]])).toBe(before);
	});
});
