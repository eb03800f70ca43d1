import { existsSync, rmSync } from "node:fs";
import { artifactsRoot, remoteFiles } from "../artifacts/layout.js";
import { goesOn, type RemoteRun } from "../domain/remote-run.js";
import { AssayError } from "../lib/errors.js";
import { type Link, outputOf } from "../remote/link.js";
import { quote } from "../remote/quote.js";
import { standingOf } from "../remote/standing.js";
import { type Stopped, stopAttempt } from "../remote/stop-attempt.js";
import { recordAttempt, recordState } from "./remote-records.js";

interface Reached {
	workspace: string;
	run: RemoteRun;
	open: (signal: AbortSignal) => Promise<Link>;
	signal: AbortSignal;
}

/** Ends a training on another machine; what could not be ended is in the result. */
export async function stopRemoteTraining(options: Reached & { graceSeconds: number }): Promise<Stopped> {
	const { workspace, run, open, graceSeconds, signal } = options;
	const link = await open(signal);
	try {
		const { attempt } = await standingOf(link, run, signal);
		const stopped = await stopAttempt(link, recordAttempt(workspace, run.id, attempt), graceSeconds, signal);
		recordState(workspace, run.id, stopped.state);
		return stopped;
	} finally {
		link.close();
	}
}

/** Removes its folder there and its record here. Throws `usage` while it goes on. */
export async function forgetRemoteTraining({ workspace, run, open, signal }: Reached): Promise<void> {
	const link = await open(signal);
	try {
		const { state } = await standingOf(link, run, signal);
		if (goesOn(state)) {
			throw new AssayError("usage", `${run.id} goes on at ${run.host}`, {
				hint: `\`assay train stop ${run.id}\` ends it`,
			});
		}
		await outputOf(link, `rm -rf ${quote(run.folder)}`, { timeoutMs: null, signal });
	} finally {
		link.close();
	}
	const { folder } = remoteFiles(artifactsRoot(workspace), run.id);
	if (existsSync(folder)) rmSync(folder, { recursive: true });
}
