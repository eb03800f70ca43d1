import { parentPort, workerData } from "node:worker_threads";
import type { FromWorldWorker, ToWorldWorker, WorldRequest, WorldStart } from "./messages.js";
import { WorldSessions } from "./sessions.js";

/** The thread that holds a world model. It answers one request after the other, and ends with its parent. */
async function main(start: WorldStart): Promise<void> {
	const port = parentPort;
	if (port === null) throw new TypeError("this is a worker");
	const tell = (message: FromWorldWorker): void => port.postMessage(message);
	const queue: (WorldRequest & { id: number })[] = [];
	const cancelled = new Set<number>();
	let wake: () => void = () => {};
	port.on("message", (message: ToWorldWorker) => {
		// Messages come in between steps, never within one.
		if (message.kind === "close") process.exit();
		if (message.kind === "cancel") cancelled.add(message.id);
		else queue.push(message);
		wake();
	});
	let sessions: WorldSessions;
	try {
		sessions = await WorldSessions.open(start);
	} catch (error) {
		tell({ kind: "unusable", message: reasonOf(error) });
		return;
	}
	tell({ kind: "ready" });
	for (;;) {
		if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
		const request = queue.shift();
		if (request === undefined) continue;
		const { id } = request;
		const wanted = async (): Promise<boolean> => {
			await new Promise((resolve) => setImmediate(resolve));
			return !cancelled.has(id);
		};
		try {
			const answer = await sessions.answer(request, wanted);
			if (answer !== null) tell({ kind: "answer", id, ...answer });
		} catch (error) {
			tell({ kind: "failed", id, message: reasonOf(error) });
		}
		cancelled.delete(id);
	}
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

await main(workerData as WorldStart);
