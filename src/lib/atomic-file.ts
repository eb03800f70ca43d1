import {
	closeSync,
	fsyncSync,
	lstatSync,
	openSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { AssayError } from "./errors.js";
import { makeFolder } from "./make-folder.js";
import { writeFailure } from "./write-failure.js";

/** Writes beside `path`, flushes and renames, so that a reader sees the old file or the whole new one. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
	const { target, temporary } = atomicPlace(path);
	try {
		makeFolder(dirname(target));
		writeFlushed(temporary, typeof content === "string" ? Buffer.from(content) : content);
		renameSync(temporary, target);
	} catch (cause) {
		rmSync(temporary, { force: true });
		throw writeFailure(path, cause);
	}
}

function writeFlushed(path: string, bytes: Uint8Array): void {
	const file = openSync(path, "w", 0o644);
	try {
		let written = 0;
		while (written < bytes.length) written += writeSync(file, bytes, written);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

/**
 * Where a file that appears whole is written first, and what it is renamed to: behind a symbolic link, the link's target.
 * Throws `usage` when something other than a file is there: a rename would replace `/dev/null` by a file.
 */
export function atomicPlace(path: string): { target: string; temporary: string } {
	let target = path;
	let found = lstatSync(path, { throwIfNoEntry: false });
	if (found?.isSymbolicLink()) {
		found = statSync(path, { throwIfNoEntry: false });
		if (found === undefined) throw new AssayError("usage", `${path}: is a symbolic link to nothing`);
		target = realpathSync(path);
	}
	if (found?.isDirectory()) throw new AssayError("usage", `${path}: is a folder, not a file`);
	if (found !== undefined && !found.isFile()) throw new AssayError("usage", `${path}: is no ordinary file`);
	return { target, temporary: `${target}.${process.pid}.tmp` };
}
