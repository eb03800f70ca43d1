import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { artifactsRoot } from "../artifacts/layout.js";
import type { TrainerEvent } from "../domain/training-job.js";
import { WorldConfig, type WorldJob } from "../domain/world-job.js";
import { AssayError } from "../lib/errors.js";
import { refuseUnplain } from "../lib/plain-name.js";
import { atPlace, parseFields } from "../lib/schema.js";
import { trainModel } from "../training/train-model.js";
import { type GivenSettings, readSetting } from "../training/training-config.js";

export interface TrainWorldOptions {
	workspace: string;
	/** Folder that `assay world build` wrote. */
	data: string;
	/** Of the model. */
	name: string;
	/** Where the model goes; null: `artifacts/world-models`. */
	out: string | null;
	threads: number;
	device: WorldJob["device"];
	settings: GivenSettings;
	python: string;
	signal: AbortSignal;
	onEvent?: (event: TrainerEvent) => void;
	onText?: (line: string) => void;
}

/** Unless settings say otherwise; with the other defaults it is the recipe of the model that ships with assay. */
const STEPS = 300;

/** What is going to be run; checks that the data are there. */
export function planWorld(options: Omit<TrainWorldOptions, "python" | "signal">): WorldJob {
	refuseUnplain(options.name);
	const data = resolve(options.data);
	if (!existsSync(join(data, "manifest.json"))) {
		throw new AssayError("usage", `${options.data}: no manifest.json`, {
			hint: "--data names a folder that `assay world build` wrote",
		});
	}
	const given = Object.fromEntries(Object.entries(options.settings).map(([name, value]) => [name, readSetting(value)]));
	const hint = `settings are ${Object.keys(WorldConfig.shape).join(", ")}`;
	return {
		schema: "assay.world-job.v1",
		name: options.name,
		data,
		run: join(artifactsRoot(options.workspace), "world-trainings", options.name),
		threads: options.threads,
		device: options.device,
		config: atPlace("settings of world", () => parseFields(WorldConfig, { steps: STEPS, ...given }), hint),
	};
}

/** Trains, or goes on, and gives the folder of the model. */
export async function trainWorld(options: TrainWorldOptions): Promise<string> {
	const { workspace, name, out, python, signal, onEvent, onText } = options;
	const model = out === null ? join(artifactsRoot(workspace), "world-models", name) : resolve(out);
	await trainModel({
		job: planWorld(options),
		checkpoint: model,
		python,
		signal,
		...(onEvent && { onEvent }),
		...(onText && { onText }),
	});
	return model;
}
