import { existsSync, mkdirSync } from "node:fs";
import { gitState } from "../artifacts/git-state.js";
import { artifactsRoot, remoteFiles, trainingFiles } from "../artifacts/layout.js";
import { lockRun } from "../artifacts/run-lock.js";
import { type Host, hourlyPrice } from "../domain/host.js";
import {
	endedWell,
	goesOn,
	type LinkState,
	type RemoteEvent,
	type RemoteRun,
	type RemoteState,
} from "../domain/remote-run.js";
import type { TrainingJob } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import type { Link } from "../remote/link.js";
import { overLinks } from "../remote/links.js";
import { examineHost, workdirOn } from "../remote/preflight.js";
import { submitToSlurm } from "../remote/slurm-job.js";
import { standingOf } from "../remote/standing.js";
import { type Attempt, folderOfAttempt, prepareAttempt, startAttempt } from "../remote/start-attempt.js";
import { beginRent } from "./host-rent.js";
import { inputsOf, jobThere } from "./remote-inputs.js";
import { type Limits, limitOf } from "./remote-limit.js";
import { readRemoteJob, readRemoteRun, recordState, saveRemoteRun } from "./remote-records.js";
import { checkpointFolder } from "./train-checkpoint.js";
import { trainingCommands } from "./training-commands.js";

export interface StartRemoteOptions extends Limits {
	workspace: string;
	job: TrainingJob;
	host: Host;
	graceSeconds: number;
	/** Trainings that have to have ended well before; only Slurm waits for others. */
	after?: readonly RemoteRun[];
	secrets: Readonly<Record<string, string>>;
	open: (signal: AbortSignal) => Promise<Link>;
	/** A host that cannot be reached at first is not waited for. */
	isPrompt: boolean;
	signal: AbortSignal;
	onEvent: (event: RemoteEvent) => void;
	/** For names that nobody else gives. */
	random?: () => number;
	now?: () => Date;
}

/**
 * Starts a training on a host, once: one that was started before is found again, and one that was interrupted goes on in
 * an attempt of its own. Everything is recorded here before anything is started there.
 */
export async function startRemoteTraining({ job, ...options }: StartRemoteOptions): Promise<RemoteRun> {
	const [run] = await startRemoteTrainings([job], options);
	if (run === undefined) throw new Error("a training that was started has a record");
	return run;
}

/** Likewise with several, which are one array of jobs where Slurm has them. */
export async function startRemoteTrainings(
	jobs: readonly TrainingJob[],
	options: Omit<StartRemoteOptions, "job">,
): Promise<RemoteRun[]> {
	const { workspace, host, open, isPrompt, signal, onEvent } = options;
	for (const job of jobs) {
		refuseTaken(workspace, job);
		trainingCommands(host, job);
	}
	const locks = jobs.map(({ name }) => {
		const { folder, lock } = remoteFiles(artifactsRoot(workspace), name);
		mkdirSync(folder, { recursive: true });
		return lockRun(lock, name);
	});
	try {
		const onLink = (link: LinkState): void => {
			for (const { name } of jobs) onEvent({ type: "link.changed", id: name, ...link });
		};
		return await overLinks({ open, isPrompt, signal, onLink }, async (link) => {
			const runs: RemoteRun[] = [];
			let fit: Promise<string> | null = null;
			for (const job of jobs) {
				const given = { ...options, job };
				// What is looked at is the same for all.
				const place = () => {
					fit ??= refuseUnfit(link, given);
					return fit;
				};
				runs.push(await preparedRun(link, given, place));
			}
			const isNew = ({ last }: RemoteRun) => last.state.state === "prepared";
			// Nobody rents a cluster by the host.
			if (host.slurm === null && runs.some(isNew)) beginRent(workspace, host, options.now?.());
			const begun = await begin(link, runs.filter(isNew), options);
			return runs.map((run) => {
				const now = begun.find(({ id }) => id === run.id) ?? run;
				const { id, folder, attempt, slurm } = now;
				const slurmJob = slurm?.job ?? null;
				onEvent({ type: "job.submitted", id, host: host.name, folder, attempt, isNew: isNew(run), slurmJob });
				return now;
			});
		});
	} finally {
		for (const lock of locks) lock.release();
	}
}

/** Its record; where it is still to be started, with everything on the host. */
async function preparedRun(link: Link, options: StartRemoteOptions, place: () => Promise<string>): Promise<RemoteRun> {
	const run = await recordOf(link, options, place);
	if (run.last.state.state !== "prepared") return run;
	return await prepare(link, run, options);
}

async function begin(
	link: Link,
	runs: RemoteRun[],
	{ workspace, host, graceSeconds, after, signal }: Omit<StartRemoteOptions, "job">,
): Promise<RemoteRun[]> {
	if (host.slurm === null || runs.some(({ slurm }) => slurm === null)) {
		for (const run of runs) await startAttempt(link, run, signal);
		return runs.map(({ id }) => recordState(workspace, id, { state: "running" }));
	}
	const given = { slurm: host.slurm, graceSeconds, after: await jobsBefore(link, host, after ?? [], signal), signal };
	const jobs = await submitToSlurm(link, runs, given);
	return runs.map((run, at) => {
		saveRemoteRun(workspace, { ...run, slurm: { job: jobs[at] ?? null } });
		return recordState(workspace, run.id, { state: "queued", reason: null, startsAt: null });
	});
}

/** Jobs of trainings that have yet to end. Throws `usage` for one that never can end well. */
async function jobsBefore(
	link: Link,
	host: Host,
	before: readonly RemoteRun[],
	signal: AbortSignal,
): Promise<string[]> {
	const jobs: string[] = [];
	for (const run of before) {
		if (run.host !== host.name || run.slurm === null)
			throw new AssayError("usage", `--after ${run.id}: it is no job of Slurm on ${host.name}`);
		const { state, slurmJob } = await standingOf(link, run, signal);
		if (endedWell(state)) continue;
		if (slurmJob === null || !goesOn(state)) {
			throw new AssayError("usage", `--after ${run.id}: it did not end well`, {
				hint: `\`assay train attach ${run.id}\` tells how`,
			});
		}
		jobs.push(slurmJob);
	}
	return jobs;
}

function refuseTaken(workspace: string, { name }: TrainingJob): void {
	if (!/^[\w-][\w.-]*$/.test(name)) {
		throw new AssayError("usage", `--name ${name}: folders on the host are called so`, {
			hint: "letters, digits, dots, dashes and underscores can be used",
		});
	}
	const root = artifactsRoot(workspace);
	if (existsSync(remoteFiles(root, name).record)) return;
	const taken = existsSync(trainingFiles(root, name).job) || existsSync(checkpointFolder(workspace, name));
	if (taken)
		throw new AssayError("usage", `${name}: there is such a training or checkpoint`, { hint: "give another name" });
}

/** The record of the attempt that is to be, or of the one that is there. */
async function recordOf(link: Link, options: StartRemoteOptions, place: () => Promise<string>): Promise<RemoteRun> {
	const files = remoteFiles(artifactsRoot(options.workspace), options.job.name);
	const { workspace, job, host, signal, now = () => new Date(), random = Math.random } = options;
	const at = now().toISOString();
	const limit = limitOf(host, options);
	if (!existsSync(files.record)) {
		const workdir = await place();
		writeFileAtomic(files.job, `${JSON.stringify(job, null, "\t")}\n`);
		const suffix = Math.floor(random() * 36 ** 6)
			.toString(36)
			.padStart(6, "0");
		const run: RemoteRun = {
			schema: "assay.remote-run.v1",
			id: job.name,
			host: host.name,
			folder: `${workdir}/runs/${job.name}-${suffix}`,
			workdir,
			attempt: 1,
			createdAt: at,
			git: await gitState(workspace),
			inputs: [],
			limit,
			pricePerHour: hourlyPrice(host),
			slurm: host.slurm && { job: null },
			last: { state: { state: "prepared" }, seenAt: at },
		};
		saveRemoteRun(workspace, run);
		return run;
	}
	const run = readRemoteRun(workspace, job.name);
	if (run.host !== host.name)
		throw new AssayError("usage", `${run.id} was started on ${run.host}`, { hint: "give another name" });
	if (JSON.stringify(readRemoteJob(workspace, run.id)) !== JSON.stringify(job)) {
		throw new AssayError("usage", `${files.job}: this training was started with other settings`, {
			hint: "give the new one another --name",
		});
	}
	const { state, attempt, slurmJob } = await standingOf(link, run, signal);
	const current = { ...run, attempt };
	const again = againAs(state, current);
	const seen: RemoteRun = {
		...current,
		...again,
		slurm: current.slurm && { job: again ? null : slurmJob },
		...(again && { limit }),
		last: { state: again ? { state: "prepared" } : state, seenAt: at },
	};
	saveRemoteRun(workspace, seen);
	return seen;
}

/** What has to be started, or started again; null: nothing. */
function againAs(state: RemoteState, { attempt }: RemoteRun): Pick<RemoteRun, "attempt"> | null {
	switch (state.state) {
		case "queued":
		case "running":
		case "runner_lost":
		case "requeued":
			return null;
		case "ended":
			return endedWell(state) ? null : { attempt: attempt + 1 };
		// Nothing of it was ever run.
		case "prepared":
		case "gone":
			return { attempt };
		case "lost":
		case "rebooted":
		case "start_failed":
			return { attempt: attempt + 1 };
	}
}

/** Throws `host` with the first thing that stands in the way, and its remedy. */
async function refuseUnfit(link: Link, { host, job, signal }: StartRemoteOptions): Promise<string> {
	const freeBytes = inputsOf(job).reduce((sum, { bytes }) => sum + bytes, 0) * 4;
	const findings = await examineHost(link, host, { freeBytes }, signal);
	const obstacle = findings.find(({ level }) => level === "error");
	if (obstacle === undefined) return await workdirOn(link, host, signal);
	throw new AssayError(
		"host",
		`${host.name}: ${obstacle.text}`,
		obstacle.remedy === null ? {} : { hint: obstacle.remedy },
	);
}

async function prepare(link: Link, run: RemoteRun, options: StartRemoteOptions): Promise<RemoteRun> {
	const { workspace, job, host, secrets, graceSeconds, signal, onEvent } = options;
	const folder = folderOfAttempt(run);
	const attempt: Attempt = {
		run,
		files: inputsOf(job),
		commands: trainingCommands(host, job),
		texts: { "job.json": JSON.stringify(jobThere(job, folder)) },
		secrets,
		graceSeconds,
		signal,
		onProgress: (bytes, total) => onEvent({ type: "transfer.progress", id: run.id, direction: "up", bytes, total }),
	};
	const inputs = await prepareAttempt(link, attempt);
	const sent = { ...run, inputs };
	saveRemoteRun(workspace, sent);
	return sent;
}
