import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { artifactsRoot, remoteFiles } from "../artifacts/layout.js";
import { checkTrained, readTraining, TRAINING } from "../artifacts/training-file.js";
import { MODEL_OF_ATTEMPT, type RemoteEvent, type RemoteRun } from "../domain/remote-run.js";
import type { TrainingManifest } from "../domain/training.js";
import type { TrainingJob } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import { fetchFiles, listFiles } from "../remote/fetch-files.js";
import type { Link } from "../remote/link.js";
import { quote } from "../remote/quote.js";
import { folderOfAttempt } from "../remote/start-attempt.js";
import { jobThere } from "./remote-inputs.js";
import { readRemoteJob } from "./remote-records.js";
import { checkpointFolder } from "./train-checkpoint.js";

/**
 * Brings the checkpoint of a training that is complete, and gives its folder: every file is what its manifest says, and the
 * manifest names parent and data by their places here. Goes on where an earlier attempt stopped.
 */
export async function fetchCheckpoint(options: {
	workspace: string;
	run: RemoteRun;
	link: Link;
	signal: AbortSignal;
	onEvent: (event: RemoteEvent) => void;
}): Promise<string> {
	const { workspace, run, link, signal, onEvent } = options;
	const checkpoint = checkpointFolder(workspace, run.id);
	if (existsSync(join(checkpoint, TRAINING))) return checkpoint;
	const attempt = folderOfAttempt(run);
	const folder = `${attempt}/${MODEL_OF_ATTEMPT}`;
	const { code } = await link.execute(`[ -e ${quote(`${folder}/${TRAINING}`)} ]`, { signal });
	if (code !== 0) {
		throw new AssayError("usage", `${run.id}: its checkpoint is not complete on ${run.host}`, {
			hint: `\`assay train attach ${run.id}\` tells how far it is`,
		});
	}
	const files = await listFiles(link, folder, signal);
	const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
	onEvent({ type: "checkpoint.found", id: run.id, files: files.length, bytes });
	const target = join(remoteFiles(artifactsRoot(workspace), run.id).folder, "checkpoint.part");
	// An earlier attempt may have written its own.
	rmSync(join(target, TRAINING), { force: true });
	await fetchFiles(link, {
		folder,
		files,
		target,
		signal,
		onProgress: (done, total) =>
			onEvent({ type: "transfer.progress", id: run.id, direction: "down", bytes: done, total }),
	});
	const stored = await readTraining(target);
	if (stored === null) throw new AssayError("host", `${folder}: no ${TRAINING} came`);
	await checkTrained(stored, signal);
	const manifest = placesHere(stored.manifest, readRemoteJob(workspace, run.id), attempt);
	writeFileAtomic(join(target, TRAINING), `${JSON.stringify(manifest, null, "\t")}\n`);
	mkdirSync(dirname(checkpoint), { recursive: true });
	rmSync(checkpoint, { recursive: true, force: true });
	renameSync(target, checkpoint);
	return checkpoint;
}

/** The trainer there knew its inputs by their places there. */
function placesHere(manifest: TrainingManifest, job: TrainingJob, attempt: string): TrainingManifest {
	const there = jobThere(job, attempt);
	const parent =
		manifest.parent?.path === there.model
			? {
					...manifest.parent,
					// Without a manifest it was called after its folder.
					name: manifest.parent.manifestSha256 === null ? basename(job.model) : manifest.parent.name,
					path: job.model,
				}
			: manifest.parent;
	const sources = manifest.sources.map((source) => (source.id === there.data ? { ...source, id: job.data } : source));
	return { ...manifest, parent, sources };
}
