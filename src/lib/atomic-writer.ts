import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { atomicPlace } from "./atomic-file.js";
import { makeFolder } from "./make-folder.js";
import { writeFailure } from "./write-failure.js";

export interface AtomicWriter {
	write(chunk: string | Uint8Array): Promise<void>;
	/** Flushes and renames: now the file is there, whole. */
	commit(): Promise<void>;
	/** Removes what was written; does nothing after `commit`. */
	discard(): Promise<void>;
}

const BUFFER_CHARACTERS = 1 << 16;

/** For a file too large to be held in memory: see `writeFileAtomic`. Close it with `commit` or `discard`. */
export async function openAtomicWriter(path: string): Promise<AtomicWriter> {
	const { target, temporary } = atomicPlace(path);
	const told = async <T>(work: () => Promise<T>): Promise<T> => {
		try {
			return await work();
		} catch (cause) {
			throw writeFailure(path, cause);
		}
	};
	const file = await told(async () => {
		makeFolder(dirname(target));
		return await open(temporary, "w", 0o644);
	});
	let text: string[] = [];
	let characters = 0;
	let settled = false;
	const flush = async (): Promise<void> => {
		if (text.length > 0) await file.writeFile(text.join(""));
		text = [];
		characters = 0;
	};
	return {
		write: (chunk) =>
			told(async () => {
				if (typeof chunk !== "string") {
					await flush();
					await file.writeFile(chunk);
					return;
				}
				text.push(chunk);
				characters += chunk.length;
				if (characters >= BUFFER_CHARACTERS) await flush();
			}),
		commit: () =>
			told(async () => {
				await flush();
				await file.sync();
				settled = true;
				await file.close();
				await rename(temporary, target).catch(async (error: unknown) => {
					await rm(temporary, { force: true });
					throw error;
				});
			}),
		async discard() {
			if (settled) return;
			settled = true;
			await file.close();
			await rm(temporary, { force: true });
		},
	};
}
