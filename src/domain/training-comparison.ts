import { z } from "zod";
import { TRAINING_METHODS } from "./choices.js";

const Interval = z.strictObject({ low: z.number(), high: z.number() });

/** A mean over held-out tasks. */
const HeldOutMean = z.strictObject({
	value: z.number(),
	/** 95 %, BCa bootstrap over tasks; null with fewer than 10 tasks, and where all are alike. */
	interval: Interval.nullable(),
	tasks: z.int().positive(),
});
export type HeldOutMean = z.infer<typeof HeldOutMean>;

const HeldOutScore = z.strictObject({
	step: z.int().nonnegative(),
	reward: HeldOutMean,
	/** Share of samples with the full reward. */
	pass: HeldOutMean,
});
export type HeldOutScore = z.infer<typeof HeldOutScore>;

/** What training took; null: nothing tells it. */
export const TRAINING_BUDGETS = ["steps", "tokens", "judgedSamples", "wallTimeMs"] as const;
export type TrainingBudget = (typeof TRAINING_BUDGETS)[number];

const Amount = z.number().nonnegative().nullable();

const ComparedTraining = z.strictObject({
	name: z.string(),
	method: z.enum(TRAINING_METHODS),
	model: z.string(),
	data: z.string(),
	seed: z.int(),
	isFinished: z.boolean(),
	/** Steps done, tokens learnt from, samples judged to learn from, time that a process worked on it. */
	budget: z.strictObject({ steps: Amount, tokens: Amount, judgedSamples: Amount, wallTimeMs: Amount }),
	/** null: held-out prompts were not asked. */
	before: HeldOutScore.nullable(),
	after: HeldOutScore.nullable(),
	/** After minus before, on the same tasks; null where one is missing. */
	gain: z
		.strictObject({ reward: HeldOutMean, pass: HeldOutMean, /** Sign-flip over tasks, of the reward. */ p: z.number() })
		.nullable(),
});
export type ComparedTraining = z.infer<typeof ComparedTraining>;

/** Trainings side by side: what each took, what each gained, and whether one can be held against another. */
export const TrainingComparison = z.strictObject({
	schema: z.literal("assay.training-comparison.v1"),
	trainings: z.array(ComparedTraining).min(2),
	/** null: it is not known of all of them. Matched: the largest is at most `tolerance` above the smallest. */
	matched: z.strictObject({
		steps: z.boolean().nullable(),
		tokens: z.boolean().nullable(),
		judgedSamples: z.boolean().nullable(),
		wallTimeMs: z.boolean().nullable(),
	}),
	tolerance: z.number(),
	/** What else differs, a sentence each. */
	differences: z.array(z.string()),
	/** Each against the first: how much more it gained, on the tasks of both. */
	pairs: z.array(
		z.strictObject({
			first: z.string(),
			other: z.string(),
			/** null: one of the two was not measured, or they share no task. */
			difference: HeldOutMean.nullable(),
			p: z.number().nullable(),
			/** Holm over all pairs. */
			pAdjusted: z.number().nullable(),
			/** `cannot_tell`: the figures do not carry a judgement. */
			conclusion: z.enum(["more", "less", "no_difference_found", "cannot_tell"]),
		}),
	),
});
export type TrainingComparison = z.infer<typeof TrainingComparison>;
