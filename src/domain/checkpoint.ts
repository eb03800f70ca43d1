import type { RunRow } from "./run-row.js";

/** An evaluation of a checkpoint. */
export type CheckpointRun = Pick<
	RunRow,
	| "runId"
	| "outcome"
	| "startedAt"
	| "n"
	| "taskCount"
	| "sampleCount"
	| "passAt1"
	| "taskSetFingerprint"
	| "costUsd"
	| "recorded"
>;

/** How a checkpoint was made out of its parent. */
export interface CheckpointTraining {
	/** e.g. `sft`. */
	method: string;
	/** What it learnt from, in words. */
	data: string;
	/** Tasks of which it saw solutions; null: nobody has said. */
	taskCount: number | null;
	exampleCount: number | null;
	steps: number | null;
	finishedAt: string | null;
	wallTimeMs: number | null;
	costUsd: number | null;
	/** What was measured on the way, oldest first; empty: nothing was kept. */
	curve: readonly { step: number; loss: number }[];
}

/** Something that makes candidates, with the runs in which it was evaluated. */
export interface Checkpoint {
	/** Folder of the model, its name elsewhere, or the file of its samples. */
	id: string;
	name: string;
	/** `folder`: a model on this machine; `model`: one that only has a name; `samples`: known by what it wrote. */
	kind: "folder" | "model" | "samples";
	/** Id of the checkpoint it was trained from; null: it is the root of a family. */
	parent: string | null;
	/** 0 for a root, one more for each training since. */
	generation: number;
	/** What `id` names is no longer there. */
	missing: boolean;
	training: CheckpointTraining | null;
	/** Newest first. */
	runs: readonly CheckpointRun[];
	/** Id of the run whose score stands for it, on the tasks that most of its family were evaluated on; null: none has a score. */
	knownBy: string | null;
}

/** Whether its score is one of everything that was asked for. */
export function isComplete({ outcome, passAt1 }: CheckpointRun): boolean {
	return outcome === "completed" && passAt1 !== null;
}

/** Equal for runs of the same tasks with as many candidates each. */
export function shapeOf({ taskSetFingerprint, n }: CheckpointRun): string {
	return `${taskSetFingerprint} ${n}`;
}
