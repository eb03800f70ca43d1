import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { connectWorkbench, threadEnded } from "../src/app/connect-workbench.js";
import type { Reply } from "../src/app/thread-messages.js";
import type { Workbench } from "../src/app/workbench.js";
import { startWorkThread, type WorkThread } from "./work-thread.js";

const MOST_DEATHS = 5;
const DEATHS_WITHIN_MS = 60_000;

/**
 * A workbench that works on a thread of its own, so that judging, hashing and reading never hold up a key. When the
 * thread dies, what it was doing fails, and what is asked next is done by a new one; unless it died before it had
 * answered anything, or dies again and again, since the next would do the same.
 */
export function openWorkbenchThread({ worker: first, options }: WorkThread, signal: AbortSignal): Workbench {
	let deaths: number[] = [];
	let worker: Worker | null = null;
	const { workbench, receive, lose, fail } = connectWorkbench((request) => {
		worker ??= attend(startWorkThread(options, true).worker);
		worker.postMessage(request);
	}, options);

	function attend(started: Worker): Worker {
		let hasAnswered = false;
		let cause: unknown = null;
		started.stdout.resume();
		started.stderr.resume();
		started.on("message", (reply: Reply) => {
			hasAnswered = true;
			receive(reply);
		});
		started.on("error", (error) => {
			cause = error;
		});
		// Only now are its files and its children given back.
		started.on("exit", () => {
			worker = null;
			const now = performance.now();
			deaths = [...deaths.filter((at) => now - at < DEATHS_WITHIN_MS), now];
			const isAnother = hasAnswered && deaths.length < MOST_DEATHS;
			if (isAnother) lose(threadEnded(cause, true));
			else fail(threadEnded(cause, false));
		});
		return started;
	}
	worker = attend(first);
	const abort = () => worker?.postMessage({ kind: "abort" });
	signal.addEventListener("abort", abort, { once: true });
	return {
		...workbench,
		async close() {
			signal.removeEventListener("abort", abort);
			if (worker === null) return;
			const closing = worker;
			// One that ends by itself meanwhile has nothing left to close.
			await Promise.race([workbench.close(), once(closing, "exit")]).catch(() => {});
			await closing.terminate();
		},
	};
}
