import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, remoteFiles, trainingFiles } from "../artifacts/layout.js";
import type { GenerationConfig } from "../domain/generation.js";
import type { LoopPlan } from "../domain/loop.js";
import type { RunConfig } from "../domain/run.js";
import type { TrainingEnd, TrainingNews, TrainingRef } from "../domain/training-activity.js";
import { TRAINING_CONFIGS, TrainingJob } from "../domain/training-job.js";
import { WorldConfig } from "../domain/world-job.js";
import { generationConfigOf } from "../generate/generation-config.js";
import { AssayError } from "../lib/errors.js";
import { version } from "../lib/version.js";
import { dataFolder, readDataManifest } from "../training/data-folder.js";
import { givenSettings } from "../training/given-settings.js";
import { trainModel } from "../training/train-model.js";
import { findTrainerPython } from "../training/trainer-python.js";
import type { Verifier } from "../verify/verifier.js";
import { whatItTakes } from "./estimate-training.js";
import { fileInputs } from "./file-inputs.js";
import { followTrainings } from "./follow-trainings.js";
import { openLoop, refuseTaken, startLoop } from "./loop-record.js";
import { createNewsFeed } from "./news-feed.js";
import { type LoopOrder, planLoop } from "./plan-loop.js";
import { readSettings } from "./read-settings.js";
import { tellRemote } from "./remote-news.js";
import { createRemoteTrainings, type RemoteTrainings } from "./remote-trainings.js";
import { checkpointFolder, planTraining, type TrainCheckpointOptions } from "./train-checkpoint.js";
import { planWorld, type WorldOrder } from "./train-world.js";
import { trainedFolder, trainedText } from "./trained-model.js";
import { transitionsIn } from "./transition-folders.js";

/** Where a training can begin and what it can learn from. */
export interface TrainingChoices {
	/** The one that ships with assay first. */
	models: { name: string; path: string }[];
	data: { name: string; format: string; examples: number }[];
	/** Of the workspace, that world models learn from. */
	transitions: { name: string; path: string; count: number }[];
	/** Names of what can be set of each method. */
	settings: Record<TrainingJob["method"], string[]>;
}

/** `settingsFile`: YAML; `settings` come before those in it. */
export type TrainingWish = { settingsFile: string | null } & (
	| ({ kind: "loop"; sampling: { temperature: number | null; maxTokens: number | null } } & Omit<LoopOrder, "config">)
	| ({ kind: "world" } & Omit<WorldOrder, "workspace">)
	| ({ kind: "training" } & Omit<TrainCheckpointOptions, "workspace" | "python" | "signal" | "onEvent" | "onText">)
);

export type TrainingPlan = LoopPlan | TrainingJob;

export interface Trainings extends RemoteTrainings {
	/** From the beginning of each on; first what it is. null, once: all that was there has been told. */
	followTrainings(signal: AbortSignal): AsyncIterable<TrainingNews | null>;
	trainingChoices(): Promise<TrainingChoices>;
	/** Exactly what would be run; nothing is written. */
	planTraining(wish: TrainingWish): Promise<TrainingPlan>;
	/** What that takes on this machine, in a sentence: a training by a few of its steps, a loop by the loops before it. */
	estimateTraining(plan: TrainingPlan): Promise<string>;
	/** Resolves when it has ended or was stopped; rejects when it could not be carried out. */
	runTraining(plan: TrainingPlan): Promise<TrainingEnd>;
	/** Goes on with an interrupted one, as it was planned. */
	resumeTraining(ref: TrainingRef): Promise<TrainingEnd>;
	/** Of one that runs here; resolves when it has stopped. */
	stopTraining(ref: TrainingRef): Promise<void>;
}

export interface TrainingsOptions {
	workspace: string;
	shippedModel: string | null;
	signal: AbortSignal;
	verifier: () => Promise<Verifier>;
	/** How candidates of a loop are made and judged. */
	configOf: (tasks: string, of: { n: number; seed: number; generation: GenerationConfig }) => Promise<RunConfig>;
	/** What is under way, so that closing can wait for it. */
	track: (work: Promise<unknown>) => void;
}

export function createTrainings(options: TrainingsOptions): Trainings {
	const { workspace } = options;
	const live = new Map<string, { stop: AbortController; ended: Promise<unknown> }>();
	const feed = createNewsFeed();
	const { resumeRemote, questionsFor, keyring, ...remote } = createRemoteTrainings({ ...options, feed });

	const goOn = async (ref: TrainingRef, work: (signal: AbortSignal) => Promise<string>): Promise<TrainingEnd> => {
		const key = keyOf(ref);
		if (live.has(key)) throw new AssayError("usage", `${ref.id} is going on`);
		const stop = new AbortController();
		const signal = AbortSignal.any([options.signal, stop.signal]);
		const ended = work(signal).then(
			(text): TrainingEnd => ({ ref, outcome: "finished", text }),
			(error: unknown): TrainingEnd => {
				if (signal.aborted) return { ref, outcome: "stopped", text: "what is done is kept" };
				throw error;
			},
		);
		live.set(key, { stop, ended });
		options.track(ended);
		return await ended.finally(() => live.delete(key));
	};
	const train = (job: TrainingJob) =>
		goOn({ kind: "training", id: job.name }, async (signal) => {
			const checkpoint = trainedFolder(workspace, job);
			await trainModel({ job, checkpoint, python: await findTrainerPython(signal), signal });
			return trainedText(job, job.name);
		});
	const loop = (id: string, open: () => ReturnType<typeof startLoop>) =>
		goOn({ kind: "loop", id }, async (signal) => {
			const record = open();
			try {
				const ask = record.plan.config.generation;
				if (ask === null) throw new AssayError("usage", "a loop needs a model to train");
				// Both bring packages along that nothing else here needs.
				const { loopTrainer } = await import("./loop-trainer.js");
				const { runLoop } = await import("./run-loop.js");
				const trainer = await loopTrainer({
					...{ workspace, plan: record.plan, environment: process.env, signal },
					questions: questionsFor(record.plan.remote?.host ?? "", signal),
					...(record.plan.remote !== null && { keyring: await keyring() }),
					onRemoteEvent: (event) => tellRemote(feed, event),
				});
				const verifier = await options.verifier();
				const configFor = (model: string) => ({ ...ask, model });
				const inputs = fileInputs;
				const { reason } = await runLoop({ workspace, record, inputs, verifier, trainer, configFor, version, signal });
				return reason;
			} finally {
				record.close();
			}
		});

	return {
		...remote,
		followTrainings: (signal) => followTrainings(workspace, signal, { feed }),
		trainingChoices: () => Promise.resolve(choicesIn(workspace, options.shippedModel)),
		planTraining: (wish) => plan(options, wish),
		estimateTraining: (planned) => whatItTakes(workspace, planned, options.signal),
		runTraining: (planned) =>
			planned.schema === "assay.loop.v1" ? loop(planned.loopId, () => startLoop(workspace, planned)) : train(planned),
		async resumeTraining({ kind, id }) {
			if (kind === "loop") return await loop(id, () => openLoop(workspace, id));
			const root = artifactsRoot(workspace);
			if (existsSync(remoteFiles(root, id).record)) return await resumeRemote(id);
			return await train(readJsonFile(TrainingJob, trainingFiles(root, id).job));
		},
		async stopTraining(ref) {
			const own = live.get(keyOf(ref));
			if (!own) throw new AssayError("usage", `${ref.id} does not run in this process`);
			own.stop.abort();
			await own.ended.catch(() => {});
		},
	};
}

const keyOf = ({ kind, id }: TrainingRef) => `${kind} ${id}`;

async function plan({ workspace, signal, configOf }: TrainingsOptions, wish: TrainingWish): Promise<TrainingPlan> {
	const settings = await givenSettings(wish.settingsFile, wish.settings);
	if (wish.kind !== "loop") {
		const job =
			wish.kind === "world"
				? planWorld({ ...wish, workspace, settings })
				: planTraining({ ...wish, workspace, settings });
		const root = artifactsRoot(workspace);
		const taken = [
			trainedFolder(workspace, job),
			trainingFiles(root, job.name).job,
			remoteFiles(root, job.name).record,
		];
		if (!taken.some((path) => existsSync(path))) return job;
		throw new AssayError("usage", `${job.name}: there is such a training or model`, { hint: "give another name" });
	}
	const { kind: _, settingsFile: __, sampling, ...order } = wish;
	const { tasks, model, n, seed } = order;
	if (order.name !== null) refuseTaken(workspace, order.name);
	if (order.remote !== null) {
		// What reads hosts is not needed at the start.
		const [{ findHosts }, { limitOf }] = await Promise.all([
			import("../remote/hosts-file.js"),
			import("./remote-limit.js"),
		]);
		limitOf(findHosts(workspace, order.remote.host), order.remote);
	}
	const generation = generationConfigOf("onnx", { model }, { settings: await readSettings(workspace) });
	if (generation === null) throw new AssayError("usage", "a loop needs a model to train");
	const { temperature, maxTokens } = sampling;
	const asked = {
		...generation.sampling,
		...(temperature !== null && { temperature }),
		...(maxTokens !== null && { maxTokens }),
	};
	const config = await configOf(tasks, { n, seed, generation: { ...generation, sampling: asked } });
	return await planLoop({ ...order, settings, config: { ...config, taskIds: null, workers: 1 } }, signal);
}

function choicesIn(workspace: string, shippedModel: string | null): TrainingChoices {
	const root = artifactsRoot(workspace);
	const trained = namesIn(join(root, "checkpoints")).map((name) => checkpointFolder(workspace, name));
	return {
		models: [...(shippedModel === null ? [] : [shippedModel]), ...trained]
			.filter((path) => existsSync(join(path, "model.safetensors")))
			.map((path) => ({ name: basename(path), path })),
		data: namesIn(join(root, "data"))
			.filter((name) => existsSync(join(dataFolder(workspace, name), "manifest.json")))
			.map((name) => {
				const { format, examples } = readDataManifest(dataFolder(workspace, name));
				return { name, format, examples };
			}),
		transitions: transitionsIn(workspace),
		settings: {
			sft: ["epochs", ...Object.keys(TRAINING_CONFIGS.sft.shape)],
			grpo: Object.keys(TRAINING_CONFIGS.grpo.shape),
			ppo: Object.keys(TRAINING_CONFIGS.ppo.shape),
			world: Object.keys(WorldConfig.shape),
		},
	};
}

function namesIn(folder: string): string[] {
	return existsSync(folder) ? readdirSync(folder).sort() : [];
}
