import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { connectWorkbench, threadEnded } from "../src/app/connect-workbench.js";
import type { Workbench } from "../src/app/workbench.js";

export interface ThreadOptions {
	workspace: string;
	/** Absolute. */
	tasksPath: string;
	fixtureRuns: string | null;
	shippedModel: string | null;
}

/** A workbench that works on a thread of its own, so that judging, hashing and reading never hold up a key. */
export function openWorkbenchThread(options: ThreadOptions & { signal: AbortSignal }): Workbench {
	const { signal, ...workerData } = options;
	// What a library prints must not get onto the screen.
	const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData, stdout: true, stderr: true });
	worker.stdout.resume();
	worker.stderr.resume();
	const { workbench, fail } = connectWorkbench(worker, workerData);
	worker.on("error", (error) => fail(threadEnded(error)));
	worker.on("exit", () => fail(threadEnded(null)));
	const abort = () => worker.postMessage({ kind: "abort" });
	signal.addEventListener("abort", abort, { once: true });
	return {
		...workbench,
		async close() {
			// One that has ended by itself has nothing left to close.
			await Promise.race([workbench.close(), once(worker, "exit")]).catch(() => {});
			signal.removeEventListener("abort", abort);
			await worker.terminate();
		},
	};
}
