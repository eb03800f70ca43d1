import { parentPort, workerData } from "node:worker_threads";
import { sentError } from "../lib/sent-error.js";
import { type GatherRequest, gatherOutcomes } from "./gather-outcomes.js";
import type { GatherReply } from "./gather-thread.js";

const tell = (reply: GatherReply) => parentPort?.postMessage(reply);
// Whoever started this thread ends it.
const { signal } = new AbortController();
await gatherOutcomes(workerData as GatherRequest, { signal, onBytes: (bytes) => tell({ kind: "bytes", bytes }) }).then(
	(gathered) => tell({ kind: "gathered", gathered }),
	(error: unknown) => tell({ kind: "failed", error: sentError(error) }),
);
