import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { artifactsRoot, trainingFiles } from "../artifacts/layout.js";
import type { TrainingEngine, TrainingLibrary, TrainingMethod } from "../domain/choices.js";
import type { TrainerEvent, TrainingJob } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import { refuseUnplain } from "../lib/plain-name.js";
import { judgeFolder } from "../sandbox/launch.js";
import { dataFolder, readDataManifest } from "../training/data-folder.js";
import { trainModel } from "../training/train-model.js";
import { type GivenSettings, trainingConfig } from "../training/training-config.js";

export interface TrainCheckpointOptions {
	workspace: string;
	method: TrainingMethod;
	/** Folder of the model that training begins with. */
	model: string;
	/** Folder of exported data, or a name under artifacts/data. */
	data: string;
	/** The same, of prompts that are asked and never learnt from; null: none. */
	heldOut: string | null;
	/** Of the checkpoint. */
	name: string;
	reward: "binary" | "fractional";
	tier: "bwrap" | "rlimit" | null;
	workers: number | null;
	threads: number;
	library?: TrainingLibrary;
	engine?: TrainingEngine;
	processes?: number;
	device: TrainingJob["device"];
	settings: GivenSettings;
	python: string;
	signal: AbortSignal;
	onEvent?: (event: TrainerEvent) => void;
	onText?: (line: string) => void;
}

/** Of a model's folder; large ones are in several files, which an index names. */
const WEIGHTS = ["model.safetensors", "model.safetensors.index.json"];

export function checkpointFolder(workspace: string, name: string): string {
	return join(artifactsRoot(workspace), "checkpoints", name);
}

/** What is going to be run; checks that all of it is there. */
export function planTraining(options: Omit<TrainCheckpointOptions, "python" | "signal">): TrainingJob {
	const { workspace, method, name } = options;
	refuseUnplain(name);
	const data = locateData(workspace, options.data);
	const manifest = readDataManifest(data);
	const wanted = method === "sft" ? "sft" : "grpo";
	if (manifest.format !== wanted || manifest.shape === "axiom-rl") {
		throw new AssayError("usage", `${data}: holds ${manifest.format} data in the shape ${manifest.shape}`, {
			hint: `${method} learns from \`assay data export --format ${wanted}\``,
		});
	}
	const model = resolve(options.model);
	if (!WEIGHTS.some((name) => existsSync(join(model, name)))) {
		throw new AssayError("usage", `${model}: no model.safetensors`, { hint: "--model names a model's folder" });
	}
	const planned = trainingConfig(method, options.settings, manifest.examples);
	// Prompts that are given are asked: before, after, and at three points between unless told otherwise.
	const evaluateEvery = planned.evaluateEvery || Math.ceil(planned.steps / 4);
	const config = options.heldOut === null ? planned : { ...planned, evaluateEvery };
	const judges = method !== "sft" || options.heldOut !== null;
	return {
		schema: "assay.training-job.v1",
		method,
		name,
		model,
		data,
		heldOut: options.heldOut === null ? null : locateData(workspace, options.heldOut),
		run: trainingFiles(artifactsRoot(workspace), name).folder,
		judge: judges
			? { folder: judgeFolder(), reward: options.reward, tier: options.tier, workers: options.workers }
			: null,
		threads: options.threads,
		library: options.library ?? "auto",
		engine: options.engine ?? "builtin",
		processes: options.processes ?? 1,
		device: options.device,
		config,
	};
}

/** Trains, or goes on, and gives the folder of the checkpoint. */
export async function trainCheckpoint(options: TrainCheckpointOptions): Promise<string> {
	const { python, signal, onEvent, onText, ...planned } = options;
	const checkpoint = checkpointFolder(options.workspace, options.name);
	await trainModel({
		job: planTraining(planned),
		checkpoint,
		python,
		signal,
		...(onEvent && { onEvent }),
		...(onText && { onText }),
	});
	return checkpoint;
}

function locateData(workspace: string, reference: string): string {
	const named = dataFolder(workspace, basename(reference));
	return existsSync(join(reference, "manifest.json"))
		? resolve(reference)
		: existsSync(named)
			? named
			: resolve(reference);
}
