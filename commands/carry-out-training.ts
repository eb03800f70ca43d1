import { estimateText } from "../src/app/estimate-training.js";
import { trainedFolder } from "../src/app/trained-model.js";
import { stepsOf } from "../src/domain/job-counts.js";
import type { TrainingJob } from "../src/domain/training-job.js";
import { durationText } from "../src/lib/duration.js";
import { AssayError } from "../src/lib/errors.js";
import { withWayOn } from "../src/lib/write-failure.js";
import { estimateTraining, trainModel } from "../src/training/train-model.js";
import { findTrainerPython } from "../src/training/trainer-python.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { StartOptions } from "./cli/training-options.js";
import { stepTexts } from "./step-text.js";
import { showEngine } from "./train-engine.js";

export interface OrderedTraining {
	job: TrainingJob;
	/** The same of another name and with another seed. */
	ofSeed: (name: string, seed: number) => TrainingJob;
	/** Where the model goes; null: where others look for it. */
	out: string | null;
}

/** Shows what would be run, or runs it here or on a host; one of its name that was interrupted goes on. */
export async function carryOut(
	context: CommandContext,
	{ job, ofSeed, out }: OrderedTraining,
	options: StartOptions,
): Promise<ExitCode> {
	const { host, seeds, dryRun } = options;
	if (dryRun === true) return await showPlan(context, job, options);
	if (host === undefined) {
		if (seeds !== undefined || options.after !== undefined)
			throw new AssayError("usage", "--seeds and --after are for a --host with Slurm");
		return await trainHere(context, job, out ?? trainedFolder(context.workspace, job));
	}
	if (out !== null) {
		throw new AssayError("usage", "--out is for a training on this machine", {
			hint: `what comes from a host goes to ${trainedFolder(context.workspace, job)}`,
		});
	}
	const { trainRemotely, trainSeeds } = await import("./remote-training.js");
	const there = { ...options, host };
	const [first, ...others] = (seeds ?? []).map((seed) => ofSeed(`${job.name}-s${seed}`, seed));
	if (first !== undefined) return await trainSeeds(context, [first, ...others], there);
	return await trainRemotely(context, job, there);
}

async function showPlan(context: CommandContext, job: TrainingJob, options: StartOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, json } = context;
	if (options.host !== undefined) {
		const { remotePlan } = await import("../src/app/remote-plan.js");
		const terms = { host: options.host, deadlineSeconds: options.deadline ?? null, budgetUsd: options.budget ?? null };
		const plan = remotePlan(workspace, job, terms);
		if (json) await writeJson(stdout, plan);
		else for (const [name, text] of plan.facts) await writeLine(stdout, printable(`${name.padEnd(11)} ${text}`));
		return 0;
	}
	const python = await findTrainerPython(signal);
	if (job.method !== "world" && job.engine !== "builtin") return await showEngine(context, job, python);
	const estimate = await estimateTraining({ job, python, signal });
	if (json) await writeJson(stdout, { ...job, estimate });
	else {
		for (const [name, value] of Object.entries({ ...job, ...job.config }))
			await writeLine(
				stdout,
				printable(`${name.padEnd(18)} ${typeof value === "object" ? JSON.stringify(value) : value}`),
			);
		await writeLine(stdout, estimateText(estimate, job.method === "grpo" || job.method === "ppo"));
	}
	return 0;
}

async function trainHere(context: CommandContext, job: TrainingJob, checkpoint: string): Promise<ExitCode> {
	const { signal, stdout, stderr, json, quiet } = context;
	const started = performance.now();
	const textOf = stepTexts(stepsOf(job));
	const training = trainModel({
		job,
		checkpoint,
		python: await findTrainerPython(signal),
		signal,
		onEvent: (event) => {
			if (json) stdout.write(`${JSON.stringify(event)}\n`);
			else if (!quiet) {
				const text = textOf(event);
				if (text !== null) stderr.write(`${printable(text)}\n`);
			}
		},
		onText: (line) => {
			if (!quiet) stderr.write(`${printable(line)}\n`);
		},
	});
	await training.catch((error: unknown) => {
		const goOn = "the same command again";
		if (!signal.aborted) throw withWayOn(error, goOn);
		if (!quiet) stderr.write(`what is done is kept; to go on: ${goOn}\n`);
		throw error;
	});
	if (json) await writeJson(stdout, { type: "train.checkpoint", checkpoint });
	else await writeLine(stdout, printable(`${checkpoint}  ${durationText(performance.now() - started)}`));
	return 0;
}
