import type { TrainingMethod } from "../domain/choices.js";
import { type CheckpointJob, TRAINING_CONFIGS } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import { atPlace, parseFields } from "../lib/schema.js";

/** What a method is run with when nothing else is said; found on models of a million to a hundred million parameters. */
const DEFAULTS = {
	sft: { batchSize: 16, learningRate: 5e-4, weightDecay: 0.01 },
	grpo: { steps: 60, promptsPerStep: 8, groupSize: 8, learningRate: 3e-4, warmupSteps: 5, maxNewTokens: 96 },
	ppo: {
		steps: 60,
		promptsPerStep: 8,
		groupSize: 8,
		learningRate: 3e-4,
		warmupSteps: 5,
		maxNewTokens: 96,
		updatesPerStep: 2,
	},
} satisfies Record<TrainingMethod, Record<string, number>>;

const SFT_EPOCHS = 3;

/** Settings by name as they were given; texts from a command line are read as the numbers and words they are. */
export type GivenSettings = Readonly<Record<string, string | number | boolean>>;

/**
 * The whole configuration of a method. `examples` is the number of examples of a fine-tuning: without `steps` it goes
 * over them `epochs` times (3 unless told). Throws `usage` that names a setting which the method does not have.
 */
export function trainingConfig(
	method: TrainingMethod,
	given: GivenSettings,
	examples: number,
): CheckpointJob["config"] {
	const { epochs, ...settings } = Object.fromEntries(
		Object.entries(given).map(([name, value]) => [name, readSetting(value)]),
	);
	const merged: Record<string, unknown> = { ...DEFAULTS[method], ...settings };
	if (method === "sft") {
		if (epochs !== undefined && !(Number(epochs) > 0)) {
			throw new AssayError("usage", `settings of sft: field epochs: expected a number above 0, received ${epochs}`);
		}
		const learnt = Math.max(1, Math.floor(examples * (1 - Number(merged.validationShare ?? 0))));
		const batchSize = Math.min(Number(merged.batchSize), learnt);
		const steps = Number(merged.steps ?? Math.floor(learnt / batchSize) * Number(epochs ?? SFT_EPOCHS));
		Object.assign(merged, { batchSize, steps });
		merged.warmupSteps ??= Math.ceil(steps / 10);
		merged.scheduleSteps ??= steps;
	} else if (epochs !== undefined) {
		throw new AssayError("usage", `settings of ${method}: it has no epochs; steps says how long it trains`);
	}
	const known = [...(method === "sft" ? ["epochs"] : []), ...Object.keys(TRAINING_CONFIGS[method].shape)];
	const hint = `settings are ${known.join(", ")}`;
	return atPlace(
		`settings of ${method}`,
		() => parseFields<CheckpointJob["config"]>(TRAINING_CONFIGS[method], merged),
		hint,
	);
}

/** A setting from a command line as the number or the word that it is. */
export function readSetting(value: string | number | boolean): string | number | boolean {
	if (typeof value !== "string") return value;
	if (value === "true" || value === "false") return value === "true";
	return value.trim() === "" || Number.isNaN(Number(value)) ? value : Number(value);
}
