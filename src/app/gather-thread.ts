import { Worker } from "node:worker_threads";
import { receivedError, type SentError } from "../lib/sent-error.js";
import { workerPath } from "../lib/worker-path.js";
import type { Gathered, GatherRequest, GatherWatch } from "./gather-outcomes.js";

export type GatherReply =
	| { kind: "bytes"; bytes: number }
	| { kind: "gathered"; gathered: Gathered }
	| { kind: "failed"; error: SentError };

/** The same as `gatherOutcomes`, on a thread of its own: it takes a processor, and holds up nobody. */
export async function gatherInThread(request: GatherRequest, { signal, onBytes }: GatherWatch): Promise<Gathered> {
	signal.throwIfAborted();
	// What it reads is let go line by line; it need not be kept until 16 MB of it have come together.
	const worker = new Worker(workerPath("gather-worker"), {
		workerData: request,
		resourceLimits: { maxYoungGenerationSizeMb: 8 },
	});
	const { promise, resolve, reject } = Promise.withResolvers<Gathered>();
	const abort = () => reject(signal.reason);
	signal.addEventListener("abort", abort, { once: true });
	worker.on("message", (reply: GatherReply) => {
		if (reply.kind === "bytes") onBytes(reply.bytes);
		else if (reply.kind === "gathered") resolve(reply.gathered);
		else reject(receivedError(reply.error));
	});
	worker.once("error", reject);
	worker.once("exit", (code) => reject(new Error(`${request.path}: the thread that reads it ended with ${code}`)));
	try {
		return await promise;
	} finally {
		signal.removeEventListener("abort", abort);
		await worker.terminate();
	}
}
