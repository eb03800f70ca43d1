import { z } from "zod";
import { TrainingEntry } from "./training.js";

/** Of fixed depth, nodes level by level: at node i go on to 2i+1 where the number is at most the threshold, else to 2i+2. */
const Tree = z.strictObject({
	columns: z.array(z.int().nonnegative()),
	/** null: all go left. */
	thresholds: z.array(z.number().nullable()),
	leaves: z.array(z.number()),
});

const FittedSet = z.strictObject({
	/** Numbers a candidate has. */
	width: z.int().positive(),
	depth: z.int().positive(),
	trees: z.array(Tree).min(1),
	/** From the sum of the leaves to a probability, fitted on tasks that the trees were not. */
	calibration: z.strictObject({ slope: z.number(), intercept: z.number() }),
});
export type FittedSet = z.infer<typeof FittedSet>;

/** Boosted trees that were fitted on the judged candidates of one run, for ranking those of other tasks. */
export const FittedRankers = z.strictObject({
	schema: z.literal("assay.fitted-rankers.v1"),
	runId: z.string(),
	/** Which numbers it takes, in what order; other versions of assay may have others. */
	features: z.string(),
	/** Tasks that it was fitted on: on these its figures would say nothing. */
	tasks: z.array(TrainingEntry),
	candidates: z.int().positive(),
	seed: z.int(),
	folds: z.int(),
	/** Of what is seen without running a program. */
	static: FittedSet,
	/** null: the programs were not run. */
	everything: FittedSet.nullable(),
});
export type FittedRankers = z.infer<typeof FittedRankers>;
