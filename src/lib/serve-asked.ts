import { setImmediate } from "node:timers/promises";
import { parentPort } from "node:worker_threads";
import type { FromAskedThread, ToAskedThread } from "./asked-thread.js";
import { sentError } from "./sent-error.js";

/** A question to this thread. */
export interface Asked<Request, Answer, Part> {
	request: Request;
	/** Aborted once nobody waits for it any more, as far as messages have come in: see `breath`. */
	signal: AbortSignal;
	part(part: Part): void;
	answer(answer: Answer): void;
	fail(error: unknown): void;
}

export interface Answering<Request, Answer, Part> {
	/** Of questions that are there together so many are answered at a time. */
	most: number;
	/** The next ones wait until it resolves; what it throws fails those of these that are left. */
	answer(asked: readonly Asked<Request, Answer, Part>[]): Promise<void>;
	/** Called before the thread ends. */
	close?(): Promise<void>;
}

/** Lets messages in, which come between steps and never within one. */
export async function breath(): Promise<void> {
	await setImmediate();
}

/** The other end of an `AskedThread`: gets ready, then answers until it is closed or its parent ends. */
export async function serveAsked<Request, Answer, Part = never>(
	open: () => Promise<Answering<Request, Answer, Part>>,
): Promise<void> {
	const port = parentPort;
	if (port === null) throw new TypeError("this is a worker");
	const tell = (message: FromAskedThread<Answer, Part>): void => port.postMessage(message);
	const queue: Asked<Request, Answer, Part>[] = [];
	const waiting = new Map<number, AbortController>();
	let wake: () => void = () => {};
	let answering: Answering<Request, Answer, Part> | null = null;
	const asked = (id: number, request: Request): Asked<Request, Answer, Part> => {
		const stopped = new AbortController();
		waiting.set(id, stopped);
		return {
			request,
			signal: stopped.signal,
			part: (part) => tell({ kind: "part", id, part }),
			answer(answer) {
				if (waiting.delete(id)) tell({ kind: "answer", id, answer });
			},
			fail(error) {
				if (waiting.delete(id)) tell({ kind: "failed", id, error: sentError(error) });
			},
		};
	};
	port.on("message", (message: ToAskedThread<Request>) => {
		switch (message.kind) {
			case "ask":
				queue.push(asked(message.id, message.request));
				wake();
				return;
			case "cancel":
				waiting.get(message.id)?.abort();
				waiting.delete(message.id);
				return;
			case "close":
				if (answering?.close === undefined) process.exit();
				void answering.close().finally(() => process.exit());
		}
	});
	try {
		answering = await open();
	} catch (error) {
		tell({ kind: "unusable", message: error instanceof Error ? error.message : String(error) });
		return;
	}
	tell({ kind: "ready" });
	for (;;) {
		if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
		// What was asked together comes together.
		await breath();
		const batch = queue.splice(0, answering.most).filter(({ signal }) => !signal.aborted);
		try {
			if (batch.length > 0) await answering.answer(batch);
		} catch (error) {
			for (const of of batch) of.fail(error);
		}
	}
}
