import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { AssayError } from "./errors.js";
import { decodeText, isGzip, reasonOf, statInput } from "./input-file.js";

/** A longer line is refused: one record never needs it, and it would be held in memory whole. */
const MAX_LINE_BYTES = 64 << 20;

export interface JsonLine {
	/** Counts from 1, over all lines, blank ones too. */
	line: number;
	value: unknown;
}

/**
 * Streams the records of a JSONL file, gzip or plain (found by its first bytes). Splits on "\n" only, since JSON strings
 * may hold U+2028. Throws `usage` with file and line on a broken, cut or over-long line.
 */
export async function* readJsonLines(path: string): AsyncGenerator<JsonLine> {
	let line = 0;
	for await (const bytes of readLines(path)) {
		line++;
		// Takes a byte order mark off, too.
		const text = decodeText(bytes, `${path}:${line}`).trim();
		if (text === "") continue;
		let value: unknown;
		try {
			value = JSON.parse(text);
		} catch (cause) {
			throw new AssayError("usage", `${path}:${line}: not valid JSON: ${(cause as Error).message.slice(0, 120)}`, {
				hint: /^[[{]$/.test(text)
					? "each line must be one JSON object; `jq -c` writes indented JSON as lines"
					: "each line must be one JSON object; a cut last line is usually an interrupted download",
				cause,
			});
		}
		yield { line, value };
	}
}

async function* readLines(path: string): AsyncGenerator<Buffer> {
	const source = (await startsAsGzip(path)) ? createReadStream(path).pipe(createGunzip()) : createReadStream(path);
	let pending: Buffer[] = [];
	let pendingBytes = 0;
	let line = 1;
	try {
		for await (const chunk of source as AsyncIterable<Buffer>) {
			let start = 0;
			for (;;) {
				const end = chunk.indexOf(10, start);
				const piece = chunk.subarray(start, end < 0 ? chunk.length : end);
				pendingBytes += piece.length;
				if (pendingBytes > MAX_LINE_BYTES) {
					throw new AssayError("usage", `${path}:${line}: line longer than ${MAX_LINE_BYTES >> 20} MiB`, {
						hint: "is this a JSONL file? one record a line is expected",
					});
				}
				if (end < 0) {
					if (piece.length > 0) pending.push(piece);
					break;
				}
				yield pending.length === 0 ? piece : Buffer.concat([...pending, piece]);
				pending = [];
				pendingBytes = 0;
				line++;
				start = end + 1;
			}
		}
	} catch (error) {
		throw unreadable(path, line, error);
	} finally {
		source.destroy();
	}
	if (pending.length > 0) yield Buffer.concat(pending);
}

async function startsAsGzip(path: string): Promise<boolean> {
	if (statInput(path).isDirectory()) throw new AssayError("usage", `${path}: is a folder, not a JSONL file`);
	try {
		const file = await open(path, "r");
		try {
			const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
			return isGzip(buffer.subarray(0, bytesRead));
		} finally {
			await file.close();
		}
	} catch (error) {
		throw unreadable(path, 1, error);
	}
}

function unreadable(path: string, line: number, error: unknown): AssayError {
	if (error instanceof AssayError) return error;
	return new AssayError("usage", `${path}:${line}: cannot be read: ${reasonOf(error)}`, { cause: error });
}
