import { setImmediate } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import type { FromModelThread, ToModelThread } from "./model-thread.js";

/** A question to a model's thread. */
export interface Asked<Request, Answer, Part> {
	request: Request;
	/** false: nobody waits for it any more. Known as of the last `breath`. */
	isWanted(): boolean;
	part(part: Part): void;
	answer(answer: Answer): void;
	fail(error: unknown): void;
}

export interface ServedModel<Request, Answer, Part> {
	/** Of questions that are there together so many are answered at a time. */
	most: number;
	/** Resolves when each was answered, failed or is not wanted; what it throws fails all that is left. */
	answer(asked: readonly Asked<Request, Answer, Part>[]): Promise<void>;
}

/** Lets messages in, which come between steps and never within one. */
export async function breath(): Promise<void> {
	await setImmediate();
}

/** The other end of a `ModelThread`: opens the model, then answers until it is closed or its parent ends. */
export async function serveModel<Request, Answer, Part = never>(
	open: () => Promise<ServedModel<Request, Answer, Part>>,
): Promise<void> {
	const port = parentPort;
	if (port === null) throw new TypeError("this is a worker");
	const tell = (message: FromModelThread<Answer, Part>): void => port.postMessage(message);
	const queue: Asked<Request, Answer, Part>[] = [];
	const waiting = new Set<number>();
	let wake: () => void = () => {};
	const asked = (id: number, request: Request): Asked<Request, Answer, Part> => ({
		request,
		isWanted: () => waiting.has(id),
		part: (part) => tell({ kind: "part", id, part }),
		answer(answer) {
			if (waiting.delete(id)) tell({ kind: "answer", id, answer });
		},
		fail(error) {
			if (waiting.delete(id)) tell({ kind: "failed", id, message: reasonOf(error) });
		},
	});
	port.on("message", (message: ToModelThread<Request>) => {
		if (message.kind === "close") process.exit();
		if (message.kind === "cancel") {
			waiting.delete(message.id);
			return;
		}
		waiting.add(message.id);
		queue.push(asked(message.id, message.request));
		wake();
	});
	let model: ServedModel<Request, Answer, Part>;
	try {
		model = await open();
	} catch (error) {
		tell({ kind: "unusable", message: reasonOf(error) });
		return;
	}
	tell({ kind: "ready" });
	for (;;) {
		if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
		// What was asked together comes together.
		await breath();
		const batch = queue.splice(0, model.most).filter((of) => of.isWanted());
		try {
			if (batch.length > 0) await model.answer(batch);
		} catch (error) {
			for (const of of batch) of.fail(error);
		}
	}
}

function reasonOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
