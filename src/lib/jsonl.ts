import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { AssayError } from "./errors.js";

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
		const text = bytes.toString("utf8").trim();
		if (text === "") continue;
		let value: unknown;
		try {
			value = JSON.parse(text);
		} catch (cause) {
			throw new AssayError("usage", `${path}:${line}: not valid JSON: ${(cause as Error).message.slice(0, 120)}`, {
				hint: "each line must be one JSON object; a cut last line is usually an interrupted download",
				cause,
			});
		}
		yield { line, value };
	}
}

async function* readLines(path: string): AsyncGenerator<Buffer> {
	const source = (await isGzip(path)) ? createReadStream(path).pipe(createGunzip()) : createReadStream(path);
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
		if (error instanceof AssayError) throw error;
		throw new AssayError("usage", `${path}: cannot be read: ${(error as Error).message}`, { cause: error });
	} finally {
		source.destroy();
	}
	if (pending.length > 0) yield Buffer.concat(pending);
}

async function isGzip(path: string): Promise<boolean> {
	const file = await open(path, "r").catch((cause: NodeJS.ErrnoException) => {
		throw new AssayError("usage", `${path}: ${cause.code === "ENOENT" ? "no such file" : cause.message}`, { cause });
	});
	try {
		if ((await file.stat()).isDirectory()) throw new AssayError("usage", `${path}: is a folder, not a JSONL file`);
		const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
		return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
	} finally {
		await file.close();
	}
}
