import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkTrained, readTraining, readTrainingEntries } from "../artifacts/training-file.js";
import type { RunPlan } from "../domain/run.js";
import type { TrainingCheck } from "../domain/training.js";
import { AssayError } from "../lib/errors.js";
import { SeenTasks } from "../lineage/seen-tasks.js";
import { trainingChain } from "../lineage/training-chain.js";
import { scoredEntryOf } from "../lineage/training-entry.js";
import { createFingerprint } from "../tasks/fingerprint.js";
import { originOf } from "./checkpoint-of-run.js";
import { fileInputs } from "./file-inputs.js";

export interface CheckTrainingOptions {
	/** Of the run whose candidates are scored; null: only a file of verdicts is known. */
	plan: Pick<RunPlan, "config" | "checkpoint" | "taskSetFingerprint"> | null;
	/** Folder of the model, where a person says so. */
	checkpoint: string | null;
	/** Asked where the tasks are not there any more. */
	taskIds: () => AsyncIterable<string> | Iterable<string>;
	signal: AbortSignal;
}

/**
 * Looks the scored tasks up in the training data of the model that made the candidates, and of what that was trained from.
 * Throws `usage` when the model is not the one that the run asked, or not what its manifest vouches for.
 */
export async function checkTraining(options: CheckTrainingOptions): Promise<TrainingCheck> {
	const { plan, signal } = options;
	const origin = originIn(options);
	if (origin.kind === "unknown") return { state: "unknown", reason: origin.reason };
	const training = await readTraining(origin.path);
	const planned = options.checkpoint === null ? (plan?.checkpoint ?? origin.checkpoint) : null;
	if (training === null) return { state: "unknown", reason: `${origin.path} has no training manifest` };
	if (planned !== null && training.sha256 !== planned.manifestSha256) {
		throw new AssayError(
			"usage",
			`${join(origin.path, "training.json")}: is not the one of ${planned.name} that the run asked`,
			{
				hint: "another checkpoint was put in its place: what the run's model was trained on is no longer told here",
			},
		);
	}
	await checkTrained(training, signal);
	const { checkpoints, unknownParent } = await trainingChain(training);
	const scored = new SeenTasks();
	const { tasks, ids } = await readScored(scored, options);
	for (const checkpoint of checkpoints) {
		for await (const entry of readTrainingEntries(checkpoint)) {
			signal.throwIfAborted();
			scored.train(entry, checkpoint.manifest.name);
		}
	}
	return {
		state: "checked",
		checkpoints: checkpoints.map(({ folder, manifest: { name, data }, sha256 }) => {
			return { name, path: folder, manifestSha256: sha256, examples: data.examples, entries: data.entries };
		}),
		unknownParent,
		tasks,
		compared: ids?.size ?? scored.scoredCount,
		seen: scored.seen().filter(({ taskId }) => ids?.has(taskId) ?? true),
	};
}

export function nothingUnseen(name: string): AssayError {
	return new AssayError("usage", `${name}: its model was trained on all of its tasks: nothing is left to score`, {
		hint: "--allow-seen scores them all the same, and says so at every figure",
	});
}

function originIn({ plan, checkpoint }: CheckTrainingOptions): ReturnType<typeof originOf> {
	if (checkpoint !== null) return { kind: "folder", path: checkpoint, checkpoint: null };
	if (plan === null) {
		return { kind: "unknown", reason: "only a file of verdicts was given, which names no model: no training manifest" };
	}
	return originOf(plan.config);
}

type Checked = Extract<TrainingCheck, { state: "checked" }>;

/** Which of what is there was judged: `null` is all of it. */
interface Scored {
	tasks: Checked["tasks"];
	ids: ReadonlySet<string> | null;
}

/** A plan's fingerprint is over the tasks that had candidates, which may be fewer than its file and filter give. */
async function readScored(scored: SeenTasks, { plan, taskIds, signal }: CheckTrainingOptions): Promise<Scored> {
	if (plan !== null && existsSync(plan.config.tasks)) {
		const all = createFingerprint();
		for await (const task of fileInputs.tasks(plan.config, signal)) {
			await all.add(task);
			scored.score({ ...(await scoredEntryOf(task)), taskId: task.id });
		}
		if (all.digest() === plan.taskSetFingerprint) return { tasks: "as_judged", ids: null };
		const ids = await setOf(taskIds());
		const judged = createFingerprint();
		for await (const task of fileInputs.tasks(plan.config, signal)) if (ids.has(task.id)) await judged.add(task);
		return { tasks: judged.digest() === plan.taskSetFingerprint ? "as_judged" : "changed", ids };
	}
	for await (const taskId of taskIds()) scored.score({ taskId, contentSha256: null, prompt: null, solutions: [] });
	return { tasks: "gone", ids: null };
}

async function setOf(items: AsyncIterable<string> | Iterable<string>): Promise<Set<string>> {
	const set = new Set<string>();
	for await (const item of items) set.add(item);
	return set;
}
