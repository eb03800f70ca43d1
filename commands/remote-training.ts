import { secretsOf } from "../src/app/loop-trainer.js";
import { opener } from "../src/app/open-host.js";
import { findRemoteRun, readRemoteJob } from "../src/app/remote-records.js";
import { startRemoteTraining, startRemoteTrainings } from "../src/app/start-remote-training.js";
import { forgetRemoteTraining, stopRemoteTraining } from "../src/app/stop-remote-training.js";
import { finishOnHost } from "../src/app/train-on-host.js";
import type { RemoteRun } from "../src/domain/remote-run.js";
import type { TrainingJob } from "../src/domain/training-job.js";
import { AssayError } from "../src/lib/errors.js";
import { findHost } from "../src/remote/hosts-file.js";
import type { Link } from "../src/remote/link.js";
import { remoteStateText } from "../src/store/remote-texts.js";
import { isConfirmed } from "./cli/confirm.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { hostQuestions } from "./cli/host-questions.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { ForgetOptions, StopOptions } from "./cli/remote-options.js";
import { keepMemorySteady } from "./cli/steady-memory.js";
import type { TrainOptions } from "./cli/training-options.js";
import { remoteOutput } from "./remote-output.js";

/** Starts a training on a host and follows it; Ctrl-C lets go of it, and it goes on. */
export async function trainRemotely(
	context: CommandContext,
	job: TrainingJob,
	options: RemoteTrainOptions,
): Promise<ExitCode> {
	const given = startOptions(context, job, options);
	const run = await startRemoteTraining({ ...given, job });
	if (options.detach !== true) return await followToEnd(context, { run, job, open: given.open });
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

type RemoteTrainOptions = TrainOptions & { host: string };

function startOptions(context: CommandContext, job: TrainingJob, options: RemoteTrainOptions) {
	const { workspace, signal } = context;
	const host = findHost(workspace, options.host);
	if (host.slurm === null && (options.after !== undefined || options.seeds !== undefined)) {
		throw new AssayError("usage", `--seeds and --after are for a host with Slurm, which ${host.name} is not`, {
			hint: "describe it in hosts.yaml with slurm:, or start one training after the other",
		});
	}
	return {
		...{ workspace, host, signal, open: opener(workspace, host, hostQuestions(context)) },
		deadlineSeconds: options.deadline ?? null,
		budgetUsd: options.budget ?? null,
		graceSeconds: options.grace,
		after: (options.after ?? []).map((reference) => findRemoteRun(workspace, reference)),
		secrets: secretsOf(options.env ?? [], process.env),
		isPrompt: true,
		onEvent: remoteOutput(context, job.config.steps).onEvent,
	};
}

export async function attach(context: CommandContext, reference: string): Promise<ExitCode> {
	return await followToEnd(context, reach(context, reference));
}

interface Reached {
	run: RemoteRun;
	job: TrainingJob;
	open: (signal: AbortSignal) => Promise<Link>;
}

/** A training that is recorded here, and the way to its host. */
function reach(context: CommandContext, reference: string): Reached {
	const { workspace } = context;
	const run = findRemoteRun(workspace, reference);
	const open = opener(workspace, findHost(workspace, run.host), hostQuestions(context));
	return { run, job: readRemoteJob(workspace, run.id), open };
}

async function followToEnd(context: CommandContext, { run, job, open }: Reached): Promise<ExitCode> {
	const { workspace, signal, quiet, json, stdout, stderr } = context;
	const output = remoteOutput(context, job.config.steps);
	keepMemorySteady();
	try {
		const checkpoint = await finishOnHost({ workspace, run, open, signal, ...output });
		if (json) await writeJson(stdout, { type: "train.checkpoint", checkpoint });
		else await writeLine(stdout, printable(checkpoint));
		return 0;
	} catch (error) {
		if (signal.aborted && !quiet) {
			stderr.write(
				`${run.id} goes on at ${run.host}: assay train attach ${run.id}; assay train stop ${run.id} ends it\n`,
			);
		}
		throw error;
	}
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
		await writeLine(stdout, printable(`${run.id} on ${run.host}: ${remoteStateText(state)}`));
		if (left.length > 0)
			await writeLine(stdout, `STILL RUNNING there: ${run.slurm === null ? "processes" : "job"} ${left.join(", ")}`);
		else await writeLine(stdout, run.slurm === null ? "no process of it is left" : "Slurm has nothing of it any more");
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
