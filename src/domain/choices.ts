// Lists that the command line shows. They lie apart from their schemas, so that to declare a command loads no schema.

export const STRATEGIES = ["none", "retry", "feedback", "reflection", "edit-blocks", "edit-diff"] as const;

/** What two sets of results must share before their scores say something about the candidates. */
export const DIFFERENCES = [
	"tasks",
	"tests",
	"n",
	"tier",
	"limits",
	"gate",
	"template",
	"sampling",
	"incomplete",
] as const;

/** What may differ between two programs of a task that are judged as one. `names`: names of local variables, too. */
export const SAMENESS = ["tree", "names"] as const;
export type Sameness = (typeof SAMENESS)[number];

/** Rules that pick one of a task's candidates without looking at hidden tests; see `SelectionScore`. */
export const COUNTED_SELECTORS = [
	"public",
	"majority",
	"public+majority",
	"logprob",
	"agreement",
	"public+agreement",
	"examples",
	"examples+agreement",
] as const;
export type CountedSelector = (typeof COUNTED_SELECTORS)[number];

/** The same by a world model's energy, and by trees that other tasks taught: nothing is run for them. */
const MODEL_SELECTORS = ["energy", "pass-probability"] as const;
export type ModelSelector = (typeof MODEL_SELECTORS)[number];

export const SELECTORS = [...COUNTED_SELECTORS, ...MODEL_SELECTORS] as const;
export type Selector = (typeof SELECTORS)[number];

export function isModelSelector(selector: Selector): selector is ModelSelector {
	return MODEL_SELECTORS.some((name) => name === selector);
}

/** How a checkpoint is trained: on accepted examples, or on rewards. */
export const TRAINING_METHODS = ["sft", "grpo", "ppo"] as const;
export type TrainingMethod = (typeof TRAINING_METHODS)[number];

/** Whose code holds a model that is trained. */
export const TRAINING_LIBRARIES = ["auto", "own", "transformers"] as const;
export type TrainingLibrary = (typeof TRAINING_LIBRARIES)[number];

/** Whose loop trains; all but the builtin one are launched. */
export const TRAINING_ENGINES = ["builtin", "trl", "verl"] as const;
export type TrainingEngine = (typeof TRAINING_ENGINES)[number];

/** Other trainers whose printed figures are understood. */
export const TRAINING_LOGS = ["huggingface", "trl", "verl", "prime-rl"] as const;
export type TrainingLog = (typeof TRAINING_LOGS)[number];

/** Of everything random, where no seed is given. */
export const DEFAULT_SEED = 20260601;
/** Parts that tasks are dealt to where something is fitted on the others. */
export const DEFAULT_FOLDS = 5;

/** How results are compared where nothing else is said. */
export const COMPARISON_DEFAULTS = { k: 1, seed: DEFAULT_SEED, resamples: 10_000 } as const;
/** Groups that get more than n candidates: some accepted and some not; or these, and those without an accepted one. */
export const WIDENED_GROUPS = ["mixed", "mixed+none"] as const;
export type WidenedGroups = (typeof WIDENED_GROUPS)[number];

/** What tasks are grouped by. */
export const GROUP_KEYS = ["difficulty", "tag", "split", "language", "source", "length"] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

/** What is watched of trainings and loops; see `trainingAlarms` and `loopAlarms`. */
export const ALARM_NAMES = [
	"loss_not_a_number",
	"unchanged",
	"entropy_collapse",
	"rank_collapse",
	"held_out_falls",
	"groups_without_signal",
	"truncated",
	"gradient_norm",
	"silent",
	"budget_share",
	"budget_projected",
	"gpu_idle",
	"disk_low",
	"mirror_broken",
	"worse",
	"diversity_low",
	"diversity_collapse",
	"forgetting",
] as const;
export type AlarmName = (typeof ALARM_NAMES)[number];

/** Those that end a loop unless something else is said: what comes after them is worth nothing. */
const STOPPING_ALARMS = [
	"loss_not_a_number",
	"worse",
	"diversity_collapse",
	"forgetting",
] as const satisfies readonly AlarmName[];

/** What loops are run with unless something else is said; found on the tasks that ship with assay. */
export const LOOP_DEFAULTS = {
	iterations: 3,
	n: 8,
	split: "train",
	heldOut: ["dev", "test_private"],
	perTask: 1,
	from: "base",
	replay: 1,
	curriculum: 1,
	patience: 2,
	stopOn: STOPPING_ALARMS,
} as const;

/** What training data are for. */
export const DATA_FORMATS = ["sft", "preference", "grpo", "edits"] as const;
export type DataFormat = (typeof DATA_FORMATS)[number];

/** `completion`: a prompt as one text; `chat`: messages; `axiom-rl`: the fields of its solutions.jsonl. */
export const DATA_SHAPES = ["completion", "chat", "axiom-rl"] as const;
export type DataShape = (typeof DATA_SHAPES)[number];

/** Evaluations of a world model: on transitions, the last two on the candidates of a run. */
export const WORLD_EVALS = ["retrieval", "surprise", "latent", "scorer-quality", "rerank", "calibration"] as const;
export type WorldEval = (typeof WORLD_EVALS)[number];

/** Parts of transitions; a task or repository is in one of them. */
export const TRANSITION_SPLITS = ["train", "dev", "test"] as const;
export type TransitionSplit = (typeof TRANSITION_SPLITS)[number];
