import { z } from "zod";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hexadecimal");

const StoredFile = z.strictObject({
	/** Relative to the checkpoint's folder, with `/`. */
	path: z.string().min(1),
	bytes: z.int().nonnegative(),
	sha256: Sha256,
});

/** What is left of a text so that it, and what is nearly the same, is found again; the text cannot be read from it. */
export const Likeness = z.strictObject({
	/** First 16 digits of a SHA-256: equal for texts that differ in layout, comments and chosen names alone. */
	exact: z.string().regex(/^[0-9a-f]{16}$/),
	/** The smallest hashes of its shingles, 32 bits each in base64; null: too short for "nearly the same" to mean anything. */
	near: z.base64().nullable(),
});
export type Likeness = z.infer<typeof Likeness>;

/** One line of a checkpoint's training data file: a task, or a question, with all solutions that were learnt for it. */
export const TrainingEntry = z.strictObject({
	/** null: the question is of no known task. */
	taskId: z.string().nullable(),
	/** Of what the task asks and how it judges, whatever its id: see `hashContent`. null: not known. */
	contentSha256: Sha256.nullable(),
	/** null: nothing was asked. */
	prompt: Likeness.nullable(),
	solutions: z.array(Likeness),
});
export type TrainingEntry = z.infer<typeof TrainingEntry>;

/** training.json in the folder of a checkpoint, written last: if it is there, the whole checkpoint is there. */
export const TrainingManifest = z.strictObject({
	schema: z.literal("assay.training.v1"),
	/** Of the checkpoint. */
	name: z.string().min(1),
	/** What training began with, which has seen its own training data; null: random weights. */
	parent: z
		.strictObject({
			name: z.string().min(1),
			/** Of its folder, absolute or relative to this one; null: not on this machine. */
			path: z.string().min(1).nullable(),
			/** Of its training.json; null: it has none, so nobody knows what it has seen. */
			manifestSha256: Sha256.nullable(),
		})
		.nullable(),
	method: z.enum(["sft", "grpo", "ppo", "distillation", "pretraining"]),
	/** Optimiser steps. */
	steps: z.int().nonnegative(),
	/** Null where nobody recorded it. */
	seed: z.int().nullable(),
	/** Null where the same files are to come out whenever they are made again. */
	finishedAt: z.iso.datetime().nullable(),
	wallTimeMs: z.number().nonnegative().nullable(),
	costUsd: z.number().nonnegative().nullable(),
	/** Settings of the training, by the trainer's own names. */
	config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
	/** What the training data were made from. */
	sources: z.array(
		z.strictObject({
			kind: z.enum(["tasks", "run", "samples", "grammar"]),
			/** A run's id, an absolute path, or a name. */
			id: z.string().min(1),
			sha256: z.string().nullable(),
		}),
	),
	/** The entries, gzip JSONL of `TrainingEntry`. */
	data: z.strictObject({
		...StoredFile.shape,
		/** How the likenesses were made; others cannot be compared. */
		likeness: z.literal("assay.likeness.v1"),
		entries: z.int().nonnegative(),
		/** Pairs of prompt and completion; several may be one entry. */
		examples: z.int().nonnegative(),
		/** Entries that name a task. */
		tasks: z.int().nonnegative(),
	}),
	/** Weights, tokenizer and configuration; the card and this file are not among them. */
	files: z.array(StoredFile).min(1),
	/** Program and version that trained. */
	trainer: z.string(),
});
export type TrainingManifest = z.infer<typeof TrainingManifest>;

/** A scored task that was found in training data. */
export const SeenTask = z.strictObject({
	taskId: z.string(),
	/** The strongest sign: the same id, the same content under another id, or a like prompt or solution. */
	by: z.enum(["id", "content", "prompt", "solution"]),
	/** Of prompt or solution; 1: the same but for layout, comments and chosen names. */
	similarity: z.number().min(0).max(1),
	/** That was trained on it. */
	checkpoint: z.string(),
	/** Id under which it was trained on; null: it had none. */
	trainedAs: z.string().nullable(),
});
export type SeenTask = z.infer<typeof SeenTask>;

/** The folder of the model that made a run's candidates, as its training manifest was when the run began. */
export const CheckpointRef = z.strictObject({ name: z.string(), path: z.string(), manifestSha256: Sha256 });
export type CheckpointRef = z.infer<typeof CheckpointRef>;

/** Whether the scored tasks are in the training data of the model that made the candidates. */
export const TrainingCheck = z.discriminatedUnion("state", [
	z.strictObject({
		state: z.literal("unknown"),
		/** Why nothing can be looked up. */
		reason: z.string(),
	}),
	z.strictObject({
		state: z.literal("checked"),
		/** The model, then what it was trained from, as far as manifests tell. */
		checkpoints: z.array(z.strictObject({ ...CheckpointRef.shape, examples: z.int(), entries: z.int() })).min(1),
		/** What training began with, when nobody knows what that has seen; null: the manifests tell everything. */
		unknownParent: z.string().nullable(),
		/** `gone`: only ids were compared. `changed`: the tasks that are there now are not those that were judged. */
		tasks: z.enum(["as_judged", "changed", "gone"]),
		compared: z.int().nonnegative(),
		seen: z.array(SeenTask),
	}),
]);
export type TrainingCheck = z.infer<typeof TrainingCheck>;
