import { estimateText } from "../src/app/estimate-training.js";
import { planTraining, trainCheckpoint } from "../src/app/train-checkpoint.js";
import type { TrainingMethod } from "../src/domain/choices.js";
import { durationText } from "../src/lib/duration.js";
import { AssayError } from "../src/lib/errors.js";
import { withWayOn } from "../src/lib/write-failure.js";
import { givenSettings } from "../src/training/given-settings.js";
import { estimateTraining } from "../src/training/train-model.js";
import { findTrainerPython } from "../src/training/trainer-python.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import { printable, writeJson, writeLine } from "./cli/print.js";
import type { TrainOptions } from "./cli/training-options.js";
import { SHIPPED_MODEL } from "./model-config.js";
import { stepTexts } from "./step-text.js";
import { showEngine } from "./train-engine.js";

/** Trains a checkpoint on this machine, or goes on with one of that name. */
export async function train(context: CommandContext, method: TrainingMethod, options: TrainOptions): Promise<ExitCode> {
	const { workspace, signal, stdout, stderr } = context;
	const settings = await givenSettings(options.config ?? null, options.set);
	const given = {
		workspace,
		method,
		model: options.model ?? SHIPPED_MODEL,
		data: options.data,
		heldOut: options.heldOut ?? null,
		name: options.name,
		reward: options.reward,
		tier: options.sandbox ?? null,
		workers: options.workers ?? null,
		threads: options.threads,
		library: options.library,
		engine: options.engine,
		processes: options.processes,
		device: options.device,
		settings,
	};
	if (options.dryRun === true && options.host !== undefined) {
		const { remotePlan } = await import("../src/app/remote-plan.js");
		const terms = { host: options.host, deadlineSeconds: options.deadline ?? null, budgetUsd: options.budget ?? null };
		const plan = remotePlan(workspace, planTraining(given), terms);
		if (context.json) await writeJson(stdout, plan);
		else for (const [name, text] of plan.facts) await writeLine(stdout, printable(`${name.padEnd(11)} ${text}`));
		return 0;
	}
	if (options.dryRun === true && options.engine !== "builtin") {
		return await showEngine(context, planTraining(given), await findTrainerPython(signal));
	}
	if (options.dryRun === true) {
		const job = planTraining(given);
		const estimate = await estimateTraining({ job, python: await findTrainerPython(signal), signal });
		if (context.json) await writeJson(stdout, { ...job, estimate });
		else {
			for (const [name, value] of Object.entries({ ...job, ...job.config }))
				await writeLine(
					stdout,
					printable(`${name.padEnd(18)} ${typeof value === "object" ? JSON.stringify(value) : value}`),
				);
			await writeLine(stdout, estimateText(estimate, method !== "sft"));
		}
		return 0;
	}
	if (options.host !== undefined) {
		const { trainRemotely, trainSeeds } = await import("./remote-training.js");
		const there = { ...options, host: options.host };
		const ofSeed = (seed: number) =>
			planTraining({ ...given, name: `${given.name}-s${seed}`, settings: { ...settings, seed } });
		const [first, ...others] = options.seeds ?? [];
		if (first !== undefined) return await trainSeeds(context, [ofSeed(first), ...others.map(ofSeed)], there);
		return await trainRemotely(context, planTraining(given), there);
	}
	if (options.seeds !== undefined || options.after !== undefined) {
		throw new AssayError("usage", "--seeds and --after are for a --host with Slurm");
	}
	const total = planTraining(given).config.steps;
	const started = performance.now();
	const textOf = stepTexts(total);
	const training = trainCheckpoint({
		...given,
		python: await findTrainerPython(signal),
		signal,
		onEvent: (event) => {
			if (context.json) stdout.write(`${JSON.stringify(event)}\n`);
			else if (!context.quiet) {
				const text = textOf(event);
				if (text !== null) stderr.write(`${printable(text)}\n`);
			}
		},
		onText: (line) => {
			if (!context.quiet) stderr.write(`${printable(line)}\n`);
		},
	});
	const checkpoint = await training.catch((error: unknown) => {
		const goOn = "the same command again";
		if (!signal.aborted) throw withWayOn(error, goOn);
		if (!context.quiet) stderr.write(`what is done is kept; to go on: ${goOn}\n`);
		throw error;
	});
	if (context.json) await writeJson(stdout, { type: "train.checkpoint", checkpoint });
	else await writeLine(stdout, printable(`${checkpoint}  ${durationText(performance.now() - started)}`));
	return 0;
}
