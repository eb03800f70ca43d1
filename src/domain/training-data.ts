import { z } from "zod";
import { DATA_FORMATS, DATA_SHAPES } from "./choices.js";

const Count = z.int().nonnegative();

/** Of what an example was made from, in every line of every format. */
const origin = {
	taskId: z.string(),
	contentSha256: z.string().nullable(),
};

/** One line of examples.jsonl; in the shape `chat` with `messages` for prompt and completion, the last one the answer. */
export const SftExample = z.strictObject({
	...origin,
	prompt: z.string(),
	completion: z.string(),
	/** The whole program that was judged. */
	program: z.string(),
	runId: z.string(),
	sampleIndex: Count,
});
export type SftExample = z.infer<typeof SftExample>;

/** One line of pairs.jsonl: of two answers to one prompt the judge accepted one. */
export const PreferencePair = z.strictObject({
	...origin,
	prompt: z.string(),
	chosen: z.string(),
	rejected: z.string(),
	/** Why the rejected one is no solution. */
	rejectedStatus: z.string(),
	runId: z.string(),
	chosenIndex: Count,
	rejectedIndex: Count,
});
export type PreferencePair = z.infer<typeof PreferencePair>;

/** One line of edits.jsonl: a program, what its public tests said of it, and the accepted one that its try ended with. */
export const EditExample = z.strictObject({
	...origin,
	/** Of the task, as the first proposal was asked for. */
	prompt: z.string(),
	before: z.string(),
	feedback: z.string(),
	after: z.string(),
	runId: z.string(),
	sampleIndex: Count,
	/** That lie between the two programs. */
	revisions: z.int().positive(),
});
export type EditExample = z.infer<typeof EditExample>;

/** One line of prompts.jsonl. Tests are in suites.jsonl, which the judge reads and no model. */
export const RewardPrompt = z.strictObject({
	...origin,
	prompt: z.string(),
	starterCode: z.string(),
	entryPoint: z.string(),
	/** Whether what a model writes goes on from the starter code; else the whole program is found in its answer. */
	continues: z.boolean(),
});
export type RewardPrompt = z.infer<typeof RewardPrompt>;

/** Why something that was looked at is no example. */
export const LEFT_OUT = [
	"otherSplit",
	"license",
	"repository",
	"withoutPrompt",
	"notAccepted",
	"duplicate",
	"overCap",
	"notReplayed",
] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** manifest.json of a folder under artifacts/data, written last: if it is there, all of the data are there. */
export const DataManifest = z.strictObject({
	schema: z.literal("assay.data.v1"),
	name: z.string().min(1),
	format: z.enum(DATA_FORMATS),
	shape: z.enum(DATA_SHAPES),
	sources: z.array(z.strictObject({ kind: z.enum(["run", "tasks"]), id: z.string(), sha256: z.string().nullable() })),
	/** Splits that tasks may be from; null: any. */
	splits: z.array(z.string()).nullable(),
	/** Examples of one task at most; null: any number. */
	perTask: z.int().positive().nullable(),
	/** Of all examples, those of earlier iterations at most, how many there were and how many were drawn; null: no replay. */
	replay: z
		.strictObject({ share: z.number().min(0).max(1), available: Count, examples: Count })
		.nullable()
		.default(null),
	seed: z.int(),
	/** Prompt template of the examples. */
	template: z.string(),
	examples: Count,
	leftOut: z.partialRecord(z.enum(LEFT_OUT), Count),
	tasks: z.array(z.strictObject({ ...origin, license: z.string().nullable(), examples: Count })),
	files: z.array(z.strictObject({ path: z.string(), bytes: Count, sha256: z.string() })),
	version: z.string(),
});
export type DataManifest = z.infer<typeof DataManifest>;
