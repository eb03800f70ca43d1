import { secretsOf } from "../src/app/loop-trainer.js";
import { hostOpener, type OpenHost } from "../src/app/open-host.js";
import { findRemoteRun, readRemoteJob } from "../src/app/remote-records.js";
import { startRemoteTraining, startRemoteTrainings } from "../src/app/start-remote-training.js";
import { forgetRemoteTraining, stopRemoteTraining } from "../src/app/stop-remote-training.js";
import { finishOnHost } from "../src/app/train-on-host.js";
import { hourlyPrice } from "../src/domain/host.js";
import { hostsOf } from "../src/domain/hosts-of-run.js";
import { stepsOf } from "../src/domain/job-counts.js";
import { membersOf, type RemoteRun } from "../src/domain/remote-run.js";
import type { TrainingJob } from "../src/domain/training-job.js";
import { AssayError } from "../src/lib/errors.js";
import { findHosts } from "../src/remote/hosts-file.js";
import { remoteStateText } from "../src/store/remote-texts.js";
import { isConfirmed } from "./cli/confirm.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { hostQuestions } from "./cli/host-questions.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { ForgetOptions, StopOptions } from "./cli/remote-options.js";
import { keepMemorySteady } from "./cli/steady-memory.js";
import type { StartOptions } from "./cli/training-options.js";
import { remoteOutput } from "./remote-output.js";

/** Starts a training on a host and follows it; Ctrl-C lets go of it, and it goes on. */
export async function trainRemotely(
	context: CommandContext,
	job: TrainingJob,
	options: RemoteTrainOptions,
): Promise<ExitCode> {
	const given = startOptions(context, job, options);
	const run = await startRemoteTraining({ ...given, job });
	if (options.detach !== true) return await followToEnd(context, { run, job, openTo: given.openTo });
	if (!context.json) await writeLine(context.stdout, printable(`assay train attach ${run.id}`));
	return 0;
}

/** Hands one training for each seed to Slurm, as one array. */
export async function trainSeeds(
	context: CommandContext,
	jobs: readonly [TrainingJob, ...TrainingJob[]],
	options: RemoteTrainOptions,
): Promise<ExitCode> {
	const runs = await startRemoteTrainings(jobs, startOptions(context, jobs[0], options));
	if (!context.json) for (const { id } of runs) await writeLine(context.stdout, printable(`assay train attach ${id}`));
	return 0;
}

type RemoteTrainOptions = StartOptions & { host: string };

function startOptions(context: CommandContext, job: TrainingJob, options: RemoteTrainOptions) {
	const { workspace, signal } = context;
	const hosts = findHosts(workspace, options.host);
	const [host] = hosts;
	if (host.slurm === null && (options.after !== undefined || options.seeds !== undefined)) {
		throw new AssayError("usage", `--seeds and --after are for a host with Slurm, which ${host.name} is not`, {
			hint: "describe it in hosts.yaml with slurm:, or start one training after the other",
		});
	}
	return {
		...{ workspace, hosts, signal, openTo: hostOpener(workspace, hostQuestions(context)) },
		deadlineSeconds: options.deadline ?? null,
		budgetUsd: options.budget ?? null,
		graceSeconds: options.grace,
		after: (options.after ?? []).map((reference) => findRemoteRun(workspace, reference)),
		secrets: secretsOf(options.env ?? [], process.env),
		isPrompt: true,
		onEvent: remoteOutput(context, stepsOf(job)).onEvent,
	};
}

export async function attach(context: CommandContext, reference: string): Promise<ExitCode> {
	return await followToEnd(context, reach(context, reference));
}

interface Reached {
	run: RemoteRun;
	job: TrainingJob;
	openTo: OpenHost;
}

/** A training that is recorded here, and the way to its host. */
function reach(context: CommandContext, reference: string): Reached {
	const { workspace } = context;
	const run = findRemoteRun(workspace, reference);
	return { run, job: readRemoteJob(workspace, run.id), openTo: hostOpener(workspace, hostQuestions(context)) };
}

async function followToEnd(context: CommandContext, { run, job, openTo }: Reached): Promise<ExitCode> {
	const { workspace, signal, quiet, json, stdout, stderr } = context;
	const output = remoteOutput(context, stepsOf(job));
	keepMemorySteady();
	try {
		const checkpoint = await finishOnHost({ workspace, run, openTo, signal, ...output });
		if (json) await writeJson(stdout, { type: "train.checkpoint", checkpoint });
		else await writeLine(stdout, printable(checkpoint));
		return 0;
	} catch (error) {
		if (signal.aborted && !quiet) {
			stderr.write(
				`${run.id} goes on at ${hostsOf(run)}: assay train attach ${run.id}; assay train stop ${run.id} ends it\n`,
			);
		}
		throw error;
	}
}

/** Ends it; 1 where something of it could not be ended. */
export async function stop(context: CommandContext, reference: string, { grace }: StopOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, json } = context;
	const run = findRemoteRun(workspace, reference);
	const hosts = findHosts(workspace, hostsOf(run));
	const stopped = await stopRemoteTraining({
		workspace,
		run,
		openTo: hostOpener(workspace, hostQuestions(context)),
		graceSeconds: grace,
		signal,
	});
	if (json) await writeJson(stdout, { type: "job.stopped", id: run.id, ...stopped });
	else {
		for (const { host: name, state, left } of stopped.hosts) {
			await writeLine(stdout, printable(`${run.id} on ${name}: ${remoteStateText(state)}`));
			if (left.length > 0)
				await writeLine(stdout, `STILL RUNNING there: ${run.slurm === null ? "processes" : "job"} ${left.join(", ")}`);
			else
				await writeLine(stdout, run.slurm === null ? "no process of it is left" : "Slurm has nothing of it any more");
		}
		if (stopped.mayHide) {
			await writeLine(
				stdout,
				"but one that wiped its environment and left its session could not be found: look at `ps -ef` and `nvidia-smi` there",
			);
		}
		for (const host of hosts) {
			const ends =
				host.releaseCommand === null ? "stopping a training does not end that" : `\`${host.releaseCommand}\` ends that`;
			if (host.releaseCommand !== null || hourlyPrice(host) !== null)
				await writeLine(stdout, printable(`${host.name} is still rented: ${ends}`));
		}
	}
	return stopped.left.length > 0 ? 1 : 0;
}

/** Removes what is kept of a training there and here, after a question. */
export async function forget(context: CommandContext, reference: string, options: ForgetOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, stderr, json } = context;
	const run = findRemoteRun(workspace, reference);
	if (options.yes !== true) {
		const what = `${run.id}: ${membersOf(run)
			.map(({ host, folder }) => `${folder} on ${host}`)
			.join(", ")}, and its logs and figures here`;
		const refusal = `${run.id} is not forgotten: nobody can be asked here`;
		if (!(await isConfirmed(context, { lines: [what], question: "remove them?", refusal }))) {
			await writeLine(stderr, "nothing was removed");
			return 1;
		}
	}
	await forgetRemoteTraining({ workspace, run, openTo: hostOpener(workspace, hostQuestions(context)), signal });
	if (json) await writeJson(stdout, { type: "job.forgotten", id: run.id });
	else await writeLine(stdout, printable(`${run.id} is forgotten`));
	return 0;
}
