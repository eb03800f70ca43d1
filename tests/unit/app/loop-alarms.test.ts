import { expect, test } from "vitest";
import { reasonToStop } from "../../../src/app/reason-to-stop.js";
import { TrainingStopped, watchTraining } from "../../../src/app/watched-training.js";
import type { AlarmName } from "../../../src/domain/choices.js";
import type { TaskRate, TrainingUpdate } from "../../../src/domain/training-activity.js";
import type { TrainerEvent } from "../../../src/domain/training-job.js";
import { emptyLoop, reduceLoop } from "../../../src/store/loop-state.js";
import { loopAlarms } from "../../../src/store/training-alarms.js";
import { aLoopPlan } from "./loop-fixtures.js";

const AT = new Date(0).toISOString();
const score = (iteration: number, distinctShare: number): TrainingUpdate => ({
	kind: "happened",
	event: {
		type: "checkpoint.recorded",
		at: AT,
		score: {
			iteration,
			checkpoint: `c${iteration}`,
			passAt1: { value: 0.5, low: null, high: null },
			distinctShare,
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
const rates = (iteration: number, accepted: (task: number) => number): TrainingUpdate => {
	const tasks = Array.from({ length: 20 }, (_, i): TaskRate => ({ taskId: `t${i}`, n: 8, accepted: accepted(i) }));
	return { kind: "tasks", iteration, tasks };
};

function loopOf(stopOn: readonly AlarmName[], ...updates: TrainingUpdate[]) {
	const plan = aLoopPlan({ stopOn: [...stopOn] });
	const state = updates.reduce(reduceLoop, reduceLoop(emptyLoop(), { kind: "loop", plan }));
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
