import { describe, expect, test } from "vitest";
import { reasonToStop } from "../../../src/app/reason-to-stop.js";
import { TrainingStopped, watchTraining } from "../../../src/app/watched-training.js";
import type { AlarmName } from "../../../src/domain/choices.js";
import type { TaskRate, TrainingUpdate } from "../../../src/domain/training-activity.js";
import type { TrainerEvent } from "../../../src/domain/training-job.js";
import { loopAlarms } from "../../../src/store/loop-alarms.js";
import { emptyLoop, type LoopState, reduceLoop } from "../../../src/store/loop-state.js";
import { aLoopPlan } from "./loop-fixtures.js";

const AT = new Date(0).toISOString();
const score = (iteration: number, distinctShare: number, value = 0.5): TrainingUpdate => ({
	kind: "happened",
	event: {
		type: "checkpoint.recorded",
		at: AT,
		score: {
			iteration,
			checkpoint: `c${iteration}`,
			passAt1: { value, low: null, high: null },
			distinctShare,
			leftOut: [],
			runId: "r",
		},
	},
});
const compared = (iteration: number, conclusion: string): TrainingUpdate => ({
	kind: "happened",
	event: {
		type: "comparison.recorded",
		at: AT,
		change: {
			iteration,
			against: iteration - 1,
			difference: 0,
			low: null,
			high: null,
			p: null,
			conclusion,
			up: 1,
			down: 9,
			file: "c.json",
		},
	},
});
const rates = (
	iteration: number,
	accepted: (task: number) => number,
	of: "heldOut" | "learnt" = "heldOut",
): TrainingUpdate => {
	const tasks = Array.from({ length: 20 }, (_, i): TaskRate => ({ taskId: `t${i}`, n: 8, accepted: accepted(i) }));
	return { kind: "tasks", of, iteration, tasks };
};

function stateOf(stopOn: readonly AlarmName[], ...updates: TrainingUpdate[]): LoopState {
	const plan = aLoopPlan({ stopOn: [...stopOn] });
	return updates.reduce(reduceLoop, reduceLoop(emptyLoop(), { kind: "loop", plan }));
}

function loopOf(stopOn: readonly AlarmName[], ...updates: TrainingUpdate[]) {
	const state = stateOf(stopOn, ...updates);
	const alarms = loopAlarms(state, 0);
	return { names: alarms.map(({ name, at }) => `${name} ${at}`), reason: reasonToStop(state, alarms, 1) };
}

test("a loop that goes well has no alarm and goes on", () => {
	const updates = [score(0, 0.6), rates(0, () => 6), score(1, 0.45), rates(1, () => 5), compared(1, "better")];
	expect(loopOf(["worse", "forgetting", "diversity_collapse"], ...updates)).toEqual({ names: [], reason: null });
});

test.each<[AlarmName, TrainingUpdate[]]>([
	["worse", [score(0, 0.6), score(1, 0.6), compared(1, "worse")]],
	["diversity_low", [score(0, 0.6), score(1, 0.25)]],
	["diversity_collapse", [score(0, 0.6), score(1, 0.1)]],
	["forgetting", [score(0, 0.6), rates(0, () => 7), score(1, 0.6), rates(1, (task) => (task < 5 ? 1 : 7))]],
])("%s is an alarm of its iteration, and ends a loop that stops on it and no other", (name, updates) => {
	expect(loopOf([name], ...updates)).toEqual({ names: [`${name} 1`], reason: expect.any(String) });
	expect(loopOf([], ...updates).reason).toBe(null);
});

describe("held-out tasks that fall while those that are learnt from rise", () => {
	const falls = [
		...[score(0, 0.6, 0.3), rates(0, (task) => task % 3)],
		...[rates(1, (task) => task % 3, "learnt"), score(1, 0.6, 0.6), rates(1, (task) => 4 + (task % 3))],
		...[rates(2, (task) => 2 + (task % 4), "learnt"), score(2, 0.6, 0.45), rates(2, (task) => 3 + (task % 3))],
	];

	test("are an alarm with both figures and the better checkpoint, and end a loop that stops on it", () => {
		const state = stateOf(["held_out_falls"], ...falls);
		const alarms = loopAlarms(state, 0);
		expect(alarms).toEqual([
			{
				name: "held_out_falls",
				level: "warning",
				at: 2,
				text: expect.stringMatching(
					/^held-out tasks fall \(62 % at iteration 1 to 49 %\).*rise \(12 % to 44 % accepted\)/,
				),
				advice: expect.stringMatching(/^checkpoint 1 is the better one/),
			},
		]);
		expect(reasonToStop(state, alarms, 2)).toBe(alarms[0]?.text);
		expect(reasonToStop(stateOf([], ...falls), alarms, 2)).toBe(null);
	});

	test("are none where both fall, or where the change is within its error", () => {
		const names = (...updates: TrainingUpdate[]) => loopOf([], ...falls.slice(0, -3), ...updates).names;
		expect(
			names(
				rates(2, () => 0, "learnt"),
				score(2, 0.6, 0.45),
				rates(2, (task) => 3 + (task % 3)),
			),
		).toEqual([]);
		const chance = rates(2, (task) => 5 + 2 * (task % 2 ? 1 : -1));
		expect(
			names(
				rates(2, () => 8, "learnt"),
				score(2, 0.6, 0.6),
				chance,
			),
		).toEqual([]);
	});
});

test("low diversity says what more samples solve, and what keeps it up", () => {
	const solved = [score(0, 0.65), rates(0, () => 4), score(1, 0.24), rates(1, (task) => (task < 10 ? 8 : 0))];
	expect(loopAlarms(stateOf([], ...solved), 0)[0]).toMatchObject({
		text: "diversity fell to 37 % of its start (65 % to 24 % distinct programs), pass@8 went from 1.000 to 0.500",
		advice: expect.stringMatching(/--temperature.*--per-task/),
	});
});

test("tasks that were solved by chance alone, or are a little worse, are not forgotten", () => {
	const seldom = [score(0, 0.6), rates(0, () => 4), score(1, 0.6), rates(1, () => 0)];
	const little = [score(0, 0.6), rates(0, () => 8), score(1, 0.6), rates(1, () => 4)];
	expect(loopOf([], ...seldom).names).toEqual([]);
	expect(loopOf([], ...little).names).toEqual([]);
});

const step = (at: number, m: TrainerEvent["m"]): TrainerEvent => ({ v: 1, t: "train.step", at: 1000, step: at, m });

function watched(stopOn: readonly AlarmName[]) {
	const alarms: string[] = [];
	const outer = new AbortController();
	const training = watchTraining(
		[...stopOn],
		outer.signal,
		({ name }) => alarms.push(name),
		() => 5000,
	);
	return { training, alarms };
}

test("a loss that is no number ends training at its step, when it is to", () => {
	const { training, alarms } = watched(["loss_not_a_number"]);
	training.onEvent(step(1, { loss: 0.5 }));
	expect(training.signal.aborted).toBe(false);
	training.onEvent(step(2, { loss: null }));
	expect(training.signal.reason).toBeInstanceOf(TrainingStopped);
	expect(String(training.signal.reason)).toContain("loss is no number at step 2");
	expect(alarms).toEqual(["loss_not_a_number"]);
	training.close();
});

test("an alarm that ends nothing is told once", () => {
	const { training, alarms } = watched([]);
	for (let at = 1; at < 9; at++) training.onEvent(step(at, { loss: null }));
	expect(alarms).toEqual(["loss_not_a_number"]);
	expect(training.signal.aborted).toBe(false);
	training.close();
});
