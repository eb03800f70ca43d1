import { join } from "node:path";
import { artifactsRoot, rankFolder } from "../artifacts/layout.js";
import { MIRRORED } from "../domain/mirrored-files.js";
import { endedWell, membersOf } from "../domain/remote-run.js";
import type { TrainerEvent } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import { remoteStateText, wayOn } from "../store/remote-texts.js";
import { fetchCheckpoint } from "./fetch-checkpoint.js";
import { type FollowRemoteOptions, followRemoteTraining } from "./follow-remote-training.js";
import { readRemoteRun } from "./remote-records.js";
import { type StartRemoteOptions, startRemoteTraining } from "./start-remote-training.js";
import { stopRemoteTraining } from "./stop-remote-training.js";
import { isTrained, trainedFolder } from "./trained-model.js";
import { placeThere } from "./training-place.js";
import { TrainingStopped } from "./watched-training.js";

/** How much longer than its grace a stop may take, over whatever link. */
const STOP_MS = 60_000;

/**
 * Trains on a host and brings the checkpoint, whose folder it gives; what of that is done is not done again. When the signal
 * fires the training goes on there, unless it fires with `TrainingStopped`.
 */
export async function trainOnHost(
	options: StartRemoteOptions & { onMeasured: (events: readonly TrainerEvent[]) => void },
): Promise<string> {
	const { workspace, job, openTo, graceSeconds, signal, onEvent, onMeasured } = options;
	if (isTrained(workspace, job)) return trainedFolder(workspace, job);
	const run = await startRemoteTraining(options);
	try {
		return await finishOnHost({ workspace, run, openTo, signal, onEvent, onMeasured });
	} catch (error) {
		if (signal.reason instanceof TrainingStopped) {
			const patience = AbortSignal.timeout(STOP_MS + graceSeconds * 2000);
			await stopRemoteTraining({ workspace, run, openTo, graceSeconds, signal: patience });
		}
		throw error;
	}
}

/** Follows a training to its end and brings its checkpoint. Throws `host` where it did not end well. */
export async function finishOnHost(options: FollowRemoteOptions): Promise<string> {
	const { workspace, openTo, signal, onEvent } = options;
	const state = await followRemoteTraining(options);
	// Slurm may have gone on in another attempt.
	const run = readRemoteRun(workspace, options.run.id);
	if (endedWell(state)) {
		const place = placeThere(workspace, run, openTo);
		return await fetchCheckpoint({ workspace, place, wanted: "last", signal, onEvent });
	}
	const { host, text } = run.failure ?? { host: run.host, text: remoteStateText(state) };
	// Nodes of Slurm's share the log of the first.
	const rank = Math.max(
		0,
		membersOf(run).findIndex((member) => member.host === host),
	);
	const log = join(rankFolder(artifactsRoot(workspace), run.id, run.attempt, rank), MIRRORED.log.local);
	const way = wayOn(state, run.workdir);
	throw new AssayError(
		"host",
		`${run.id} on ${host}: ${text}${run.failure === null ? "" : `, which ended it on all of its ${run.peers.length === 0 ? "nodes" : "hosts"}`}`,
		{
			hint: `${way === null ? "" : `${way}; `}what it said is in ${log}; the same command goes on from its last checkpoint`,
		},
	);
}
