import { existsSync, readdirSync } from "node:fs";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, remoteFiles } from "../artifacts/layout.js";
import { RemoteRun, type RemoteState } from "../domain/remote-run.js";
import { TrainingJob } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";

/** Ids of the trainings on other machines that are recorded here. */
export function remoteIds(workspace: string): string[] {
	const root = artifactsRoot(workspace);
	const { folder } = remoteFiles(root, "");
	return existsSync(folder) ? readdirSync(folder).filter((id) => existsSync(remoteFiles(root, id).record)) : [];
}

/** By its name, the start of one, or `latest`. Throws `usage`. */
export function findRemoteRun(workspace: string, reference: string): RemoteRun {
	const ids = remoteIds(workspace);
	const runs = ids.map((id) => readRemoteRun(workspace, id));
	const newest = runs.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, 1);
	const named = runs.filter(({ id }) => id === reference);
	const starting = named.length > 0 ? named : runs.filter(({ id }) => id.startsWith(reference));
	const [only, ...others] = reference === "latest" ? newest : starting;
	if (only !== undefined && others.length === 0) return only;
	throw new AssayError(
		"usage",
		only === undefined
			? `no training on another machine is called ${reference}`
			: `${reference} could be any of ${starting.map(({ id }) => id).join(", ")}`,
		{ hint: "`assay train list` shows those of this workspace" },
	);
}

export function readRemoteRun(workspace: string, id: string): RemoteRun {
	return readJsonFile(RemoteRun, remoteFiles(artifactsRoot(workspace), id).record);
}

/** Its job, with the places of this machine. */
export function readRemoteJob(workspace: string, id: string): TrainingJob {
	return readJsonFile(TrainingJob, remoteFiles(artifactsRoot(workspace), id).job);
}

export function saveRemoteRun(workspace: string, run: RemoteRun): void {
	const { record } = remoteFiles(artifactsRoot(workspace), run.id);
	writeFileAtomic(record, `${JSON.stringify(RemoteRun.parse(run), null, "\t")}\n`);
}

export function recordState(workspace: string, id: string, state: RemoteState, now = new Date()): RemoteRun {
	const run = { ...readRemoteRun(workspace, id), last: { state, seenAt: now.toISOString() } };
	saveRemoteRun(workspace, run);
	return run;
}

/** How the part of a run stands that another than its first host has. */
export function recordPeer(workspace: string, id: string, rank: number, state: RemoteState): void {
	const run = readRemoteRun(workspace, id);
	const peers = run.peers.map((peer, at) => (at === rank - 1 ? { ...peer, state } : peer));
	saveRemoteRun(workspace, { ...run, peers });
}

/** Of an attempt that Slurm has begun by itself. */
export function recordAttempt(workspace: string, id: string, attempt: number): RemoteRun {
	const run = { ...readRemoteRun(workspace, id), attempt };
	saveRemoteRun(workspace, run);
	return run;
}
