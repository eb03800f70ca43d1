import { existsSync } from "node:fs";
import type { FunctionTask } from "../domain/task.js";
import type { SeenTask } from "../domain/training.js";
import type { WorldModel } from "../energy/world/world-model.js";
import { AssayError } from "../lib/errors.js";
import { locateRun } from "./locate-run.js";
import type { RunInputs } from "./run-inputs.js";
import { askWorld, type WorldQuestions } from "./world-numbers.js";

export interface AskedTaskOptions {
	workspace: string;
	/** A run id, the start of one, `latest`, or the path of a run's result. */
	run: string;
	/** Where the run's tasks are now; null: where its plan says. */
	tasks: { path: string; format: string } | null;
	inputs: RunInputs;
	taskId: string;
	model: WorldModel;
	allowSeen: boolean;
	seed: number;
	signal: AbortSignal;
}

/** A task of a recorded run that a world model is asked about. */
export interface AskedTask {
	runId: string;
	/** File of the run's candidates. */
	rollouts: string;
	task: FunctionTask;
	/** As which task the model was trained on this one; null: it was not. */
	seen: SeenTask | null;
	questions: WorldQuestions;
}

/** Throws `usage` where the run has no such function task, or the model was trained on it and that is not allowed. */
export async function askedTask(options: AskedTaskOptions): Promise<AskedTask> {
	const { taskId, model, inputs, seed, signal, allowSeen } = options;
	const { result, plan, rollouts } = await locateRun(options);
	if (!existsSync(rollouts)) {
		throw new AssayError("usage", `${rollouts}: is not there: nothing is left of the run's candidates`);
	}
	const planned = (result ?? plan)?.config ?? null;
	if (planned === null) {
		throw new AssayError("usage", `${rollouts}: does not say where its tasks are`, { hint: "name the run by its id" });
	}
	const config =
		options.tasks === null ? planned : { ...planned, tasks: options.tasks.path, taskFormat: options.tasks.format };
	let asked: FunctionTask | null = null;
	const functionTasks = async function* (): AsyncGenerator<FunctionTask> {
		for await (const task of inputs.tasks(config, signal)) {
			if (task.kind !== "function") continue;
			if (task.id === taskId) asked = task;
			yield task;
		}
	};
	// The other tasks lend their questions; only what is explained has to be unseen.
	const questions = await askWorld(functionTasks(), { model, allowSeen: true, seed, signal });
	const task: FunctionTask | null = asked;
	if (task === null) throw new AssayError("usage", `${taskId}: is no function task of this run`);
	const seen = questions.seen.get(taskId) ?? null;
	if (seen !== null && !allowSeen) {
		throw new AssayError("usage", `${model.folder.path}: was trained on ${taskId} (by its ${seen.by})`, {
			hint: "--allow-seen explains it all the same, marked",
		});
	}
	return { runId: result?.runId ?? plan?.runId ?? "", rollouts, task, seen, questions };
}
