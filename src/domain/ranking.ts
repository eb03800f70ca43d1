import { z } from "zod";

/** One line of artifacts/rankings/<id>.jsonl: candidates of a task with what each ranker says of them. */
export const TaskRanking = z.strictObject({
	schema: z.literal("assay.ranking.v1"),
	runId: z.string(),
	taskId: z.string(),
	candidates: z.array(
		z.strictObject({
			sampleIndex: z.int().nonnegative(),
			accepted: z.boolean(),
			/** It parses, returns a value and reads no unbound name. */
			valid: z.boolean(),
			/** By ranker; the higher, the earlier. */
			scores: z.record(z.string(), z.number()),
		}),
	),
});
export type TaskRanking = z.infer<typeof TaskRanking>;
