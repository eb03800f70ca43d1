import { isUtf8 } from "node:buffer";
import { type Stats, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { AssayError } from "./errors.js";

/**
 * What is at `path`, which a person named. Throws `usage` when there is nothing, or something that cannot be read more than
 * once: a pipe would also make the program wait for ever.
 */
export function statInput(path: string): Stats {
	if (path === "") throw new AssayError("usage", '"": an empty path names no file or folder');
	let found: Stats;
	try {
		found = statSync(path);
	} catch (cause) {
		throw new AssayError("usage", `${path}: ${reasonOf(cause)}`, { cause });
	}
	if (found.isFile() || found.isDirectory()) return found;
	throw new AssayError("usage", `${path}: is neither a file nor a folder`, {
		hint: "inputs are read more than once; save what a pipe gives to a file first",
	});
}

/** A whole text file, plain or gzip. Throws `usage` when it is not there, too large, or not UTF-8. */
export async function readTextFile(path: string, maxBytes: number): Promise<string> {
	const found = statInput(path);
	if (found.isDirectory()) throw new AssayError("usage", `${path}: is a folder, not a file`);
	const tooLarge = () => new AssayError("usage", `${path}: larger than ${maxBytes >> 20} MiB`);
	if (found.size > maxBytes) throw tooLarge();
	let bytes: Uint8Array;
	try {
		bytes = await readFile(path);
		if (isGzip(bytes)) bytes = gunzipSync(bytes, { maxOutputLength: maxBytes });
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
		throw new AssayError("usage", `${path}: cannot be read: ${reasonOf(cause)}`, { cause });
	}
	return decodeText(bytes, isUtf8(bytes) ? path : `${path}:${lineThatIsNotUtf8(bytes)}`).replace(/^\ufeff/, "");
}

function lineThatIsNotUtf8(bytes: Uint8Array): number {
	let line = 1;
	for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start), line++) {
		if (!isUtf8(bytes.subarray(start, end))) break;
	}
	return line;
}

/** Throws `usage` for bytes that are not UTF-8: a replaced character would change a program without a word. */
export function decodeText(bytes: Uint8Array, place: string): string {
	if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
	const [first, second] = bytes;
	const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
	throw new AssayError("usage", `${place}: not UTF-8 text`, {
		hint: isUtf16 ? "it is UTF-16; save it as UTF-8" : "save it as UTF-8, or is it a binary file?",
	});
}

export function isGzip(bytes: Uint8Array): boolean {
	return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

const REASONS: Readonly<Record<string, string>> = {
	ENOENT: "no such file or folder",
	ENOTDIR: "no such file or folder",
	EISDIR: "it is a folder",
	EACCES: "permission denied",
	EPERM: "permission denied",
	EROFS: "the file system is read-only",
	ENOSPC: "the disk is full",
	ELOOP: "symbolic links that go round in a circle",
	ENAMETOOLONG: "the name is too long",
	Z_BUF_ERROR: "the gzip data is cut",
	Z_DATA_ERROR: "the gzip data is damaged",
};

/** Why the system, or gzip, refused, in words for people. */
export function reasonOf(error: unknown): string {
	const { code = "", message } = error as NodeJS.ErrnoException;
	return REASONS[code] ?? message;
}
