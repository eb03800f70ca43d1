import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { artifactsRoot, attemptFolder, rankFolder, remoteFiles } from "../artifacts/layout.js";
import { MIRRORED, MIRRORED_FILES } from "../domain/mirrored-files.js";
import type { RemoteFacts } from "../domain/remote-activity.js";
import { endedWell, goesOn, membersOf, type RemoteRun, type RemoteState } from "../domain/remote-run.js";
import type { TrainingReader, TrainingState, TrainingUpdate } from "../domain/training-activity.js";
import { TrainerEvent } from "../domain/training-job.js";
import { growingLines } from "./growing-lines.js";
import { jobClock } from "./job-clock.js";
import { readMember } from "./member-files.js";
import { readRemoteJob, readRemoteRun } from "./remote-records.js";
import { readSamples } from "./training-samples.js";

/** The mirror of a training on another machine, as far as whoever follows it has come. */
export function readRemoteTraining(workspace: string, id: string): TrainingReader {
	const root = artifactsRoot(workspace);
	const { record } = remoteFiles(root, id);
	let mirror: MirrorReader | null = null;
	let attempt = 0;
	let change = "";
	let told: TrainingState | null = null;
	return {
		*advance() {
			const now = `${statSync(record).mtimeMs} ${mirror?.eventBytes()}`;
			if (now !== change) {
				const run = readRemoteRun(workspace, id);
				if (attempt === 0) yield { kind: "training", job: readRemoteJob(workspace, id) };
				else if (attempt !== run.attempt) yield { kind: "restarted" };
				if (attempt !== run.attempt) {
					mirror?.close();
					mirror = readMirror(root, run);
				}
				attempt = run.attempt;
				change = `${statSync(record).mtimeMs} ${mirror?.eventBytes()}`;
				yield { kind: "remote", run: factsOf(workspace, run) };
				const state = activityOf(run.last.state);
				if (state !== told) yield { kind: "state", state };
				told = state;
			}
			if (mirror !== null) yield* mirror.advance();
		},
		close: () => mirror?.close(),
	};
}

interface MirrorReader extends TrainingReader {
	/** Tells when it began or ended. */
	eventBytes(): number;
}

function readMirror(root: string, run: RemoteRun): MirrorReader {
	const folder = attemptFolder(root, run.id, run.attempt);
	const pathOf = (file: keyof typeof MIRRORED) => join(folder, MIRRORED[file].local);
	const metrics = growingLines(pathOf("metrics"), (line) => TrainerEvent.safeParse(line));
	const samples = readSamples(pathOf("samples"));
	const members = membersOf(run).map((_, rank) =>
		readMember(rankFolder(root, run.id, run.attempt, rank), rank, run.slurm?.nodes ?? 1),
	);
	let isLookedFor = false;
	/** Whoever followed it then set what had come aside; those who follow it now tell it themselves. */
	function* brokenBefore(): Generator<TrainingUpdate> {
		if (isLookedFor) return;
		isLookedFor = true;
		for (const file of MIRRORED_FILES) {
			for (let i = 1; existsSync(`${pathOf(file)}.${i}`); i++) {
				const aside = `${pathOf(file)}.${i}`;
				yield { kind: "broken", file, why: null, came: statSync(aside).size, aside };
			}
		}
	}
	return {
		eventBytes: () => statSync(pathOf("events"), { throwIfNoEntry: false })?.size ?? 0,
		*advance(): Generator<TrainingUpdate> {
			yield* brokenBefore();
			for (const { isRestarted, items } of metrics.take()) {
				if (isRestarted) yield { kind: "restarted" };
				if (items.length > 0) yield { kind: "measured", events: items };
			}
			yield* samples.advance();
			for (const member of members) yield* member.advance();
		},
		close() {
			metrics.close();
			samples.close();
			for (const member of members) member.close();
		},
	};
}

function factsOf(workspace: string, run: RemoteRun): RemoteFacts {
	const { host, folder, attempt, createdAt, limit, pricePerHour, last, peers, failure, slurm } = run;
	return {
		host,
		folder,
		attempt,
		createdAt,
		limit,
		pricePerHour,
		last,
		peers,
		failure,
		slurm,
		clock: jobClock(workspace, run),
	};
}

function activityOf(state: RemoteState): TrainingState {
	if (goesOn(state) || state.state === "requeued") return "running";
	return endedWell(state) ? "finished" : "interrupted";
}
