import { expect, test } from "vitest";
import { stepTexts } from "../../../commands/step-text.js";
import type { TrainerEvent } from "../../../src/domain/training-job.js";

const event = (t: string, at: number, step: number | null): TrainerEvent => ({ v: 1, t, at, step, m: {} });

test("steps that nobody followed tell the time left by the trainer's clock, though they come all at once", () => {
	const textOf = stepTexts(100);
	const told = [event("train.started", 5, null), event("train.step", 10, 10), event("train.step", 40, 20)].map(textOf);
	expect(told).toEqual([null, "step 10/100  ", "step 20/100  , 4 min 0 s left"]);
});

test("an attempt that goes on from a checkpoint has a pace of its own", () => {
	const textOf = stepTexts(100);
	for (const one of [event("train.step", 10, 10), event("train.started", 9000, null), event("train.step", 9001, 20)])
		textOf(one);
	expect(textOf(event("train.step", 9011, 30))).toBe("step 30/100  , 1 min 10 s left");
});
