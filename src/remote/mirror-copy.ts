import {
	closeSync,
	constants,
	fstatSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readSync,
	statSync,
	writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { AssayError } from "../lib/errors.js";
import { reasonOf } from "../lib/input-file.js";

/**
 * A copy of a file that grows elsewhere. Bytes go to the place that they have there, so that several programs may write
 * the same copy, and one that was killed or met a full disk leaves a beginning that can be gone on from.
 */
export interface MirrorCopy {
	/** Whoever wrote it. */
	readonly length: number;
	write(bytes: Buffer, at: number): void;
	/** Whether these bytes end there. */
	holds(bytes: Buffer, end: number): boolean;
	/** Whether it is still the file of its name. */
	isInPlace(): boolean;
	sync(): void;
	close(): void;
}

export function openMirrorCopy(path: string): MirrorCopy {
	mkdirSync(dirname(path), { recursive: true });
	const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
	const { ino } = fstatSync(file);
	return {
		get length() {
			return fstatSync(file).size;
		},
		write(bytes, at) {
			try {
				for (let written = 0; written < bytes.length; ) {
					written += writeSync(file, bytes, written, bytes.length - written, at + written);
				}
			} catch (cause) {
				throw new AssayError("host", `${path}: cannot be written: ${reasonOf(cause)}`, {
					hint: "the run goes on there: make room on the disk here, and the same command brings what is missing",
					cause,
				});
			}
		},
		holds(bytes, end) {
			const here = Buffer.alloc(bytes.length);
			return readSync(file, here, 0, here.length, end - here.length) === here.length && here.equals(bytes);
		},
		isInPlace: () => statSync(path, { throwIfNoEntry: false })?.ino === ino,
		sync: () => fsyncSync(file),
		close: () => closeSync(file),
	};
}
