import { join } from "node:path";
import { fetchRemoteCheckpoint, followRemoteTraining } from "../src/app/follow-remote-training.js";
import { growingLines } from "../src/app/growing-lines.js";
import { opener } from "../src/app/open-host.js";
import { readLogLines } from "../src/app/read-log-lines.js";
import { findRemoteRun, readRemoteJob, readRemoteRun } from "../src/app/remote-records.js";
import { startRemoteTraining } from "../src/app/start-remote-training.js";
import { forgetRemoteTraining, stopRemoteTraining } from "../src/app/stop-remote-training.js";
import { artifactsRoot, attemptFolder } from "../src/artifacts/layout.js";
import { MIRRORED, type RemoteEvent, type RemoteRun, type RemoteState } from "../src/domain/remote-run.js";
import { TrainerEvent, type TrainingJob } from "../src/domain/training-job.js";
import { AssayError } from "../src/lib/errors.js";
import { sizeText } from "../src/lib/file-size.js";
import { findHost } from "../src/remote/hosts-file.js";
import { isConfirmed } from "./cli/confirm.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { hostQuestions } from "./cli/host-questions.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { ForgetOptions, RemoteLogsOptions, StopOptions } from "./cli/remote-options.js";
import type { TrainOptions } from "./cli/training-options.js";
import { stepTexts } from "./step-text.js";

/** Steps of before that are told when a training is found again. */
const EARLIER_STEPS = 5;

/** Starts a training on a host and follows it; Ctrl-C lets go of it, and it goes on. */
export async function trainRemotely(
	context: CommandContext,
	job: TrainingJob,
	options: TrainOptions & { host: string },
): Promise<ExitCode> {
	const { workspace, signal } = context;
	const host = findHost(workspace, options.host);
	const questions = hostQuestions(context);
	const run = await startRemoteTraining({
		workspace,
		job,
		host,
		deadlineSeconds: options.deadline ?? null,
		budgetUsd: options.budget ?? null,
		graceSeconds: options.grace,
		secrets: secretsOf(options.env ?? []),
		questions,
		signal,
		onEvent: remoteOutput(context, job),
	});
	if (options.detach === true) {
		if (!context.json) await writeLine(context.stdout, printable(`assay train attach ${run.id}`));
		return 0;
	}
	return await followToEnd(context, run, job);
}

export async function attach(context: CommandContext, reference: string): Promise<ExitCode> {
	const run = findRemoteRun(context.workspace, reference);
	return await followToEnd(context, run, readRemoteJob(context.workspace, run.id));
}

export async function fetch(context: CommandContext, reference: string): Promise<ExitCode> {
	const run = findRemoteRun(context.workspace, reference);
	return await bring(context, run, readRemoteJob(context.workspace, run.id));
}

async function followToEnd(context: CommandContext, run: RemoteRun, job: TrainingJob): Promise<ExitCode> {
	const { workspace, signal, quiet, stderr } = context;
	const open = opener(workspace, findHost(workspace, run.host), hostQuestions(context));
	let state: RemoteState;
	try {
		state = await followRemoteTraining({ workspace, run, open, signal, onEvent: remoteOutput(context, job) });
	} catch (error) {
		if (signal.aborted && !quiet) {
			stderr.write(
				`${run.id} goes on at ${run.host}: assay train attach ${run.id}; assay train stop ${run.id} ends it\n`,
			);
		}
		throw error;
	}
	if (state.state === "ended" && state.exit.code === 0 && state.exit.reason === "exit")
		return await bring(context, run, job);
	const log = join(mirrorOf(workspace, run.id), MIRRORED.log.local);
	const first = isDiskFull(state) ? `make room in ${run.workdir} on ${run.host}; ` : "";
	throw new AssayError("host", `${run.id} on ${run.host}: ${stateText(state)}`, {
		hint: `${first}what it said is in ${log}; the same command goes on from its last checkpoint`,
	});
}

async function bring(context: CommandContext, run: RemoteRun, job: TrainingJob): Promise<ExitCode> {
	const { workspace, signal, stdout, json } = context;
	const open = opener(workspace, findHost(workspace, run.host), hostQuestions(context));
	const checkpoint = await fetchRemoteCheckpoint({ workspace, run, open, signal, onEvent: remoteOutput(context, job) });
	if (json) await writeJson(stdout, { type: "train.checkpoint", checkpoint });
	else await writeLine(stdout, printable(checkpoint));
	return 0;
}

/** Ends it; 1 where something of it could not be ended. */
export async function stop(context: CommandContext, reference: string, { grace }: StopOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, json } = context;
	const run = findRemoteRun(workspace, reference);
	const host = findHost(workspace, run.host);
	const stopped = await stopRemoteTraining({
		workspace,
		run,
		open: opener(workspace, host, hostQuestions(context)),
		graceSeconds: grace,
		signal,
	});
	if (json) await writeJson(stdout, { type: "job.stopped", id: run.id, ...stopped });
	else {
		const { state, left } = stopped;
		await writeLine(stdout, printable(`${run.id} on ${run.host}: ${stateText(state)}`));
		if (left.length > 0) await writeLine(stdout, `STILL RUNNING there: processes ${left.join(", ")}`);
		else await writeLine(stdout, "no process of it is left");
		if (stopped.mayHide) {
			await writeLine(
				stdout,
				"but one that wiped its environment and left its session could not be found: look at `ps -ef` and `nvidia-smi` there",
			);
		}
		if (host.releaseCommand !== null) {
			await writeLine(stdout, printable(`the host is still rented; \`${host.releaseCommand}\` ends that`));
		} else if (run.pricePerHour !== null)
			await writeLine(stdout, "the host is still rented: stopping a training does not end that");
	}
	return stopped.left.length > 0 ? 1 : 0;
}

/** What is on the host of a training's log, and with --follow what comes. */
export async function logs(context: CommandContext, reference: string, options: RemoteLogsOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, json } = context;
	const run = findRemoteRun(workspace, reference);
	const open = opener(workspace, findHost(workspace, run.host), hostQuestions(context));
	let isGoingOn = true;
	const isOnce = options.follow !== true;
	const mirroring = followRemoteTraining({ workspace, run, open, signal, isOnce, onEvent: () => {} }).finally(() => {
		isGoingOn = false;
	});
	mirroring.catch(() => {});
	const path = join(mirrorOf(workspace, run.id), MIRRORED.log.local);
	for await (const { line, text } of readLogLines({ path, isGoingOn: () => isGoingOn }, { follows: true, signal })) {
		if (json) await writeJson(stdout, { type: "log.line", line: line + 1, text });
		else await writeLine(stdout, printable(text));
	}
	await mirroring;
	return 0;
}

/** Removes what is kept of a training there and here, after a question. */
export async function forget(context: CommandContext, reference: string, options: ForgetOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, stderr, json } = context;
	const run = findRemoteRun(workspace, reference);
	if (options.yes !== true) {
		const what = `${run.id}: ${run.folder} on ${run.host}, and its logs and figures here`;
		const refusal = `${run.id} is not forgotten: nobody can be asked here`;
		if (!(await isConfirmed(context, { lines: [what], question: "remove them?", refusal }))) {
			await writeLine(stderr, "nothing was removed");
			return 1;
		}
	}
	const open = opener(workspace, findHost(workspace, run.host), hostQuestions(context));
	await forgetRemoteTraining({ workspace, run, open, signal });
	if (json) await writeJson(stdout, { type: "job.forgotten", id: run.id });
	else await writeLine(stdout, printable(`${run.id} is forgotten`));
	return 0;
}

function mirrorOf(workspace: string, id: string): string {
	return attemptFolder(artifactsRoot(workspace), id, readRemoteRun(workspace, id).attempt);
}

function secretsOf(names: readonly string[]): Record<string, string> {
	return Object.fromEntries(
		names.map((name) => {
			const value = process.env[name];
			if (value === undefined || !/^[A-Za-z_]\w*$/.test(name)) {
				throw new AssayError("usage", `--env ${name}: there is no such environment variable`);
			}
			return [name, value];
		}),
	);
}

/** Events as they are, or what a person wants to know of them. */
function remoteOutput(context: CommandContext, job: TrainingJob): (event: RemoteEvent) => void {
	const { json, quiet, stdout, stderr, workspace } = context;
	if (json) return (event) => void stdout.write(`${JSON.stringify(event)}\n`);
	if (quiet) return () => {};
	const say = (text: string): void => {
		stderr.write(`${printable(text)}\n`);
	};
	const textOf = stepTexts(job.config.steps);
	let metrics: ReturnType<typeof growingLines<TrainerEvent>> | null = null;
	let told = 0;
	return (event) => {
		if (event.type === "metrics.appended") {
			// Of what was there before, the end says how far it is.
			const earlier = metrics === null ? -EARLIER_STEPS : 0;
			metrics ??= growingLines(join(mirrorOf(workspace, event.id), MIRRORED.metrics.local), (line) =>
				TrainerEvent.safeParse(line),
			);
			const events = [...metrics.take()].flatMap(({ items }) => items).filter(({ step }) => step !== null);
			for (const one of events.slice(earlier)) say(textOf(one));
		} else if (event.type === "transfer.progress") {
			const tenth = event.total === 0 ? 0 : Math.floor((event.bytes / event.total) * 10);
			if (tenth === told) return;
			told = tenth;
			say(`${event.direction === "up" ? "sent" : "brought"} ${sizeText(event.bytes)} of ${sizeText(event.total)}`);
		} else {
			const text = eventText(event);
			if (text !== null) say(text);
		}
	};
}

function eventText(event: RemoteEvent): string | null {
	switch (event.type) {
		case "job.submitted":
			return `${event.id} ${event.isNew ? "runs" : "is known"} on ${event.host}, attempt ${event.attempt}: ${event.folder}`;
		case "job.state":
			return `${event.id}: ${stateText(event.state)}`;
		case "link.changed":
			if (event.link === "live") return null;
			if (event.link === "stale") return `no answer for ${(event.ms / 1000).toFixed(0)} s`;
			return `${event.reason}; again in ${event.inMs} ms`;
		case "mirror.restarted":
			return `${MIRRORED[event.file].remote} was cut or replaced there; what it was is in ${event.aside}`;
		case "mirror.proved":
			return `${MIRRORED[event.file].remote}: ${event.bytes} bytes, sha256 ${event.sha256.slice(0, 16)}… as on the host`;
		case "checkpoint.found":
			return `checkpoint: ${event.files} files, ${sizeText(event.bytes)}`;
		default:
			return null;
	}
}

const ENDS = {
	exit: "ended",
	stop: "was stopped",
	deadline: "met its deadline",
	budget: "spent its budget",
	runner_lost: "ended unseen",
};

/** Less than a log line or two would need. */
const FULL_BYTES = 1 << 16;

function isDiskFull(state: RemoteState): boolean {
	return state.state === "ended" && state.exit.freeBytes !== null && state.exit.freeBytes < FULL_BYTES;
}

function stateText(state: RemoteState): string {
	switch (state.state) {
		case "ended": {
			const status = state.exit.code === null ? "" : ` with status ${state.exit.code}`;
			return `${ENDS[state.exit.reason]}${status}${isDiskFull(state) ? "; the disk there is full" : ""}`;
		}
		case "runner_lost":
			return "its runner is gone, the job goes on; limits are kept, GPU figures are not";
		case "lost":
			return "neither the job nor its runner is there any more, and nothing tells how it ended";
		case "rebooted":
			return "the host was started anew, and the run ended with that";
		case "start_failed":
			return "its runner never came up";
		case "gone":
			return "its folder on the host is gone";
		case "prepared":
			return "it was never started";
		case "running":
			return "running";
	}
}
