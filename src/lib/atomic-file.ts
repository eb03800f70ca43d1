import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Writes `<path>.tmp`, flushes and renames, so that a reader sees the old file or the whole new one. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
	mkdirSync(dirname(path), { recursive: true });
	const temporary = `${path}.tmp`;
	const file = openSync(temporary, "w", 0o644);
	try {
		const bytes = typeof content === "string" ? Buffer.from(content) : content;
		let written = 0;
		while (written < bytes.length) written += writeSync(file, bytes, written);
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
	renameSync(temporary, path);
}
