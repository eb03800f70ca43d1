import { z } from "zod";
import { TASK_SORTS } from "./task-table.js";
import { THEMES } from "./themes.js";

/** Where the screens were left, kept in the workspace so that the next start goes on there. It may be deleted. */
export const SavedView = z.strictObject({
	schemaVersion: z.literal(1),
	/** The tasks file or folder that the list's part belongs to. */
	tasksPath: z.string(),
	screen: z.literal([1, 2, 3, 4, 5, 6, 7, 8]),
	taskId: z.string().nullable(),
	filter: z.string(),
	sort: z.enum(TASK_SORTS),
	reversed: z.boolean(),
	runId: z.string().nullable(),
	candidate: z.strictObject({ taskId: z.string(), sampleIndex: z.int().nonnegative() }).nullable(),
	stripShown: z.boolean(),
	wraps: z.boolean(),
	/** null: whatever fits the terminal. */
	theme: z.enum(THEMES).nullable().default(null),
	/** Commands run from the palette, the last one first. */
	recentCommands: z.array(z.string()).default([]),
});
export type SavedView = z.infer<typeof SavedView>;
