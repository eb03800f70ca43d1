import { resolve } from "node:path";
import type { AskedTaskOptions } from "../src/app/asked-task.js";
import type { ExplainOptions } from "../src/app/explain-candidate.js";
import { fileInputs } from "../src/app/file-inputs.js";
import { worldCacheFolder } from "../src/artifacts/layout.js";
import { prepareWorkspace } from "../src/artifacts/workspace.js";
import { WorldModel } from "../src/energy/world/world-model.js";
import { detectFormat } from "../src/tasks/open-tasks.js";
import type { CommandContext } from "./cli/context.js";
import type { WorldExplainOptions } from "./cli/world-options.js";

/** Loads a world model on one core; what it makes of programs is kept in the workspace. Close it. */
export async function openWorld({ workspace, signal }: CommandContext, folder: string): Promise<WorldModel> {
	prepareWorkspace(workspace);
	return await WorldModel.open(folder, { cacheFolder: worldCacheFolder(workspace), signal });
}

/** The same, closed when the work is done. */
export async function withWorld<T>(
	context: CommandContext,
	folder: string,
	work: (model: WorldModel) => Promise<T>,
): Promise<T> {
	const model = await openWorld(context, folder);
	try {
		return await work(model);
	} finally {
		await model.close();
	}
}

/** Place of a candidate in a recorded run. */
export interface CandidateName {
	run: string;
	task: string;
	sample: number;
}

/** What a model is asked about one task of a run. */
export async function withWorldOnTask<T>(
	context: CommandContext,
	{ run, task }: Pick<CandidateName, "run" | "task">,
	{ model: folder, tasks, allowSeen, seed }: WorldExplainOptions,
	work: (question: AskedTaskOptions) => Promise<T>,
): Promise<T> {
	return await withWorld(context, folder, async (model) =>
		work({
			workspace: context.workspace,
			run,
			tasks: tasks === undefined ? null : { path: resolve(tasks), format: await detectFormat(tasks) },
			inputs: fileInputs,
			taskId: task,
			model,
			allowSeen: allowSeen === true,
			seed,
			signal: context.signal,
		}),
	);
}

/** The same about one candidate. */
export async function withWorldOn<T>(
	context: CommandContext,
	{ sample, ...of }: CandidateName,
	options: WorldExplainOptions,
	work: (question: ExplainOptions) => Promise<T>,
): Promise<T> {
	return await withWorldOnTask(context, of, options, (question) => work({ ...question, sampleIndex: sample }));
}
