import { z } from "zod";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hexadecimal");

/** manifest.json in the folder of a world model, written last: it vouches for every other file. */
export const WorldModelManifest = z.object({
	schema: z.literal("assay.manifest.v1"),
	kind: z.literal("world-model"),
	name: z.string().min(1),
	/** What it was made of: the folder of transitions. */
	parents: z.array(z.object({ kind: z.string(), id: z.string(), sha256: z.string().nullable() })),
	files: z.array(z.object({ path: z.string().min(1), bytes: z.int().nonnegative(), sha256: Sha256 })),
});
export type WorldModelManifest = z.infer<typeof WorldModelManifest>;

/** config.json there: what the graphs take, and how what they give is read. */
export const WorldModelConfig = z.object({
	schema: z.literal("assay.world-model.v1"),
	/** Numbers of a state's vector. */
	width: z.int().positive(),
	/** Longer programs and questions are cut. */
	maxTokens: z.object({ state: z.int().positive(), action: z.int().positive() }),
	/** Structure numbers of a state, in their order. */
	facts: z.array(z.object({ name: z.string(), mean: z.number(), deviation: z.number() })),
	/** Edit operations that it knows; id 0 is padding, the first one is 1. */
	operations: z.array(z.string()),
	/** How the head was calibrated whose number is the log-odds of passing; null: it has no such head. */
	pass: z.object({ fittedOn: z.string() }).nullable(),
});
export type WorldModelConfig = z.infer<typeof WorldModelConfig>;

export const WorldTokenizerFile = z.object({
	schema: z.literal("assay.world-tokenizer.v1"),
	pieces: z.array(z.string().min(1)).min(7),
});
