import { z } from "zod";
import { SeenTask } from "./training.js";

/** How a candidate's file became a program. */
const CandidateProgram = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("whole") }),
	/** A unified diff that fits what was there before. */
	z.strictObject({ kind: z.literal("applied") }),
	/** There is no program. */
	z.strictObject({ kind: z.literal("refused"), reason: z.string() }),
]);

/** What `assay rank --candidates` says of programs that nobody ran. */
export const FolderRanking = z.strictObject({
	schema: z.literal("assay.folder-ranking.v1"),
	before: z.string(),
	instruction: z.string(),
	/** Function that is asked for; null: there is none. */
	entryPoint: z.string().nullable(),
	/** null: none was asked. `seen`: it was trained on this instruction; then its numbers prove nothing. */
	model: z.strictObject({ name: z.string(), id: z.string(), seen: SeenTask.nullable() }).nullable(),
	/** null: none were given. */
	fitted: z.strictObject({ runId: z.string(), seen: SeenTask.nullable() }).nullable(),
	/** Ranker by which they are in order, the best first. */
	by: z.string(),
	candidates: z.array(
		z.strictObject({
			file: z.string(),
			program: CandidateProgram,
			/** null: there is no program. */
			parses: z.boolean().nullable(),
			/** It parses, returns a value and reads no unbound name. */
			valid: z.boolean(),
			/** The first file with an equal program; null: no other one before it has it. */
			duplicateOf: z.string().nullable(),
			/** Energy and its difference to leaving the program as it was, the lower, the likelier; null: no model, or no program. */
			energy: z.number().nullable(),
			energyDelta: z.number().nullable(),
			/** By fitted trees; null: there are none. */
			passProbability: z.number().nullable(),
			/** By ranker; the higher, the earlier. */
			scores: z.record(z.string(), z.number()),
		}),
	),
});
export type FolderRanking = z.infer<typeof FolderRanking>;
