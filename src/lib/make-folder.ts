import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AssayError } from "./errors.js";

/**
 * A folder and those above it, one after the other: a recursive mkdir of Node never ends below /proc, and takes a file
 * system that is read-only for a folder that is not there.
 */
export function makeFolder(path: string): void {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found?.isDirectory()) return;
	if (found !== undefined) throw new AssayError("usage", `${path} is not a folder`);
	makeFolder(dirname(path));
	try {
		mkdirSync(path);
	} catch (error) {
		// Somebody else was quicker.
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
	}
}
