import { statSync } from "node:fs";
import { join } from "node:path";
import { artifactsRoot, attemptFolder, remoteFiles } from "../artifacts/layout.js";
import { endedWell, goesOn, MIRRORED, type RemoteState } from "../domain/remote-run.js";
import type { TrainingReader, TrainingState } from "../domain/training-activity.js";
import { TrainerEvent } from "../domain/training-job.js";
import { growingLines } from "./growing-lines.js";
import { readRemoteJob, readRemoteRun } from "./remote-records.js";

/** The mirror of a training on another machine, as far as whoever follows it has come. */
export function readRemoteTraining(workspace: string, id: string): TrainingReader {
	const root = artifactsRoot(workspace);
	const { record } = remoteFiles(root, id);
	let metrics: ReturnType<typeof growingLines<TrainerEvent>> | null = null;
	let attempt = 0;
	let change: number | null = null;
	let told: TrainingState | null = null;
	return {
		*advance() {
			const now = statSync(record).mtimeMs;
			if (now !== change) {
				change = now;
				const run = readRemoteRun(workspace, id);
				if (attempt === 0) {
					yield { kind: "training", job: readRemoteJob(workspace, id) };
					yield { kind: "host", host: run.host };
				} else if (attempt !== run.attempt) yield { kind: "restarted" };
				if (attempt !== run.attempt) {
					metrics?.close();
					metrics = growingLines(join(attemptFolder(root, id, run.attempt), MIRRORED.metrics.local), (line) =>
						TrainerEvent.safeParse(line),
					);
				}
				attempt = run.attempt;
				const state = activityOf(run.last.state);
				if (state !== told) yield { kind: "state", state };
				told = state;
			}
			for (const { isRestarted, items } of metrics?.take() ?? []) {
				if (isRestarted) yield { kind: "restarted" };
				if (items.length > 0) yield { kind: "measured", events: items };
			}
		},
		close: () => metrics?.close(),
	};
}

function activityOf(state: RemoteState): TrainingState {
	if (goesOn(state) || state.state === "requeued") return "running";
	return endedWell(state) ? "finished" : "interrupted";
}
