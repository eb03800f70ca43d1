import { resolve } from "node:path";
import { planWorld } from "../src/app/train-world.js";
import { givenSettings } from "../src/training/given-settings.js";
import { carryOut } from "./carry-out-training.js";
import type { CommandContext, ExitCode } from "./cli/context.js";
import type { TrainWorldCommandOptions } from "./cli/training-options.js";

/** Trains a world model, or goes on with one of that name. */
export async function trainWorld(context: CommandContext, options: TrainWorldCommandOptions): Promise<ExitCode> {
	const { data, name, threads, device, out } = options;
	const settings = await givenSettings(options.config ?? null, options.set);
	const given = { workspace: context.workspace, data, name, threads, device, settings };
	const ofSeed = (another: string, seed: number) =>
		planWorld({ ...given, name: another, settings: { ...settings, seed } });
	return await carryOut(
		context,
		{ job: planWorld(given), ofSeed, out: out === undefined ? null : resolve(out) },
		options,
	);
}
