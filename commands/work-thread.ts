import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { SHIPPED_TREES, SHIPPED_WORLD_MODEL, shipped } from "./shipped.js";

export interface ThreadOptions {
	/** Absolute. */
	workspace: string;
	/** Absolute. */
	tasksPath: string;
	fixtureRuns: string | null;
	shippedModel: string | null;
	/** Absolute. */
	worldModel: string | null;
	/** Absolute. */
	worldIndex: string | null;
	fittedRankers: string | null;
}

export interface WorkThread {
	worker: Worker;
	options: ThreadOptions;
}

export function threadOptions(
	workspace: string,
	{ tasks, worldModel, worldIndex }: { tasks?: string; worldModel?: string; worldIndex?: string },
): ThreadOptions {
	const model = resolve(worldModel ?? SHIPPED_WORLD_MODEL);
	const index = resolve(worldIndex ?? join(workspace, "artifacts", "world-index"));
	return {
		workspace,
		tasksPath: resolve(tasks ?? shipped("tasks")),
		fixtureRuns: shipped("runs"),
		shippedModel: shipped("models/tiny-coder"),
		// One that was named is used or complained about.
		worldModel: worldModel !== undefined || existsSync(model) ? model : null,
		worldIndex: worldIndex !== undefined || existsSync(index) ? index : null,
		fittedRankers: SHIPPED_TREES,
	};
}

/** `isAnew`: an earlier one of this process has died. */
export function startWorkThread(options: ThreadOptions, isAnew: boolean): WorkThread {
	const worker = new Worker(new URL("./worker.js", import.meta.url), {
		workerData: { ...options, isAnew },
		// What a library prints must not get onto the screen.
		stdout: true,
		stderr: true,
	});
	return { worker, options };
}
