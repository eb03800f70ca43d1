import { planTraining } from "../src/app/train-checkpoint.js";
import type { TrainingMethod } from "../src/domain/choices.js";
import { givenSettings } from "../src/training/given-settings.js";
import { carryOut } from "./carry-out-training.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { TrainOptions } from "./cli/training-options.js";
import { SHIPPED_MODEL } from "./model-config.js";

/** Trains a checkpoint, or goes on with one of that name. */
export async function train(context: CommandContext, method: TrainingMethod, options: TrainOptions): Promise<ExitCode> {
	const settings = await givenSettings(options.config ?? null, options.set);
	const given = {
		workspace: context.workspace,
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
	const ofSeed = (name: string, seed: number) => planTraining({ ...given, name, settings: { ...settings, seed } });
	return await carryOut(context, { job: planTraining(given), ofSeed, out: null }, options);
}
