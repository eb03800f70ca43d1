import { z } from "zod";
import { StatusCounts } from "./run.js";
import { Tier } from "./verdict.js";

/** A run in one line: what lists of runs show, filter and sort. */
export const RunRow = z.strictObject({
	runId: z.string(),
	/** As in the run's id: `best-of-n`, `verify`. */
	kind: z.string(),
	command: z.enum(["run", "verify", "debug"]),
	/** `interrupted`: it has no result and nobody writes it; `running`: a live process holds its lock. */
	outcome: z.enum(["completed", "cancelled", "failed", "interrupted", "running"]),
	startedAt: z.string(),
	finishedAt: z.string().nullable(),
	backend: z.string(),
	/** Name on its server, hub id or folder of the model that was asked; null: none was. */
	model: z.string().nullable(),
	/** The file whose samples were judged; null: they were made by the run. */
	samples: z.string().nullable(),
	/** Spent on a model; null: nothing, or not known. */
	costUsd: z.number().nonnegative().nullable(),
	/** Candidates asked for a task; null: the samples of a file. */
	n: z.int().nullable(),
	taskCount: z.int().nonnegative(),
	/** Judged so far, judge errors too. */
	sampleCount: z.int().nonnegative(),
	statusCounts: StatusCounts,
	/** null: nothing is judged yet. */
	passAt1: z
		.strictObject({
			value: z.number().min(0).max(1),
			tasks: z.int().positive(),
			/** 95 % interval over tasks; null with too few of them, and when all are alike. */
			interval: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
		})
		.nullable(),
	/** null: not known before something is judged. */
	tier: Tier.nullable(),
	taskSetFingerprint: z.string(),
	experiment: z.string().nullable(),
	/** Of all its files. */
	bytes: z.int().nonnegative(),
	/** The run whose rollouts this one judged, or that it goes back to otherwise. */
	parent: z.string().nullable(),
	/** Ships with the program; it cannot be resumed, archived or deleted. */
	recorded: z.boolean(),
});
export type RunRow = z.infer<typeof RunRow>;
