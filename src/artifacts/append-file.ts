import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { AssayError } from "../lib/errors.js";
import { makeFolder } from "../lib/make-folder.js";
import { writeFailure } from "../lib/write-failure.js";

export interface AppendFile {
	/** Length of the file in bytes. */
	readonly length: number;
	/** Returns the offset at which the bytes begin. A failed write leaves the file as it was. */
	append(bytes: Uint8Array): number;
	sync(): void;
	close(): void;
}

/** Appends are synchronous: a chunk goes to the page cache in microseconds, and is whole if the program is killed next. */
export function openAppendFile(path: string): AppendFile {
	const file = openedAt(path);
	const { size, ino } = fstatSync(file);
	let length = size;
	let closed = false;
	return {
		get length() {
			return length;
		},
		append(bytes) {
			const offset = length;
			if (statSync(path, { throwIfNoEntry: false })?.ino !== ino) {
				throw new AssayError("host", `${path}: was removed or replaced while the run was going on`);
			}
			try {
				let written = 0;
				while (written < bytes.length) written += writeSync(file, bytes, written);
			} catch (cause) {
				ftruncateSync(file, offset);
				throw writeFailure(path, cause);
			}
			length += bytes.length;
			return offset;
		},
		sync() {
			fsyncSync(file);
		},
		close() {
			if (closed) return;
			closed = true;
			closeSync(file);
		},
	};
}

function openedAt(path: string): number {
	try {
		makeFolder(dirname(path));
		return openSync(path, "a", 0o644);
	} catch (cause) {
		throw writeFailure(path, cause);
	}
}
