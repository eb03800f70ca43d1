import { artifactsRoot } from "../artifacts/layout.js";
import type { RunConfig } from "../domain/run.js";
import { withIndex } from "./run-index.js";
import type { RunInputs } from "./run-inputs.js";

export interface RemainingTasks {
	/** Of the chosen tasks, in their order. */
	taskIds: string[];
	/** Chosen tasks that a run of the experiment has solved, or has as many judged candidates of as are asked for. */
	doneCount: number;
}

/** What an experiment still lacks. Interrupted runs count with what they have. */
export async function remainingTasks(
	workspace: string,
	config: RunConfig & { experiment: string },
	inputs: Pick<RunInputs, "tasks">,
	signal: AbortSignal,
): Promise<RemainingTasks> {
	const wanted = config.n ?? 1;
	const done = await withIndex(artifactsRoot(workspace), (index) => {
		const runs = index.rows().filter(({ experiment }) => experiment === config.experiment);
		const tasks = runs.flatMap(({ runId }) => index.tasks(runId));
		return new Set(tasks.filter(({ n, accepted }) => accepted > 0 || n >= wanted).map(({ taskId }) => taskId));
	});
	const remaining: RemainingTasks = { taskIds: [], doneCount: 0 };
	for await (const { id } of inputs.tasks(config, signal)) {
		if (done.has(id)) remaining.doneCount++;
		else remaining.taskIds.push(id);
	}
	return remaining;
}
