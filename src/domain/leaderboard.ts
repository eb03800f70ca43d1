import { z } from "zod";
import { ComparedSet, Difference } from "./comparison.js";

const Range = z.strictObject({ first: z.int().positive(), last: z.int().positive() });

/** Results that are not on the board. */
const LeftOutSet = z.strictObject({
	/** Run id, or the file's name. */
	name: z.string(),
	runId: z.string().nullable(),
	/** What made the candidates; null: not known. */
	subject: z.string().nullable(),
	/** Sentences. */
	reasons: z.array(z.string()),
});
export type LeftOutSet = z.infer<typeof LeftOutSet>;

/** What `assay compare --leaderboard` found. Its figures are over the tasks that all sets have with the same tests. */
export const Leaderboard = z.strictObject({
	schema: z.literal("assay.leaderboard.v1"),
	k: z.int().positive(),
	level: z.number(),
	resamples: z.int(),
	seed: z.int(),
	/** In spite of which the sets were ranked. */
	differences: z.array(Difference),
	tasks: z.int().nonnegative(),
	/** Tasks that every set has solved by one candidate at least, and tasks that none has: they tell nothing apart. */
	solvedByAll: z.int().nonnegative(),
	solvedByNone: z.int().nonnegative(),
	/** Best first. */
	entries: z.array(
		z.strictObject({
			set: ComparedSet,
			/** From one more than the sets that are better for sure, to all but those that are worse for sure; all at once. */
			rank: Range,
		}),
	),
	/** Longest runs of neighbours of which none can be told from another, by place on the board. A group may have one member. */
	groups: z.array(Range),
	/** Tasks that one of the models was trained on; they are in no figure, unless `seenIsScored`. */
	seen: z.array(z.string()),
	seenIsScored: z.boolean(),
	/** Judged otherwise than those on the board, or not to be read. */
	leftOut: z.array(LeftOutSet).default([]),
});
export type Leaderboard = z.infer<typeof Leaderboard>;
