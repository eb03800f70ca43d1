import { z } from "zod";
import { ALARM_NAMES } from "./choices.js";
import { HostNames } from "./host.js";
import { RunConfig } from "./run.js";

const Count = z.int().nonnegative();
const Share = z.number().min(0).max(1);
const Settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** loop.json in the folder of a loop: all that a resumed one goes by. */
export const LoopPlan = z.strictObject({
	schema: z.literal("assay.loop.v1"),
	loopId: z.string(),
	createdAt: z.string(),
	/** Absolute path of the tasks. */
	tasks: z.string(),
	/** Folder of the model that the loop begins with. */
	model: z.string(),
	iterations: z.int().positive(),
	/** Samples per task, to learn from and to be measured by. */
	n: z.int().positive(),
	evaluationN: z.int().positive(),
	trainIds: z.array(z.string()).min(1),
	heldOutIds: z.array(z.string()).min(1),
	seed: Count,
	method: z.enum(["sft"]),
	/** Examples of one task at most; null: any number. */
	perTask: z.int().positive().nullable(),
	/** What each training begins with: the model of the loop's beginning, or the checkpoint of the iteration before. */
	from: z.enum(["base", "previous"]),
	/** Of all examples, those from earlier iterations at most; 1: as many as there are. */
	replay: Share,
	/** 0: every task is asked in every iteration; 1: less, the more often it was solved; see `tasksToAsk`. */
	curriculum: Share,
	/** Settings of training as they were given. */
	settings: Settings,
	threads: z.int().positive(),
	/** How candidates are made and judged; model, tasks, n and seed differ by stage. */
	config: RunConfig,
	/** The loop ends by itself after so many iterations in a row that are not significantly better; null: never. */
	patience: z.int().positive().nullable(),
	/** Alarms that end it. */
	stopOn: z.array(z.enum(ALARM_NAMES)),
	/** The machine that trains; null: this one. */
	remote: z
		.strictObject({
			host: HostNames,
			/** Of each training, as `train --host` takes them. */
			deadlineSeconds: z.number().positive().nullable(),
			budgetUsd: z.number().positive().nullable(),
			graceSeconds: Count,
			/** Names of environment variables that trainings get; what is in them is kept nowhere. */
			env: z.array(z.string()),
		})
		.nullable()
		.default(null),
	version: z.string(),
});
export type LoopPlan = z.infer<typeof LoopPlan>;

export const LoopStage = z.enum(["evaluate", "generate", "export", "train", "compare"]);
export type LoopStage = z.infer<typeof LoopStage>;

const Estimate = z.strictObject({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() });

/** What is known of one checkpoint of a loop. `iteration` 0 is the model that it began with. */
export const LoopScore = z.strictObject({
	iteration: Count,
	checkpoint: z.string(),
	/** Of the held-out tasks, with its interval clustered by task. */
	passAt1: Estimate,
	/** Share of distinct programs among a task's samples. */
	distinctShare: z.number().nullable(),
	/** Held-out tasks that the model has seen: they are in no figure. */
	leftOut: z.array(z.string()).default([]),
	runId: z.string(),
});
export type LoopScore = z.infer<typeof LoopScore>;

/** What a comparison of two checkpoints of a loop said. */
export const LoopChange = z.strictObject({
	iteration: Count,
	/** Iteration that it is compared with. */
	against: Count,
	difference: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
	p: z.number().nullable(),
	conclusion: z.string(),
	/** Held-out tasks that got better and worse. */
	up: Count,
	down: Count,
	file: z.string(),
});
export type LoopChange = z.infer<typeof LoopChange>;

const at = { at: z.string() };
const stage = { iteration: Count, stage: LoopStage };

/** One line of loop.log. */
export const LoopEvent = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("loop.planned"), ...at, loopId: z.string(), iterations: Count }),
	z.strictObject({ type: z.literal("stage.started"), ...at, ...stage }),
	/** A run has its id; what is interrupted from here on goes on with that run. */
	z.strictObject({ type: z.literal("stage.run"), ...at, ...stage, runId: z.string() }),
	z.strictObject({ type: z.literal("stage.finished"), ...at, ...stage, wallTimeMs: z.number(), note: z.string() }),
	z.strictObject({ type: z.literal("checkpoint.recorded"), ...at, score: LoopScore }),
	z.strictObject({ type: z.literal("comparison.recorded"), ...at, change: LoopChange }),
	z.strictObject({ type: z.literal("loop.finished"), ...at, reason: z.string() }),
]);
export type LoopEvent = z.infer<typeof LoopEvent>;
