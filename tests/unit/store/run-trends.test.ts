import { describe, expect, test } from "vitest";
import { meanPassAtK } from "../../../src/stats/pass-at-k.js";
import { verdictAt } from "../../../src/store/candidate-columns.js";
import { reduce } from "../../../src/store/reduce.js";
import { copyRunState, createRunState } from "../../../src/store/run-state.js";
import {
	createTrends,
	noteOutcome,
	noteStart,
	noteVerdict,
	selectCpuHistogram,
	selectPace,
	selectPassCurve,
} from "../../../src/store/run-trends.js";
import { events } from "./sample-events.js";

const play = (count = events.length) => events.slice(0, count).reduce(reduce, createRunState());
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
const found = events.find((event) => event.type === "verdict.recorded");
if (found?.type !== "verdict.recorded") throw new Error("the sample has no verdict");
const { verdict } = found;

describe("the trends of a run", () => {
	test("pass@k for every k is the mean over the tasks, at any moment", () => {
		for (const count of [40, 150, 260, events.length]) {
			const state = play(count);
			const curve = selectPassCurve(state.trends);
			expect(curve.length).toBe(Math.max(...state.tasks.map((task) => task.n)));
			curve.forEach((value, i) => {
				expect(value).toBeCloseTo(meanPassAtK(state.tasks, i + 1).value ?? Number.NaN, 12);
			});
		}
	});

	test("every candidate with a CPU time is in one bin, by whether it was accepted", () => {
		const state = play();
		const verdicts = Array.from({ length: state.candidates.length }, (_, row) => verdictAt(state.candidates, row));
		const timed = verdicts.filter((one) => one?.cpuTimeMs != null && one.status !== "judge_error");
		const accepted = timed.filter((one) => one?.status === "accepted").length;
		const cpu = selectCpuHistogram(state.trends);
		expect(sum(cpu?.accepted ?? [])).toBe(accepted);
		expect(sum(cpu?.other ?? [])).toBe(timed.length - accepted);
	});

	test("a time lies between the ends of its bin; none, too short and too long ones are no trouble", () => {
		for (const cpuTimeMs of [0.3, 1, 12.5, 2999, 60_000]) {
			const trends = createTrends();
			noteVerdict(trends, { ...verdict, status: "accepted", cpuTimeMs }, 0);
			const [from = 0, to = 0] = selectCpuHistogram(trends)?.edges ?? [];
			expect(from).toBeLessThanOrEqual(cpuTimeMs);
			expect(to).toBeGreaterThan(cpuTimeMs);
		}
		const trends = createTrends();
		for (const cpuTimeMs of [null, 0, 1e12]) noteVerdict(trends, { ...verdict, cpuTimeMs }, 0);
		noteVerdict(trends, { ...verdict, status: "judge_error", cpuTimeMs: 5 }, 0);
		expect(sum(trends.cpuAccepted) + sum(trends.cpuOther)).toBe(2);
		expect(selectCpuHistogram(createTrends())).toBeNull();
	});

	test("verdicts are counted by time in a fixed number of spans, however long the run is", () => {
		const trends = createTrends();
		noteStart(trends, 1000);
		for (let i = 0; i < 100_000; i++) noteVerdict(trends, verdict, 1000 + i * 100);
		expect(sum(trends.pace)).toBe(100_000);
		const { perSecond } = selectPace(trends, 1000 + 100_000 * 100);
		expect(perSecond.length).toBeLessThanOrEqual(240);
		expect(perSecond.length).toBeGreaterThan(100);
		for (const rate of perSecond) expect(rate).toBeCloseTo(10, 0);
	});

	test("the time between two starts is left out, and a clock that jumps back does no harm", () => {
		const trends = createTrends();
		noteStart(trends, 0);
		for (let i = 0; i < 100; i++) noteVerdict(trends, verdict, i * 10);
		const day = 86_400_000;
		noteStart(trends, day);
		for (let i = 0; i < 100; i++) noteVerdict(trends, verdict, day + i * 10);
		noteVerdict(trends, verdict, day - 5000);
		const { perSecond, spanMs } = selectPace(trends, day + 1000);
		expect(perSecond.length * spanMs).toBeLessThan(2200);
		expect(sum(trends.pace)).toBe(201);
	});

	test("a run that waits shows that it does", () => {
		const trends = createTrends();
		noteStart(trends, 0);
		for (let i = 0; i < 100; i++) noteVerdict(trends, verdict, i * 10);
		const { perSecond, spanMs } = selectPace(trends, 5000);
		expect(perSecond.length * spanMs).toBe(5000);
		expect(perSecond.at(-1)).toBe(0);
	});

	test("a copy does not change with the original", () => {
		const state = play(200);
		const copy = copyRunState(state);
		const before = JSON.stringify([selectPassCurve(copy.trends), selectCpuHistogram(copy.trends), copy.trends.pace]);
		for (const event of events.slice(200)) reduce(state, event);
		expect(JSON.stringify([selectPassCurve(copy.trends), selectCpuHistogram(copy.trends), copy.trends.pace])).toBe(
			before,
		);
	});

	test("outcomes stay as many as there are tasks", () => {
		const trends = createTrends();
		for (let n = 0; n < 5; n++) noteOutcome(trends, { n, accepted: 0 }, { n: n + 1, accepted: 0 });
		expect([...trends.outcomes.values()]).toEqual([1]);
	});
});
