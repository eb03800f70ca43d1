import { resolve } from "node:path";
import { isModelSelector } from "../domain/choices.js";
import { PLAIN_RUN, type RunConfig } from "../domain/run.js";
import { countOf } from "../lib/count.js";
import { AssayError } from "../lib/errors.js";
import { detectFormat } from "../tasks/open-tasks.js";
import { remainingTasks } from "./remaining-tasks.js";
import type { RunInputs } from "./run-inputs.js";
import type { StartRunOptions } from "./workbench.js";

/** What a run is like that is started with nothing but tasks, a backend, a number and a seed. */
export const PLAIN_START = {
	...PLAIN_RUN,
	samples: null,
	generation: null,
	gate: true,
	limits: { cpuTimeMs: null, memoryBytes: null },
	skipExisting: false,
} as const satisfies Partial<StartRunOptions>;

/** What a rule that is a model's asks, of these; null: it asks none. */
export function selectByOf(
	select: RunConfig["select"],
	{ worldModel, fittedRankers }: { worldModel: string | null; fittedRankers: string | null },
	allowSeen: boolean,
): RunConfig["selectBy"] {
	if (select === null || !isModelSelector(select)) return null;
	const path = select === "energy" ? worldModel : fittedRankers;
	return path === null ? null : { path: resolve(path), allowSeen };
}

/** The configuration of a run that the screens start. The judge is theirs, with its tier, its workers and its cache. */
export async function startConfig(tasksPath: string, start: StartRunOptions, workers: number): Promise<RunConfig> {
	const { taskIds, samples, skipExisting: _skipExisting, ...own } = start;
	return {
		...own,
		tasks: tasksPath,
		taskFormat: await detectFormat(tasksPath),
		samples: samples === null ? null : resolve(samples),
		taskIds: [...taskIds],
		filter: null,
		limit: null,
		sandbox: null,
		cache: true,
		selectBy: null,
		workers,
	};
}

/** The same for the tasks that the experiment still lacks. Throws `usage` where it lacks none. */
export async function withoutExisting(
	workspace: string,
	config: RunConfig,
	inputs: Pick<RunInputs, "tasks">,
	signal: AbortSignal,
): Promise<RunConfig> {
	const { experiment } = config;
	if (experiment === null)
		throw new AssayError("usage", "tasks that an experiment has are left out: name the experiment");
	const { taskIds, doneCount } = await remainingTasks(workspace, { ...config, experiment }, inputs, signal);
	if (taskIds.length > 0) return { ...config, taskIds };
	throw new AssayError(
		"usage",
		`experiment ${experiment} has all of ${countOf(doneCount, "task")}: nothing is left to do`,
	);
}
