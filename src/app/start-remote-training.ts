import { existsSync, mkdirSync } from "node:fs";
import { artifactsRoot, remoteFiles, trainingFiles } from "../artifacts/layout.js";
import { lockRun } from "../artifacts/run-lock.js";
import type { Host } from "../domain/host.js";
import {
	endedWell,
	goesOn,
	type LinkState,
	membersOf,
	type RemoteEvent,
	type RemoteRun,
} from "../domain/remote-run.js";
import type { TrainingJob } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import { readHostsFile } from "../remote/hosts-file.js";
import { type Link, LinkLost } from "../remote/link.js";
import { type Links, openAll, overLinks } from "../remote/links.js";
import { findMeetingPlace } from "../remote/meeting-place.js";
import { examineHost, workdirOn } from "../remote/preflight.js";
import type { SentFile } from "../remote/send-files.js";
import { submitToSlurm } from "../remote/slurm-job.js";
import { standingOf } from "../remote/standing.js";
import { type Attempt, folderOfAttempt, prepareAttempt, startAttempt } from "../remote/start-attempt.js";
import { stopAttempt } from "../remote/stop-attempt.js";
import { submittedEvent } from "./follow-remote-training.js";
import { beginRent } from "./host-rent.js";
import type { OpenHost } from "./open-host.js";
import { type AttemptOptions, type PlannedAttempt, plannedAttempt } from "./planned-attempt.js";
import { inputsOf, jobThere } from "./remote-inputs.js";
import { recordPeer, recordState, saveRemoteRun } from "./remote-records.js";
import { trainedFolder } from "./trained-model.js";
import { refuseUnshared, trainingCommands } from "./training-commands.js";

export interface StartRemoteOptions extends AttemptOptions {
	/** Trainings that have to have ended well before; only Slurm waits for others. */
	after?: readonly RemoteRun[];
	secrets: Readonly<Record<string, string>>;
	openTo: OpenHost;
	/** A host that cannot be reached at first is not waited for. */
	isPrompt: boolean;
	onEvent: (event: RemoteEvent) => void;
}

/**
 * Starts a training on a host or on several together, once: one that was started before is found again, and one that was interrupted goes on in
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
	const { workspace, hosts, openTo, isPrompt, signal, onEvent } = options;
	for (const job of jobs) {
		refuseTaken(workspace, job);
		for (const host of hosts) refuseUnshared(host, job, hosts.length);
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
		const open = (asking: AbortSignal) =>
			openAll(
				hosts.map(({ name }) => openTo(name)),
				asking,
			);
		return await overLinks({ open, isPrompt, signal, onLink }, async (links) => {
			const planned: PlannedAttempt[] = [];
			let fit: Promise<string[]> | null = null;
			for (const job of jobs) {
				const given = { ...options, job };
				// What is looked at is the same for all.
				const workdirs = () => {
					fit ??= refuseUnfit(links, given);
					return fit;
				};
				planned.push(await preparedAttempt(links, given, workdirs));
			}
			const isNew = ({ waiting }: PlannedAttempt) => waiting.length > 0;
			// Nobody rents a cluster by the host.
			if (planned.some(isNew))
				for (const host of hosts) if (host.slurm === null) beginRent(workspace, host, options.now?.());
			const begun = await begin(links, planned.filter(isNew), options);
			return planned.map((one) => {
				const now = begun.find(({ id }) => id === one.run.id) ?? one.run;
				onEvent(submittedEvent(now, isNew(one)));
				return now;
			});
		});
	} finally {
		for (const lock of locks) lock.release();
	}
}

/** Its record; where it is still to be started, with everything on its hosts. */
async function preparedAttempt(
	links: Links,
	options: StartRemoteOptions,
	workdirs: () => Promise<string[]>,
): Promise<PlannedAttempt> {
	const planned = await plannedAttempt(links, options, workdirs);
	const { waiting } = planned;
	if (waiting.length === 0) return planned;
	let { run } = planned;
	const { workspace, hosts, signal } = options;
	if (hosts.length > 1 && (run.meeting === null || waiting.length === hosts.length)) {
		const { sshConfig } = readHostsFile(workspace);
		run = { ...run, meeting: await findMeetingPlace(links, hosts, sshConfig, signal) };
		saveRemoteRun(workspace, run);
	}
	let inputs: SentFile[] = run.inputs;
	for (const rank of waiting) inputs = await onHost(hosts, rank, () => prepare(links.of(rank), run, rank, options));
	run = { ...run, inputs };
	saveRemoteRun(workspace, run);
	return { run, waiting };
}

/** Starts what waits, and records that it runs. */
async function begin(
	links: Links,
	planned: PlannedAttempt[],
	options: Omit<StartRemoteOptions, "job">,
): Promise<RemoteRun[]> {
	const { workspace, hosts, graceSeconds, after, signal } = options;
	const [{ slurm }] = hosts;
	const runs = planned.map(({ run }) => run);
	if (slurm === null || runs.some((run) => run.slurm === null)) {
		for (const one of planned) await beginOnHosts(links, one, options);
		return runs.map(({ id, peers }) => {
			for (const at of peers.keys()) recordPeer(workspace, id, at + 1, { state: "running" });
			return recordState(workspace, id, { state: "running" });
		});
	}
	const given = { slurm, graceSeconds, after: await jobsBefore(links.of(0), hosts[0], after ?? [], signal), signal };
	const jobs = await submitToSlurm(links.of(0), runs, given);
	return runs.map((run, at) => {
		saveRemoteRun(workspace, { ...run, slurm: { job: jobs[at] ?? null, nodes: slurm.nodes } });
		return recordState(workspace, run.id, { state: "queued", reason: null, startsAt: null });
	});
}

/** The first host first, where the others look for it. Where one cannot, those before it are ended again. */
async function beginOnHosts(
	links: Links,
	{ run, waiting }: PlannedAttempt,
	{ hosts, graceSeconds, signal }: Omit<StartRemoteOptions, "job">,
): Promise<void> {
	const members = membersOf(run);
	for (const [rank, member] of members.entries()) {
		if (!waiting.includes(rank)) continue;
		try {
			await onHost(hosts, rank, () => startAttempt(links.of(rank), member, signal));
		} catch (error) {
			signal.throwIfAborted();
			if (error instanceof LinkLost) throw error;
			for (const [before, one] of members.slice(0, rank).entries())
				await stopAttempt(links.of(before), one, graceSeconds, signal, "peer");
			throw error;
		}
	}
}

/** Says on which of several hosts it went wrong. */
async function onHost<T>(hosts: readonly Host[], rank: number, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const name = hosts[rank]?.name;
		if (hosts.length === 1 || name === undefined || !(error instanceof AssayError) || error instanceof LinkLost)
			throw error;
		throw new AssayError(error.code, `${name}: ${error.message}`, {
			...(error.hint !== null && { hint: error.hint }),
			cause: error,
		});
	}
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

function refuseTaken(workspace: string, job: TrainingJob): void {
	const { name } = job;
	if (!/^[\w-][\w.-]*$/.test(name)) {
		throw new AssayError("usage", `--name ${name}: folders on the host are called so`, {
			hint: "letters, digits, dots, dashes and underscores can be used",
		});
	}
	const root = artifactsRoot(workspace);
	if (existsSync(remoteFiles(root, name).record)) return;
	const taken = existsSync(trainingFiles(root, name).job) || existsSync(trainedFolder(workspace, job));
	if (taken) throw new AssayError("usage", `${name}: there is such a training or model`, { hint: "give another name" });
}

/** The folders of runs there. Throws `host` with the first thing that stands in the way, and its remedy. */
async function refuseUnfit(links: Links, { hosts, job, signal }: StartRemoteOptions): Promise<string[]> {
	const freeBytes = inputsOf(job).reduce((sum, { bytes }) => sum + bytes, 0) * 4;
	return await Promise.all(
		hosts.map(async (host, rank) => {
			const findings = await examineHost(links.of(rank), host, { freeBytes }, signal);
			const obstacle = findings.find(({ level }) => level === "error");
			if (obstacle === undefined) return await workdirOn(links.of(rank), host, signal);
			throw new AssayError(
				"host",
				`${host.name}: ${obstacle.text}`,
				obstacle.remedy === null ? {} : { hint: obstacle.remedy },
			);
		}),
	);
}

async function prepare(link: Link, run: RemoteRun, rank: number, options: StartRemoteOptions): Promise<SentFile[]> {
	const { job, hosts, secrets, graceSeconds, signal, onEvent } = options;
	const [member, host] = [membersOf(run)[rank], hosts[rank]];
	if (member === undefined || host === undefined) throw new Error(`${run.id} has no host of rank ${rank}`);
	const node = run.meeting && { ...run.meeting, rank, count: hosts.length };
	const attempt: Attempt = {
		run: member,
		files: inputsOf(job),
		commands: trainingCommands(host, job, node),
		texts: {
			"job.json": JSON.stringify(jobThere(job, folderOfAttempt(member))),
			...(host.stopIdleMinutes !== null && { idle: `${Math.ceil(host.stopIdleMinutes * 60)}\n` }),
		},
		secrets,
		graceSeconds,
		signal,
		onProgress: (bytes, total) => onEvent({ type: "transfer.progress", id: run.id, direction: "up", bytes, total }),
	};
	return await prepareAttempt(link, attempt);
}
