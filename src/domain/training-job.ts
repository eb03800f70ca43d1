import { z } from "zod";
import { TRAINING_ENGINES, TRAINING_LIBRARIES, TRAINING_METHODS, type TrainingMethod } from "./choices.js";
import { WorldJob } from "./world-job.js";

const Count = z.int().positive();
const CountOrZero = z.int().nonnegative();
const Share = z.number().min(0).max(1);
const Rate = z.number().positive().max(1);

const WeightDecay = z.number().nonnegative();

/** Fields that each method has. They mirror the dataclasses of the trainer, name by name; a test holds them equal. */
const common = {
	steps: Count,
	learningRate: Rate,
	warmupSteps: CountOrZero.default(0),
	/** Of the peak, at the end of the cosine. */
	finalRate: Share,
	weightDecay: WeightDecay,
	beta1: Share.default(0.9),
	beta2: Share.default(0.95),
	clipNorm: z.number().positive().default(1),
	seed: CountOrZero.default(0),
	checkpointEvery: Count,
	/** Steps between two models that are kept on the way; 0: only those that are asked for. */
	keepEvery: CountOrZero.default(0),
	/** Of these, the newest so many stay; 0: all. */
	keepLast: CountOrZero.default(3),
	/** Steps between two evaluations on held-out prompts; 0: none. */
	evaluateEvery: CountOrZero.default(0),
	evaluationSamples: Count.default(4),
	/** Of sampling, in evaluations and where attempts are learnt from. */
	temperature: z.number().positive().max(10).default(1),
	maxNewTokens: Count.default(256),
	/** Tokens, padding included, that go through the model at once; 0: all of a step. */
	microBatchTokens: CountOrZero.default(0),
	/** `auto`: bfloat16 on a CUDA device that has it. */
	precision: z.enum(["auto", "float32", "bfloat16"]).default("auto"),
	/** What layers made is made again for the gradient rather than kept: less memory, more time. */
	gradientCheckpointing: z.boolean().default(false),
	/** Of the matrices that learn in place of the model's own; 0: the model itself learns. */
	loraRank: CountOrZero.default(0),
	/** Over the rank: how much of what they learnt is added. */
	loraAlpha: z.number().positive().default(16),
	loraDropout: z.number().min(0).lt(1).default(0),
	/** Names of linear layers, with commas. */
	loraTargets: z.string().min(1).default("q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj"),
};

const SftConfig = z.strictObject({
	...common,
	batchSize: Count,
	/** At which step the cosine ends; a run of fewer steps stops early. */
	scheduleSteps: Count,
	finalRate: Share.default(0.1),
	weightDecay: WeightDecay.default(0.01),
	checkpointEvery: Count.default(100),
	reportEvery: Count.default(20),
	/** Tokens of a row that several examples share; 0: each has a row of its own. */
	packedLength: CountOrZero.default(0),
	/** Of the tasks, whose examples are not learnt but tell when to stop. */
	validationShare: z.number().min(0).lt(1).default(0),
	validateEvery: Count.default(50),
	/** Validations in a row without a better one that end training; 0: none does. */
	patience: CountOrZero.default(0),
});

const policy = {
	...common,
	promptsPerStep: Count,
	groupSize: Count,
	/** Updates on the same attempts. */
	updatesPerStep: Count.default(1),
	clipLow: Share.default(0.2),
	clipHigh: z.number().positive().default(0.2),
	/** Weight of the divergence from the model that training began with. */
	klWeight: z.number().nonnegative().default(0),
	/** 0: every task alike; 1: mostly tasks that are sometimes solved. */
	curriculum: Share.default(0),
	finalRate: Share.default(1),
	weightDecay: WeightDecay.default(0),
	checkpointEvery: Count.default(10),
};

const GrpoConfig = z.strictObject({
	...policy,
	groupSize: z.int().min(2),
	/** Whether advantages are divided by the standard deviation of their group. */
	normalise: z.boolean().default(true),
	averageOver: z.enum(["tokens", "sequences"]).default("tokens"),
});

const PpoConfig = z.strictObject({
	...policy,
	gamma: Share.default(1),
	/** The lambda of generalised advantage estimation. */
	smoothing: Share.default(0.95),
	valueWeight: z.number().nonnegative().default(0.5),
	valueClip: z.number().positive().default(0.2),
});

export const TRAINING_CONFIGS = { sft: SftConfig, grpo: GrpoConfig, ppo: PpoConfig } satisfies Record<
	TrainingMethod,
	z.ZodType
>;

const Folder = z.string().min(1);

/** Of a training that begins with a language model, and ends with a checkpoint. */
const CheckpointJob = z.strictObject({
	schema: z.literal("assay.training-job.v1"),
	method: z.enum(TRAINING_METHODS),
	/** Of the checkpoint that comes out. */
	name: z.string().min(1),
	model: Folder,
	data: Folder,
	/** Prompts that are asked to see how training goes, and never learnt from; null: none. */
	heldOut: Folder.nullable(),
	run: Folder,
	/** null: nothing is judged. */
	judge: z
		.strictObject({
			folder: Folder,
			reward: z.enum(["binary", "fractional"]),
			tier: z.enum(["bwrap", "rlimit"]).nullable(),
			workers: Count.nullable(),
		})
		.nullable(),
	/** Of the processor; more than one gives up equal weights from equal seeds. */
	threads: Count,
	/** Whose code holds the model; `own`: only folders that assay wrote; `auto`: the first that fits. */
	library: z.enum(TRAINING_LIBRARIES).default("auto"),
	/** Whose loop trains. */
	engine: z.enum(TRAINING_ENGINES).default("builtin"),
	/** Of an engine that shares its work out, one a GPU. */
	processes: Count.default(1),
	/** `auto`: a CUDA device where there is one. */
	device: z.enum(["auto", "cpu", "cuda"]).default("auto"),
	config: z.union([SftConfig, GrpoConfig, PpoConfig]),
});
export type CheckpointJob = z.infer<typeof CheckpointJob>;

/** job.json in the folder of a training run; a run is resumed from nothing else. */
export const TrainingJob = z.discriminatedUnion("method", [CheckpointJob, WorldJob]);
export type TrainingJob = z.infer<typeof TrainingJob>;

/** One line of the trainer's standard output, and of metrics.jsonl. */
export const TrainerEvent = z.strictObject({
	v: z.literal(1),
	t: z.string(),
	/** Seconds since 1970. */
	at: z.number(),
	step: z.int().nonnegative().nullable(),
	m: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type TrainerEvent = z.infer<typeof TrainerEvent>;

/** One line of samples.jsonl: an attempt of a step of training, as the model wrote it. */
export const TrainingSample = z.strictObject({
	v: z.literal(1),
	step: z.int().positive(),
	taskId: z.string(),
	/** null: there was no verdict. */
	reward: z.number().nullable(),
	text: z.string(),
	/** The model wrote more. */
	isCut: z.boolean(),
});
export type TrainingSample = z.infer<typeof TrainingSample>;

/** One line of evaluations.jsonl: what was earned on prompts that nothing is learnt from. An evaluation of the same step stands for one before. */
export const TrainingEvaluation = z.strictObject({
	v: z.literal(1),
	/** 0: before the first step. */
	step: z.int().nonnegative(),
	/** Of each sample; null: there was no verdict. */
	tasks: z.array(z.strictObject({ taskId: z.string(), rewards: z.array(z.number().nullable()) })),
});
export type TrainingEvaluation = z.infer<typeof TrainingEvaluation>;
