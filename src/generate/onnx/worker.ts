import { parentPort, workerData } from "node:worker_threads";
import { type Decoder, openDecoder } from "./decoder.js";
import type { FromWorker, ToWorker, WorkerStart } from "./messages.js";
import { Sequence } from "./sequence.js";

type Request = Extract<ToWorker, { kind: "generate" }>;

const TEXT_EVERY_MS = 50;

/** The thread that holds a model. It answers what it is asked in batches, and ends with its parent. */
async function main(start: WorkerStart): Promise<void> {
	const port = parentPort;
	if (port === null) throw new TypeError("this is a worker");
	const tell = (message: FromWorker): void => port.postMessage(message);
	const queue: Request[] = [];
	const cancelled = new Set<number>();
	let wake: () => void = () => {};
	port.on("message", (message: ToWorker) => {
		// Messages come in between steps, never within one.
		if (message.kind === "close") process.exit();
		if (message.kind === "generate") queue.push(message);
		else cancelled.add(message.id);
		wake();
	});
	let decoder: Decoder;
	try {
		decoder = await openDecoder(start);
	} catch (error) {
		tell({ kind: "unusable", message: error instanceof Error ? error.message : String(error) });
		return;
	}
	tell({ kind: "ready" });
	for (;;) {
		if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
		// What was asked together comes together.
		await breath();
		const requests = queue.splice(0, start.batch).filter(({ id }) => !cancelled.delete(id));
		if (requests.length > 0) await answer(decoder, requests, cancelled, tell);
	}
}

/** Lets messages in. */
function breath(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

async function answer(
	decoder: Decoder,
	requests: readonly Request[],
	cancelled: Set<number>,
	tell: (message: FromWorker) => void,
): Promise<void> {
	const rows = requests.flatMap((request) => sequenceOf(decoder, request, tell));
	if (rows.length === 0) return;
	const texts = new Map<number, string>();
	let nextTextAt = 0;
	try {
		for (const batch = decoder.start(rows); batch.rows.length > 0; ) {
			const logits = await decoder.step(batch);
			for (const [row, sequence] of batch.rows.entries()) {
				const fresh = sequence.advance(logits[row] ?? new Float32Array());
				if (fresh !== "") texts.set(sequence.id, (texts.get(sequence.id) ?? "") + fresh);
			}
			await breath();
			const finished = batch.rows.filter(({ isFinished }) => isFinished);
			if (finished.length > 0 || performance.now() >= nextTextAt) {
				for (const [id, text] of texts) tell({ kind: "text", id, text });
				texts.clear();
				nextTextAt = performance.now() + TEXT_EVERY_MS;
			}
			for (const sequence of finished) tell({ kind: "done", id: sequence.id, ...sequence.completion() });
			for (const sequence of batch.rows) if (cancelled.delete(sequence.id)) sequence.cancel();
			decoder.shrink(batch);
		}
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		for (const { id } of rows) tell({ kind: "failed", id, message });
	}
}

function sequenceOf(decoder: Decoder, request: Request, tell: (message: FromWorker) => void): Sequence[] {
	const { contextLength, endTokens, decode } = decoder;
	try {
		const promptIds = decoder.encode(request.prompt);
		if (promptIds.length === 0) throw new Error("the prompt is empty");
		if (promptIds.length >= contextLength) {
			throw new Error(`the prompt has ${promptIds.length} tokens, and the model takes ${contextLength}`);
		}
		return [new Sequence({ request, promptIds, contextLength, endTokens, decode })];
	} catch (error) {
		tell({ kind: "failed", id: request.id, message: error instanceof Error ? error.message : String(error) });
		return [];
	}
}

await main(workerData as WorkerStart);
