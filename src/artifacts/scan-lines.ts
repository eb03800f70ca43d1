import { createReadStream, existsSync } from "node:fs";
import { AssayError } from "../lib/errors.js";
import { reasonOf } from "../lib/input-file.js";

export interface ScannedLine {
	/** Bytes of the line without its newline. */
	bytes: Buffer;
	offset: number;
	/** Counts from 1. */
	line: number;
	/** false for a last line without a newline: the writer was stopped in the middle, or just before it. */
	terminated: boolean;
}

/** Streams the lines of an append-only file with their places. A missing file has no lines. */
export async function* scanLines(path: string, signal?: AbortSignal): AsyncGenerator<ScannedLine> {
	if (!existsSync(path)) return;
	const source = createReadStream(path, { highWaterMark: 1 << 18, ...(signal ? { signal } : {}) });
	let pending: Buffer[] = [];
	let pendingBytes = 0;
	let offset = 0;
	let line = 1;
	try {
		for await (const chunk of source as AsyncIterable<Buffer>) {
			let start = 0;
			for (;;) {
				const end = chunk.indexOf(10, start);
				const piece = chunk.subarray(start, end < 0 ? chunk.length : end);
				if (end < 0) {
					if (piece.length > 0) pending.push(piece);
					pendingBytes += piece.length;
					break;
				}
				const bytes = pending.length === 0 ? piece : Buffer.concat([...pending, piece]);
				yield { bytes, offset, line, terminated: true };
				offset += bytes.length + 1;
				pending = [];
				pendingBytes = 0;
				line++;
				start = end + 1;
			}
		}
	} catch (cause) {
		if (signal?.aborted || cause instanceof AssayError) throw cause;
		throw new AssayError("usage", `${path}:${line}: cannot be read: ${reasonOf(cause)}`, { cause });
	} finally {
		source.destroy();
	}
	if (pendingBytes > 0) yield { bytes: Buffer.concat(pending), offset, line, terminated: false };
}
