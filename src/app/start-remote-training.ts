import { existsSync, mkdirSync } from "node:fs";
import { gitState } from "../artifacts/git-state.js";
import { artifactsRoot, remoteFiles, trainingFiles } from "../artifacts/layout.js";
import { lockRun } from "../artifacts/run-lock.js";
import { type Host, hourlyPrice } from "../domain/host.js";
import { endedWell, type LinkState, type RemoteEvent, type RemoteRun, type RemoteState } from "../domain/remote-run.js";
import type { TrainingJob } from "../domain/training-job.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { AssayError } from "../lib/errors.js";
import type { Link } from "../remote/link.js";
import { overLinks } from "../remote/links.js";
import { examineHost, workdirOn } from "../remote/preflight.js";
import { type Attempt, folderOfAttempt, prepareAttempt, startAttempt } from "../remote/start-attempt.js";
import { watchRun } from "../remote/watch-run.js";
import { inputsOf, jobThere } from "./remote-inputs.js";
import { type Limits, limitOf } from "./remote-limit.js";
import { readRemoteJob, readRemoteRun, recordState, saveRemoteRun } from "./remote-records.js";
import { checkpointFolder } from "./train-checkpoint.js";

export interface StartRemoteOptions extends Limits {
	workspace: string;
	job: TrainingJob;
	host: Host;
	graceSeconds: number;
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
export async function startRemoteTraining(options: StartRemoteOptions): Promise<RemoteRun> {
	const { workspace, job, open, isPrompt, signal, onEvent } = options;
	const files = remoteFiles(artifactsRoot(workspace), job.name);
	refuseTaken(workspace, job);
	mkdirSync(files.folder, { recursive: true });
	const lock = lockRun(files.lock, job.name);
	try {
		const onLink = (link: LinkState): void => onEvent({ type: "link.changed", id: job.name, ...link });
		return await overLinks({ open, isPrompt, signal, onLink }, async (link) => {
			const run = await recordOf(link, options, files);
			const isNew = run.last.state.state === "prepared";
			if (isNew) await submit(link, run, options);
			onEvent({ type: "job.submitted", id: run.id, host: run.host, folder: run.folder, attempt: run.attempt, isNew });
			return isNew ? recordState(workspace, run.id, { state: "running" }) : run;
		});
	} finally {
		lock.release();
	}
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
async function recordOf(
	link: Link,
	options: StartRemoteOptions,
	files: ReturnType<typeof remoteFiles>,
): Promise<RemoteRun> {
	const { workspace, job, host, signal, now = () => new Date(), random = Math.random } = options;
	const at = now().toISOString();
	const limit = limitOf(host, options);
	if (!existsSync(files.record)) {
		const workdir = await refuseUnfit(link, options);
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
	const watch = watchRun(link, folderOfAttempt(run), signal);
	try {
		const { state } = await watch.ask();
		const again = againAs(state, run);
		const seen: RemoteRun = {
			...run,
			...again,
			...(again && { limit }),
			last: { state: again ? { state: "prepared" } : state, seenAt: at },
		};
		saveRemoteRun(workspace, seen);
		return seen;
	} finally {
		watch.close();
	}
}

/** What has to be started, or started again; null: nothing. */
function againAs(state: RemoteState, { attempt }: RemoteRun): Pick<RemoteRun, "attempt"> | null {
	switch (state.state) {
		case "running":
		case "runner_lost":
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

async function submit(link: Link, run: RemoteRun, options: StartRemoteOptions): Promise<void> {
	const { workspace, job, host, secrets, graceSeconds, signal, onEvent } = options;
	const folder = folderOfAttempt(run);
	const attempt: Attempt = {
		run,
		files: inputsOf(job),
		commands: commandsOf(host),
		texts: { "job.json": JSON.stringify(jobThere(job, folder)) },
		secrets,
		graceSeconds,
		signal,
		onProgress: (bytes, total) => onEvent({ type: "transfer.progress", id: run.id, direction: "up", bytes, total }),
	};
	const inputs = await prepareAttempt(link, attempt);
	saveRemoteRun(workspace, { ...run, inputs });
	await startAttempt(link, run, signal);
}

function commandsOf({ python, setup }: Host): string {
	return `${setup === null ? "" : `${setup}\n`}export PYTHONPATH="$PWD/in/trainer" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
exec ${python.replace(/^~(?=\/)/, '"$HOME"')} -m assay_trainer job.json
`;
}
