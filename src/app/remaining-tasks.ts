import { isDeepStrictEqual } from "node:util";
import { artifactsRoot, runFiles } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import type { RunConfig } from "../domain/run.js";
import { withIndex } from "./run-index.js";
import type { RunInputs } from "./run-inputs.js";

export interface RemainingTasks {
	/** Of the chosen tasks, in their order. */
	taskIds: string[];
	/** Chosen tasks that such a run has solved, or has as many judged candidates of as are asked for. */
	doneCount: number;
	/** Runs of the experiment that candidates were made for in the same way. */
	runIds: string[];
	/** Runs of the experiment with another model, template, sampling or source: what they have does not count. */
	otherRunIds: string[];
}

/** What an experiment still lacks. Interrupted runs count with what they have. */
export async function remainingTasks(
	workspace: string,
	config: RunConfig & { experiment: string },
	inputs: Pick<RunInputs, "tasks">,
	signal: AbortSignal,
): Promise<RemainingTasks> {
	const wanted = config.n ?? 1;
	const root = artifactsRoot(workspace);
	const remaining: RemainingTasks = { taskIds: [], doneCount: 0, runIds: [], otherRunIds: [] };
	const done = await withIndex(root, (index) => {
		for (const { runId, experiment } of index.rows()) {
			if (experiment !== config.experiment) continue;
			const isAlike = makesAlike(readPlan(runFiles(root, runId)).config, config);
			(isAlike ? remaining.runIds : remaining.otherRunIds).push(runId);
		}
		const tasks = remaining.runIds.flatMap((runId) => index.tasks(runId));
		return new Set(tasks.filter(({ n, accepted }) => accepted > 0 || n >= wanted).map(({ taskId }) => taskId));
	});
	for await (const { id } of inputs.tasks(config, signal)) {
		if (done.has(id)) remaining.doneCount++;
		else remaining.taskIds.push(id);
	}
	return remaining;
}

/** Whether candidates of both come from one distribution: by source, model, template, sampling and self-debug loop. */
function makesAlike(a: RunConfig, b: RunConfig): boolean {
	return isDeepStrictEqual(makerOf(a), makerOf(b));
}

function makerOf({ backend, samples, generation, debug }: RunConfig): object {
	if (generation === null) return { backend, samples, debug };
	const { model, template, sampling, server } = generation;
	return { backend, samples, debug, model, template, sampling, baseUrl: server?.baseUrl, api: server?.api };
}
