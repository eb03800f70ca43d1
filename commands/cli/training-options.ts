import type {
	AlarmName,
	DataFormat,
	DataShape,
	TrainingEngine,
	TrainingLibrary,
	TrainingLog,
} from "../../src/domain/choices.js";
import type { CommonOptions, ModelOptions } from "./options.js";

export interface DataExportOptions extends CommonOptions {
	format: DataFormat;
	shape: DataShape;
	split: string;
	anyLicense?: true;
	perTask: number;
	template?: string;
	name?: string;
	out?: string;
	force?: true;
	seed: number;
}

/** Where a training runs, and when it is ended there. */
interface HostOptions {
	host?: string;
	/** In seconds. */
	deadline?: number;
	/** In US dollars. */
	budget?: number;
	/** In seconds. */
	grace: number;
	env?: string[];
}

/** How a training is carried out. */
export interface StartOptions extends HostOptions {
	dryRun?: true;
	detach?: true;
	seeds?: number[];
	after?: string[];
}

export interface TrainOptions extends CommonOptions, StartOptions {
	data: string;
	name: string;
	model?: string;
	heldOut?: string;
	config?: string;
	set: Record<string, string>;
	reward: "binary" | "fractional";
	sandbox?: "bwrap" | "rlimit";
	workers?: number;
	threads: number;
	library: TrainingLibrary;
	engine: TrainingEngine;
	processes: number;
	device: "auto" | "cpu" | "cuda";
}

export interface TrainWorldCommandOptions extends CommonOptions, StartOptions {
	data: string;
	name: string;
	out?: string;
	config?: string;
	set: Record<string, string>;
	threads: number;
	device: "auto" | "cpu" | "cuda";
}

export interface ImportTrainingOptions extends CommonOptions {
	name: string;
	format: TrainingLog;
}

export interface CompareTrainingsOptions extends CommonOptions {
	out?: string;
}

export interface LoopCommandOptions
	extends CommonOptions,
		HostOptions,
		Pick<ModelOptions, "temperature" | "topP" | "maxTokens"> {
	model?: string;
	iterations: number;
	n: number;
	evaluationN?: number;
	split: string;
	heldOut: string;
	perTask: number;
	from: "base" | "previous";
	replay: number;
	curriculum: number;
	patience: number;
	stopOn: AlarmName[];
	config?: string;
	set: Record<string, string>;
	name?: string;
	resume?: string;
	dryRun?: true;
	seed: number;
	sandbox?: "bwrap" | "rlimit";
	workers?: number;
}

export const RECORDED_METHODS = ["sft", "grpo", "ppo", "distillation", "pretraining"] as const;

export interface RegisterCommandOptions extends CommonOptions {
	trainedOn: string[];
	parent: string;
	method: (typeof RECORDED_METHODS)[number];
	steps: number;
	cost?: number;
	trainer: string;
	replace?: true;
	seed?: number;
}
