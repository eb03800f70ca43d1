import { parentPort, workerData } from "node:worker_threads";
import { serveWorkbench } from "../src/app/serve-workbench.js";
import { openWorkbench } from "../src/app/workbench-session.js";
import { artifactsRoot } from "../src/artifacts/layout.js";
import { releaseLocksOfLostThread } from "../src/artifacts/run-lock.js";
import type { ThreadOptions } from "./work-thread.js";

/** The thread that works for the screens: see `openWorkbenchThread`. */
function work({ isAnew, ...options }: ThreadOptions & { isAnew: boolean }): void {
	// What it was writing is nobody's now, though the process that its locks name is alive.
	if (isAnew) releaseLocksOfLostThread(artifactsRoot(options.workspace));
	const aborted = new AbortController();
	const workbench = openWorkbench({ ...options, env: process.env, signal: aborted.signal });
	if (parentPort) serveWorkbench(workbench, parentPort, () => aborted.abort());
}

work(workerData);
