import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { TraceStep } from "../domain/trace.js";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { AssayError } from "../lib/errors.js";
import { parseAt } from "../lib/schema.js";
import { openAppendFile } from "./append-file.js";
import { parseJson } from "./json-file.js";
import { isJson } from "./rollout-file.js";
import { scanLines } from "./scan-lines.js";

/** Bytes of a step's line, without the newline. */
export interface StepPlace {
	offset: number;
	bytes: number;
}

export interface TraceWriter {
	append(step: TraceStep): StepPlace;
	sync(): void;
	close(): void;
}

export function openTraceWriter(path: string): TraceWriter {
	const file = openAppendFile(path);
	return {
		append(step) {
			const bytes = Buffer.from(`${JSON.stringify(step)}\n`);
			return { offset: file.append(bytes), bytes: bytes.length - 1 };
		},
		sync: () => file.sync(),
		close: () => file.close(),
	};
}

/** Streams the steps of a file; a cut last line, left by a run that was killed, is passed over. */
export async function* readTraces(path: string): AsyncGenerator<{ step: TraceStep; place: StepPlace }> {
	for await (const { bytes, offset, line, terminated } of scanLines(path)) {
		if (!terminated && !isJson(bytes)) return;
		const place = `${path}:${line}`;
		yield {
			step: parseAt(TraceStep, parseJson(bytes.toString("utf8"), place), place),
			place: { offset, bytes: bytes.length },
		};
	}
}

/** null: there is no step at this place (any more): a resumed run writes its file anew. */
export async function readStepAt(path: string, place: StepPlace): Promise<TraceStep | null> {
	const file = await open(path, "r").catch((cause: Error) => {
		throw new AssayError("usage", `${path}: cannot be read: ${cause.message}`, { cause });
	});
	try {
		const { bytesRead, buffer } = await file.read(Buffer.alloc(place.bytes), 0, place.bytes, place.offset);
		const bytes = buffer.subarray(0, bytesRead);
		if (!isJson(bytes)) return null;
		return TraceStep.safeParse(JSON.parse(bytes.toString("utf8"))).data ?? null;
	} finally {
		await file.close();
	}
}

/**
 * Takes the steps of tries out that have no rollout: they begin again when their run is resumed. `onKept` sees the
 * others. The file is written anew and renamed.
 */
export async function recoverTraces(
	path: string,
	isFinished: (taskId: string, sampleIndex: number) => boolean,
	onKept: (step: TraceStep) => void,
): Promise<void> {
	if (!existsSync(path)) return;
	const writer = await openAtomicWriter(path);
	try {
		for await (const { step } of readTraces(path)) {
			if (!isFinished(step.taskId, step.sampleIndex)) continue;
			await writer.write(`${JSON.stringify(step)}\n`);
			onKept(step);
		}
		await writer.commit();
	} catch (error) {
		await writer.discard();
		throw error;
	}
}
