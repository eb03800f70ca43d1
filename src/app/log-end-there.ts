import { statSync } from "node:fs";
import { join } from "node:path";
import { artifactsRoot, attemptFolder } from "../artifacts/layout.js";
import { MIRRORED } from "../domain/mirrored-files.js";
import type { Link } from "../remote/link.js";
import { endOfLog } from "../remote/log-end.js";
import { folderOfAttempt } from "../remote/start-attempt.js";
import { readRemoteRun } from "./remote-records.js";

/** As many as the tallest screens show. */
const LINES = 64;
/** Of a longer line this much is shown. */
const LINE_CHARS = 4096;
/** As much comes in the time in which one could look. */
const BEHIND_BYTES = 1 << 20;

/** What the log of a training ends with on its host; null: nearly all of it is here. */
export async function logEndThere(
	workspace: string,
	id: string,
	link: Link,
	signal: AbortSignal,
): Promise<{ lines: string[]; bytes: number } | null> {
	const run = readRemoteRun(workspace, id);
	const here = join(attemptFolder(artifactsRoot(workspace), id, run.attempt), MIRRORED.log.local);
	const { lines, end } = await endOfLog(link, `${folderOfAttempt(run)}/${MIRRORED.log.remote}`, LINES, signal);
	const known = statSync(here, { throwIfNoEntry: false })?.size ?? 0;
	return end - known < BEHIND_BYTES ? null : { lines: lines.map((line) => line.slice(0, LINE_CHARS)), bytes: end };
}
