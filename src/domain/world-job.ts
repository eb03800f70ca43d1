import { z } from "zod";

const Count = z.int().positive();
const CountOrZero = z.int().nonnegative();
const Share = z.number().min(0).max(1);
const Weight = z.number().nonnegative();

/** Settings of a world model's training. They mirror `WorldConfig` of the trainer, name by name; a test holds them equal. */
const Settings = z.strictObject({
	steps: Count,
	learningRate: z.number().positive().max(1).default(2e-3),
	warmupSteps: CountOrZero.default(30),
	/** Of the peak, at the end of the cosine. */
	finalRate: Share.default(0.05),
	weightDecay: Weight.default(0.05),
	beta1: Share.default(0.9),
	beta2: Share.default(0.95),
	clipNorm: z.number().positive().default(1),
	seed: CountOrZero.default(0),
	checkpointEvery: Count.default(50),
	reportEvery: Count.default(20),
	evaluateEvery: Count.default(200),
	/** Pieces of the tokenizer, at most. */
	vocabulary: Count.default(2048),
	maxState: Count.default(512),
	/** Longer programs are cut in training alone, to save time. */
	maxLearnt: Count.default(128),
	maxAction: Count.default(128),
	width: Count.default(64),
	embedding: Count.default(64),
	layers: CountOrZero.default(2),
	kernel: Count.refine((kernel) => kernel % 2 === 1, "expected an odd number").default(5),
	pools: Count.default(4),
	predictorLayers: CountOrZero.default(2),
	/** Of the width, dimensions that structure numbers alone decide. */
	structure: Count.default(8),
	/** Of what is summed up of a program's pieces, dropped in training. */
	dropout: z.number().min(0).lt(1).default(0.1),
	/** Models that learn apart and are asked together. */
	members: Count.default(1),
	/** Of the target encoder, how much stays in a step; 0: before and after states have one encoder. */
	targetKeep: z.number().min(0).lt(1).default(0),
	/** Questions in a step, and after-states of each at most. */
	sets: Count.default(60),
	setSize: Count.default(14),
	/** Of the questions of a step, those with many candidates to choose from. */
	sampledShare: Share.default(0.2),
	/** Mutants are learnt from too, as what is not likely. */
	mutants: z.boolean().default(false),
	/** Of pieces, hidden from the model in training. */
	hiddenShare: z.number().min(0).lt(1).default(0.1),
	/** Of before-states, hidden whole: what was asked must tell what they do not. */
	beforeHiddenShare: Share.default(0.5),
	/** Of questions, left out, so that a prediction without one is learnt too. */
	actionLeftOut: Share.default(0.1),
	predictionWeight: Weight.default(1),
	sigregWeight: Weight.default(2),
	/** Random projections of SIGReg. */
	directions: Count.default(128),
	/** Of the contrast between a question's after-states: valid and central ones against the others. */
	setWeight: Weight.default(6),
	/** What a published solution counts there, beside all other valid after-states of its question together. */
	referenceWeight: Weight.default(1),
	/** Of the contrast against the after-states of other questions. */
	contrastWeight: Weight.default(1),
	/** Of the contrast of each after-state's own question against other questions. */
	answerWeight: Weight.default(1),
	/** What energies are divided by in all contrasts. */
	temperature: z.number().positive().default(8),
	/** Of the loss that holds a prediction with its action below the one without. */
	actionWeight: Weight.default(0),
	actionMargin: Weight.default(1),
	/** Of the prediction from edit operations. */
	operationsWeight: Weight.default(0.2),
	/** Of the pass head, whose gradient ends at the states. */
	passWeight: Weight.default(1),
	/** Tasks are dealt into so many parts, and those of part `fold` are not learnt; 1: all are. */
	folds: Count.default(1),
	fold: CountOrZero.default(0),
	precision: z.enum(["auto", "float32", "bfloat16"]).default("auto"),
});

export const WorldConfig = Settings.refine(({ fold, folds }) => fold < folds, {
	path: ["fold"],
	error: "expected less than folds",
}).refine(({ structure, width }) => structure < width, { path: ["structure"], error: "expected less than width" });

const Folder = z.string().min(1);

/** Of a training that begins with random weights, learns from transitions and asks no prompts. */
export const WorldJob = z.strictObject({
	schema: z.literal("assay.training-job.v1"),
	method: z.literal("world"),
	/** Of the model that comes out. */
	name: z.string().min(1),
	/** Folder of transitions. */
	data: Folder,
	run: Folder,
	/** Of the processor; more than one gives up equal weights from equal seeds. */
	threads: Count,
	/** `auto`: a CUDA device where there is one. */
	device: z.enum(["auto", "cpu", "cuda"]).default("auto"),
	config: WorldConfig,
});
export type WorldJob = z.infer<typeof WorldJob>;
