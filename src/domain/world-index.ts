import { z } from "zod";

const File = z.strictObject({ path: z.string(), bytes: z.int().nonnegative(), sha256: z.string() });

/** index.json in a folder of indexed transitions, written last. */
export const WorldIndexManifest = z.strictObject({
	schema: z.literal("assay.world-index.v1"),
	/** Whose vectors they are; those of another model cannot be compared with them. */
	model: z.strictObject({ name: z.string(), id: z.string() }),
	/** Folder of the transitions, and the SHA-256 of its manifest. */
	source: z.strictObject({ path: z.string(), sha256: z.string() }),
	count: z.int().nonnegative(),
	width: z.int().positive(),
	/** Vectors as 32-bit floats, little-endian, one after the other; entries as JSON lines, in the same order. */
	vectors: File,
	entries: File,
});
export type WorldIndexManifest = z.infer<typeof WorldIndexManifest>;

export const WorldIndexEntry = z.strictObject({
	id: z.string(),
	group: z.string(),
	source: z.string(),
	split: z.string(),
	label: z.string().nullable(),
	changedLines: z.int().nonnegative(),
	/** What was asked, its beginning. */
	action: z.string(),
});
export type WorldIndexEntry = z.infer<typeof WorldIndexEntry>;
