import { z } from "zod";
import { SeenTask } from "./training.js";

/** A world model that candidates were ranked with. */
const RankedBy = z.strictObject({
	name: z.string(),
	/** Start of its manifest's SHA-256. */
	id: z.string().regex(/^[0-9a-f]{16}$/),
	/** As which task the model was trained on this one; null: it was not. Then nothing that it says of it counts. */
	seen: SeenTask.nullable(),
});

/** When candidates were ranked, and what decides what the rankers of this version say. */
const RankingMade = z.strictObject({
	at: z.iso.datetime(),
	/** Of assay. */
	version: z.string(),
	/** Which numbers trees take, in what order. */
	features: z.string(),
	/** Of trees that were fitted on other tasks. */
	folds: z.int(),
	/** Programs were run for it. */
	isExecuted: z.boolean(),
});
export type RankingMade = z.infer<typeof RankingMade>;

/** One line of what `assay rank --out` writes: candidates of a task with what each ranker says of them. */
export const TaskRanking = z.strictObject({
	schema: z.literal("assay.ranking.v1"),
	runId: z.string(),
	taskId: z.string(),
	/** null: written before this was kept. */
	made: RankingMade.nullable().default(null),
	/** null: none was asked. */
	model: RankedBy.nullable().default(null),
	/** On which run's candidates pass probabilities were fitted; `seen`: this task was among its tasks. null: there are none. */
	fitted: z.strictObject({ runId: z.string(), seen: SeenTask.nullable() }).nullable().default(null),
	candidates: z.array(
		z.strictObject({
			sampleIndex: z.int().nonnegative(),
			accepted: z.boolean(),
			/** It parses, returns a value and reads no unbound name. */
			valid: z.boolean(),
			/** The first candidate with an equal program; null: no other one before it has it. */
			duplicateOf: z.int().nonnegative().nullable(),
			/** By ranker; the higher, the earlier. */
			scores: z.record(z.string(), z.number()),
		}),
	),
});
export type TaskRanking = z.infer<typeof TaskRanking>;

/** The same as columns, for the screens: the oracle is not among the scores. */
export interface RankedTask {
	taskId: string;
	/** The program before the edit. */
	starterCode: string;
	sampleIndexes: readonly number[];
	accepted: readonly boolean[];
	valid: readonly boolean[];
	duplicateOf: readonly (number | null)[];
	/** Where the rollouts are in the run's file; null: nobody has them. */
	rollouts: readonly ({ offset: number; bytes: number } | null)[];
	scores: ReadonlyMap<string, ArrayLike<number>>;
}
