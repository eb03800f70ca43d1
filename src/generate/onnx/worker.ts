import { workerData } from "node:worker_threads";
import { type Asked, breath, serveAsked } from "../../lib/serve-asked.js";
import { type Decoder, openDecoder } from "./decoder.js";
import type { WorkerCompletion, WorkerRequest, WorkerStart } from "./messages.js";
import { Sequence } from "./sequence.js";

type Question = Asked<WorkerRequest, WorkerCompletion, string>;

const TEXT_EVERY_MS = 50;

/** The thread that holds a language model. It writes in batches. */
async function main(start: WorkerStart): Promise<void> {
	await serveAsked<WorkerRequest, WorkerCompletion, string>(async () => {
		const decoder = await openDecoder(start);
		return { most: start.batch, answer: async (asked) => await write(decoder, asked) };
	});
}

async function write(decoder: Decoder, asked: readonly Question[]): Promise<void> {
	const questions = new Map(asked.flatMap((question) => begun(decoder, question)));
	if (questions.size === 0) return;
	const texts = new Map<Sequence, string>();
	let nextTextAt = 0;
	for (const batch = decoder.start([...questions.keys()]); batch.rows.length > 0; ) {
		const logits = await decoder.step(batch);
		for (const [row, sequence] of batch.rows.entries()) {
			const fresh = sequence.advance(logits[row] ?? new Float32Array());
			if (fresh !== "") texts.set(sequence, (texts.get(sequence) ?? "") + fresh);
		}
		await breath();
		const finished = batch.rows.filter(({ isFinished }) => isFinished);
		if (finished.length > 0 || performance.now() >= nextTextAt) {
			for (const [sequence, text] of texts) questions.get(sequence)?.part(text);
			texts.clear();
			nextTextAt = performance.now() + TEXT_EVERY_MS;
		}
		for (const sequence of finished) questions.get(sequence)?.answer(sequence.completion());
		for (const sequence of batch.rows) if (questions.get(sequence)?.signal.aborted) sequence.cancel();
		decoder.shrink(batch);
	}
}

function begun(decoder: Decoder, question: Question): [Sequence, Question][] {
	const { contextLength, endTokens, decode } = decoder;
	const { request } = question;
	try {
		const promptIds = decoder.encode(request.prompt);
		if (promptIds.length === 0) throw new Error("the prompt is empty");
		if (promptIds.length >= contextLength) {
			throw new Error(`the prompt has ${promptIds.length} tokens, and the model takes ${contextLength}`);
		}
		return [[new Sequence({ request, promptIds, contextLength, endTokens, decode }), question]];
	} catch (error) {
		question.fail(error);
		return [];
	}
}

await main(workerData as WorkerStart);
