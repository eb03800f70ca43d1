import { basename, dirname } from "node:path";
import { startOfFile } from "./file-ends.js";

/** Of files whose lines or pages do not name their schema themselves. */
const BY_FOLDER: Record<string, string> = {
	logs: "events",
	reports: "report",
	patches: "diff",
	plans: "assay.plan.v1",
};
const HEAD_BYTES = 4096;

/** What a stored file holds, from its first bytes, or from the folder it lies in; null: not known. */
export function schemaOf(path: string): string | null {
	const named = /"schema":\s*"(assay\.[a-z_]+\.v\d+)"/.exec(startOfFile(path, HEAD_BYTES))?.[1];
	if (named !== undefined) return named;
	for (const folder of [dirname(path), dirname(dirname(path)), dirname(dirname(dirname(path)))]) {
		const schema = BY_FOLDER[basename(folder)];
		if (schema !== undefined) return schema;
	}
	return null;
}
