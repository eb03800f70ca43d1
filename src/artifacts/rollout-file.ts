import { open } from "node:fs/promises";
import { Rollout } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { parseAt } from "../lib/schema.js";
import { type AppendFile, openAppendFile } from "./append-file.js";
import { parseJson } from "./json-file.js";
import { scanLines } from "./scan-lines.js";

/** Bytes of a rollout's line, without the newline. */
export interface RolloutPlace {
	offset: number;
	bytes: number;
}

export interface RolloutWriter {
	append(rollout: Rollout): RolloutPlace;
	sync(): void;
	close(): void;
}

/** One write per rollout, so that a killed program leaves at most one cut line, the last. */
export function openRolloutWriter(path: string): RolloutWriter {
	const file: AppendFile = openAppendFile(path);
	return {
		append(rollout) {
			const bytes = Buffer.from(`${JSON.stringify(rollout)}\n`);
			return { offset: file.append(bytes), bytes: bytes.length - 1 };
		},
		sync: () => file.sync(),
		close: () => file.close(),
	};
}

export async function readRollout(path: string, place: RolloutPlace): Promise<Rollout> {
	const where = `${path} at byte ${place.offset}`;
	const file = await open(path, "r").catch((cause: Error) => {
		throw new AssayError("usage", `${path}: cannot be read: ${cause.message}`, { cause });
	});
	try {
		const { bytesRead, buffer } = await file.read(Buffer.alloc(place.bytes), 0, place.bytes, place.offset);
		return parseRollout(buffer.subarray(0, bytesRead), where);
	} finally {
		await file.close();
	}
}

/** Streams the rollouts of a run; a cut last line, left by a run that was killed, is passed over. */
export async function* readRollouts(
	path: string,
): AsyncGenerator<{ rollout: Rollout; place: RolloutPlace; line: number }> {
	for await (const { bytes, offset, line, terminated } of scanLines(path)) {
		if (!terminated && !isJson(bytes)) return;
		yield { rollout: parseRollout(bytes, `${path}:${line}`), place: { offset, bytes: bytes.length }, line };
	}
}

/** Refuses a candidate that a file holds twice. */
export class JudgedOnce {
	readonly #lines = new Map<string, number>();

	constructor(readonly path: string) {}

	add({ taskId, sampleIndex }: { taskId: string; sampleIndex: number }, line: number): void {
		const key = `${sampleIndex} ${taskId}`;
		const before = this.#lines.get(key);
		if (before !== undefined) {
			const message = `${this.path}:${line}: sample ${sampleIndex} of task ${taskId} is already on line ${before}`;
			throw new AssayError("usage", message, { hint: "a candidate that counts twice would shift every score" });
		}
		this.#lines.set(key, line);
	}
}

export function parseRollout(bytes: Buffer, where: string): Rollout {
	return parseAt(Rollout, parseJson(bytes.toString("utf8"), where), where);
}

export function isJson(bytes: Buffer): boolean {
	try {
		JSON.parse(bytes.toString("utf8"));
		return true;
	} catch {
		return false;
	}
}
