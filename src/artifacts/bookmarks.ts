import { existsSync, rmSync } from "node:fs";
import { Bookmarks } from "../domain/bookmarks.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { readJsonFile } from "./json-file.js";
import type { RunFiles } from "./layout.js";

/** Throws `usage` when the file is not what it should be. */
export function readBookmarks(files: RunFiles): number[] {
	return existsSync(files.bookmarks) ? readJsonFile(Bookmarks, files.bookmarks).positions : [];
}

/** Without any, there is no file. */
export function writeBookmarks(files: RunFiles, positions: readonly number[]): void {
	if (positions.length === 0) {
		rmSync(files.bookmarks, { force: true });
		return;
	}
	const sorted = [...new Set(positions)].sort((a, b) => a - b);
	const content = { schema: "assay.bookmarks.v1", runId: files.runId, positions: sorted };
	writeFileAtomic(files.bookmarks, `${JSON.stringify(content)}\n`);
}
