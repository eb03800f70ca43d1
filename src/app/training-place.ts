import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, remoteFiles, trainingFiles } from "../artifacts/layout.js";
import { isLocked } from "../artifacts/run-lock.js";
import { recordOf } from "../artifacts/training-file.js";
import { LOCAL_HOST } from "../domain/host.js";
import { stepsOf } from "../domain/job-counts.js";
import { goesOn, MODEL_OF_ATTEMPT, type RemoteRun } from "../domain/remote-run.js";
import { TrainingJob } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import type { ModelPlace } from "../remote/kept-models.js";
import type { Link } from "../remote/link.js";
import { localLink } from "../remote/local-link.js";
import type { Questions } from "../remote/questions.js";
import { standingOf } from "../remote/standing.js";
import { folderOfAttempt } from "../remote/start-attempt.js";
import { hostOpener, type OpenHost } from "./open-host.js";
import { jobThere } from "./remote-inputs.js";
import { readRemoteJob, readRemoteRun, remoteIds } from "./remote-records.js";
import { trainedFolder } from "./trained-model.js";

/** A training of this workspace, and how the machine is reached that it runs on, be it this one. */
export interface TrainingPlace {
	id: string;
	host: string;
	/** In US dollars; null: nobody told. */
	pricePerHour: number | null;
	/** With the places of this machine. */
	job: TrainingJob;
	/** What is kept of it here. */
	folder: string;
	/** Of each attempt, the last one last, with the job as the trainer knew it. */
	attempts: readonly (ModelPlace & { job: TrainingJob })[];
	open: (signal: AbortSignal) => Promise<Link>;
	isGoingOn: (link: Link, signal: AbortSignal) => Promise<boolean>;
}

/** Names of trainings on this machine that its trainer was started for. */
function localIds(workspace: string): string[] {
	const root = artifactsRoot(workspace);
	const { folder } = trainingFiles(root, "");
	return existsSync(folder) ? readdirSync(folder).filter((id) => existsSync(trainingFiles(root, id).job)) : [];
}

/** By its name, the start of one, or `latest`. Throws `usage`. */
export function findTraining(workspace: string, reference: string): { id: string; run: RemoteRun | null } {
	const root = artifactsRoot(workspace);
	const known = [
		...remoteIds(workspace).map((id) => {
			const run = readRemoteRun(workspace, id);
			return { id, run, startedMs: Date.parse(run.createdAt) };
		}),
		...localIds(workspace).map((id) => ({ id, run: null, startedMs: statSync(trainingFiles(root, id).job).mtimeMs })),
	];
	const starting = known.filter(({ id }) => id.startsWith(reference));
	const exact = starting.filter(({ id }) => id === reference);
	const newest = known.toSorted((a, b) => b.startedMs - a.startedMs).slice(0, 1);
	const found = reference === "latest" ? newest : exact.length > 0 ? exact : starting;
	const [only, ...others] = found;
	if (only !== undefined && others.length === 0) return only;
	throw new AssayError(
		"usage",
		only === undefined
			? `no training is called ${reference}`
			: `${reference} could be any of ${found.map(({ id }) => id).join(", ")}`,
		{ hint: "`assay train list` shows those of this workspace" },
	);
}

/** Throws `usage` where there is no such training. */
export function placeOfTraining(workspace: string, reference: string, questions: Questions): TrainingPlace {
	const { id, run } = findTraining(workspace, reference);
	if (run === null) return placeHere(workspace, id);
	return placeThere(workspace, run, hostOpener(workspace, questions));
}

export function placeThere(workspace: string, run: RemoteRun, openTo: OpenHost): TrainingPlace {
	const job = readRemoteJob(workspace, run.id);
	return {
		id: run.id,
		host: run.host,
		pricePerHour: run.pricePerHour,
		job,
		folder: remoteFiles(artifactsRoot(workspace), run.id).folder,
		attempts: Array.from({ length: run.attempt }, (_, before) => {
			const folder = folderOfAttempt({ ...run, attempt: before + 1 });
			const of = jobThere(job, folder);
			return { attempt: before + 1, work: of.run, model: `${folder}/${MODEL_OF_ATTEMPT}`, ...recorded(job), job: of };
		}),
		open: openTo(run.host),
		async isGoingOn(link, signal) {
			return goesOn((await standingOf(link, run, signal)).state);
		},
	};
}

/** A world model's record does not say how many steps made it. */
function recorded(job: TrainingJob): Pick<ModelPlace, "record" | "steps"> {
	return { record: recordOf(job), steps: job.method === "world" ? stepsOf(job) : null };
}

export function placeHere(workspace: string, id: string): TrainingPlace {
	const files = trainingFiles(artifactsRoot(workspace), id);
	const job = readJsonFile(TrainingJob, files.job);
	const done = trainedFolder(workspace, job);
	// It is moved into place as soon as it is whole.
	const model = existsSync(done) ? done : join(files.folder, "model");
	return {
		id,
		host: LOCAL_HOST,
		pricePerHour: null,
		job,
		folder: files.folder,
		attempts: [{ attempt: 1, work: files.folder, model, ...recorded(job), job }],
		open: () => Promise.resolve(localLink()),
		isGoingOn: () => Promise.resolve(isLocked(files.lock)),
	};
}
