import { parentPort, workerData } from "node:worker_threads";
import { serveWorkbench } from "../src/app/serve-workbench.js";
import { openWorkbench } from "../src/app/workbench-session.js";
import type { ThreadOptions } from "./workbench-thread.js";

/** The thread that works for the screens: see `openWorkbenchThread`. */
function work(options: ThreadOptions): void {
	const aborted = new AbortController();
	const workbench = openWorkbench({ ...options, env: process.env, signal: aborted.signal });
	if (parentPort) serveWorkbench(workbench, parentPort, () => aborted.abort());
}

work(workerData);
