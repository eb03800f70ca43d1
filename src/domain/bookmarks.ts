import { z } from "zod";

/** Places in the event log of a run, each as the number of events up to it; in order, without doubles. */
export const Bookmarks = z.strictObject({
	schema: z.literal("assay.bookmarks.v1"),
	runId: z.string(),
	positions: z.array(z.int().nonnegative()),
});
