import { z } from "zod";
import { DIFFERENCES, GROUP_KEYS } from "./choices.js";
import { ReportedClaim } from "./claims.js";
import { StatusCounts } from "./run.js";
import { TrainingCheck } from "./training.js";

const Interval = z.strictObject({ low: z.number(), high: z.number() });

export const DifferenceKind = z.enum(DIFFERENCES);
export type DifferenceKind = z.infer<typeof DifferenceKind>;

export const Difference = z.strictObject({
	kind: DifferenceKind,
	/** One sentence that says exactly what differs. */
	text: z.string(),
});
export type Difference = z.infer<typeof Difference>;

/** A mean over tasks. */
const Estimate = z.strictObject({
	value: z.number().nullable(),
	/** 95 %, BCa bootstrap over tasks; null with fewer than 10 tasks, and where all are alike. */
	interval: Interval.nullable(),
	tasks: z.int().nonnegative(),
	/** Tasks among them that one of the models was trained on. */
	seen: z.int().nonnegative(),
});
export type Estimate = z.infer<typeof Estimate>;

export const ComparedSet = z.strictObject({
	/** Run id, or the file's name. */
	name: z.string(),
	runId: z.string().nullable(),
	path: z.string(),
	/** Of the file that was read. */
	sha256: z.string(),
	/** What made the candidates: a backend, or the name of a samples file; null: the file does not say. */
	subject: z.string().nullable(),
	sampleCount: z.int().nonnegative(),
	/** Left out: candidates that some tasks got beyond the first n, because of what came out for those. */
	beyondN: z.int().nonnegative(),
	/** In no score. */
	judgeErrors: z.int().nonnegative(),
	statusCounts: StatusCounts,
	score: Estimate,
	/** Holds for all sets at once with 95 %; null for fewer than three sets, and where `score.interval` is null. */
	simultaneous: Interval.nullable(),
	/** Tasks with right and wrong candidates. */
	mixedTasks: z.int().nonnegative(),
	/** Share of judged candidates without a program, or with one that does not compile. */
	degenerateRate: z.number().nullable(),
	/** Distinct programs (equal ones but for layout and local names counted once) per candidate that holds one, mean over tasks; null where the file does not say. */
	distinctShare: z.number().nullable(),
	/** Whether the tasks are in the training data of what made the candidates. */
	training: TrainingCheck,
	/** What the tasks themselves say about it. */
	contamination: z.array(z.strictObject({ note: z.string().nullable(), tasks: z.int().positive() })).nullable(),
});
export type ComparedSet = z.infer<typeof ComparedSet>;

/** One set against the first. Positive: this one is better. */
const ComparedPair = z.strictObject({
	first: z.string(),
	other: z.string(),
	difference: Estimate,
	/** Two-sided sign-flip permutation test over tasks. */
	p: z.number(),
	/** By Holm, over all pairs of this comparison. */
	pAdjusted: z.number(),
	exact: z.boolean(),
	wilcoxonP: z.number(),
	/** Tasks with an accepted candidate in one set alone, and the exact McNemar test of that. */
	solved: z.strictObject({ gained: z.int(), lost: z.int(), p: z.number() }),
	/** Samples with the same index that turned right or wrong. */
	samples: z.strictObject({ gained: z.int(), lost: z.int() }),
	tasksUp: z.int(),
	tasksDown: z.int(),
	tasksSame: z.int(),
	cohenDz: z.number().nullable(),
	relativeLift: z.number().nullable(),
	/** Smallest true difference that so many tasks find in 4 of 5 comparisons. */
	minimalDetectableDifference: z.number().nullable(),
	conclusion: z.enum(["better", "worse", "cannot_tell"]),
	/** Why nothing can be told; null for the other conclusions. */
	reason: z.string().nullable(),
});
export type ComparedPair = z.infer<typeof ComparedPair>;

const ComparedTask = z.strictObject({
	taskId: z.string(),
	/** One for each set, in their order. */
	counts: z.array(z.strictObject({ n: z.int(), accepted: z.int() })),
	/** Score of the last set minus that of the first. */
	change: z.number(),
	/** Those of the groups that were asked for that it is in. */
	groups: z.array(z.strictObject({ by: z.enum(GROUP_KEYS), name: z.string() })),
});
export type ComparedTask = z.infer<typeof ComparedTask>;

/** What one set gained and forgot in a group of tasks, such as a split or a tag. */
const GroupChange = z.strictObject({
	by: z.enum(GROUP_KEYS),
	group: z.string(),
	other: z.string(),
	/** Tasks with an accepted candidate in one set alone. */
	gained: z.int(),
	lost: z.int(),
	/** Tasks with an accepted candidate in the first set. */
	solvedBefore: z.int(),
	/** 95 %, Clopper and Pearson, of the share of those that was lost; null where there are none. */
	forgotten: Interval.nullable(),
	/** Exact McNemar test of gained and lost. */
	p: z.number(),
	/** By Holm, over all groups and sets that share `by`. */
	pAdjusted: z.number(),
	/** Mean change of the score. */
	net: Estimate,
});
export type GroupChange = z.infer<typeof GroupChange>;

/** What `assay compare` found. Its figures are over the tasks that all sets have with the same tests. */
export const Comparison = z.strictObject({
	schema: z.literal("assay.comparison.v1"),
	/** Mean over tasks of the unbiased pass@k. */
	k: z.int().positive(),
	level: z.number(),
	resamples: z.int(),
	seed: z.int(),
	/** In spite of which the sets were compared. */
	differences: z.array(Difference),
	/** Where published figures do not agree with each other, as sentences; empty where nothing was published. */
	contradictions: z.array(z.string()).default([]),
	sets: z.array(ComparedSet),
	pairs: z.array(ComparedPair),
	/** By group and set; empty where no groups were asked for. */
	groups: z.array(GroupChange).default([]),
	/** Worst change first. */
	tasks: z.array(ComparedTask),
	/** Tasks left out, because not every set has k judged candidates of them. */
	leftOut: z.array(z.string()),
	/** Tasks that one of the models was trained on; they are in no figure, unless `seenIsScored`. */
	seen: z.array(z.string()),
	seenIsScored: z.boolean(),
	/** Of the workspace, that rest on one of the sets; null: they cannot be read. */
	claims: z.array(ReportedClaim).nullable().default([]),
});
export type Comparison = z.infer<typeof Comparison>;
