import type { TrainingMethod } from "../domain/choices.js";
import {
	type ComparedTraining,
	type HeldOutMean,
	type HeldOutScore,
	TRAINING_BUDGETS,
	type TrainingBudget,
	type TrainingComparison,
} from "../domain/training-comparison.js";
import type { TrainingEvaluation } from "../domain/training-job.js";
import { bootstrapMean } from "../stats/bootstrap.js";
import { holm } from "../stats/holm.js";
import { signFlip } from "../stats/paired.js";

/** What is known of a training that is to be held against others. */
export interface TrainingRecord {
	name: string;
	method: TrainingMethod;
	model: string;
	data: string;
	seed: number;
	isFinished: boolean;
	budget: ComparedTraining["budget"];
	/** Before the first step, and of the weights that were kept. */
	before: TrainingEvaluation | null;
	after: TrainingEvaluation | null;
	/** How held-out prompts were asked. */
	asked: { prompts: string | null; samples: number; temperature: number; maxNewTokens: number; reward: string | null };
}

/** Amounts that differ by less are taken for equal. */
const TOLERANCE = 0.1;
const ALPHA = 0.05;
/** A sign-flip test of fewer tasks cannot give a p below 0.05. */
const FEWEST_TASKS = 6;

/** Sets trainings side by side: each against the first. Nothing is concluded about methods whose budgets are not matched. */
export function compareTrainings(records: readonly TrainingRecord[]): TrainingComparison {
	const trainings = records.map(describe);
	const [first, ...others] = records;
	const compared = first === undefined ? [] : others.map((other) => comparePair(first, other));
	const adjusted = holm(compared.map(({ p }) => p ?? 1));
	const matched = {
		steps: isMatched(trainings, "steps"),
		tokens: isMatched(trainings, "tokens"),
		judgedSamples: isMatched(trainings, "judgedSamples"),
		wallTimeMs: isMatched(trainings, "wallTimeMs"),
	};
	return {
		schema: "assay.training-comparison.v1",
		trainings,
		matched,
		tolerance: TOLERANCE,
		differences: differencesOf(records),
		pairs: compared.map((pair, at) => {
			const pAdjusted = pair.p === null ? null : (adjusted[at] ?? 1);
			return { ...pair, pAdjusted, conclusion: conclusionOf(pair.difference, pAdjusted) };
		}),
	};
}

export function notMatched({ matched }: TrainingComparison): TrainingBudget[] {
	return TRAINING_BUDGETS.filter((budget) => matched[budget] !== true);
}

function describe({ before, after, asked: _, ...told }: TrainingRecord): ComparedTraining {
	const gains = differencesByTask(before, after, meanReward);
	const passes = differencesByTask(before, after, passShare);
	const [reward, pass] = [meanOf([...gains.values()]), meanOf([...passes.values()])];
	const gain =
		reward === null || pass === null ? null : { reward, pass, p: signFlip(Float64Array.from(gains.values())).p };
	return { ...told, before: scoreOf(before), after: scoreOf(after), gain };
}

function scoreOf(evaluation: TrainingEvaluation | null): HeldOutScore | null {
	if (evaluation === null) return null;
	const reward = meanOf([...byTask(evaluation, meanReward).values()]);
	const pass = meanOf([...byTask(evaluation, passShare).values()]);
	return reward === null || pass === null ? null : { step: evaluation.step, reward, pass };
}

function meanOf(values: readonly number[]): HeldOutMean | null {
	if (values.length === 0) return null;
	const value = values.reduce((sum, one) => sum + one, 0) / values.length;
	return { value, interval: bootstrapMean(Float64Array.from(values)), tasks: values.length };
}

type OfTask = (rewards: readonly number[]) => number;
const meanReward: OfTask = (rewards) => rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
const passShare: OfTask = (rewards) => rewards.filter((reward) => reward === 1).length / rewards.length;

/** Of tasks with a verdict, in the order of their ids. */
function byTask({ tasks }: TrainingEvaluation, figure: OfTask): Map<string, number> {
	const judged = tasks.map(({ taskId, rewards }) => ({ taskId, known: rewards.filter((reward) => reward !== null) }));
	return new Map(
		judged
			.filter(({ known }) => known.length > 0)
			.sort((a, b) => (a.taskId < b.taskId ? -1 : 1))
			.map(({ taskId, known }) => [taskId, figure(known)]),
	);
}

function differencesByTask(
	before: TrainingEvaluation | null,
	after: TrainingEvaluation | null,
	figure: OfTask,
): Map<string, number> {
	if (before === null || after === null) return new Map();
	return difference(byTask(before, figure), byTask(after, figure));
}

function difference(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Map<string, number> {
	const shared = [...after].flatMap(([id, value]): [string, number][] => {
		const was = before.get(id);
		return was === undefined ? [] : [[id, value - was]];
	});
	return new Map(shared);
}

function comparePair(first: TrainingRecord, other: TrainingRecord) {
	const gains = [first, other].map(({ before, after }) => differencesByTask(before, after, meanReward));
	const more = [...difference(gains[0] ?? new Map(), gains[1] ?? new Map()).values()];
	const p = more.length === 0 ? null : signFlip(Float64Array.from(more)).p;
	return { first: first.name, other: other.name, difference: meanOf(more), p };
}

function conclusionOf(
	difference: HeldOutMean | null,
	p: number | null,
): TrainingComparison["pairs"][number]["conclusion"] {
	if (difference === null || p === null || difference.tasks < FEWEST_TASKS) return "cannot_tell";
	if (p >= ALPHA) return "no_difference_found";
	return difference.value > 0 ? "more" : "less";
}

function isMatched(trainings: readonly ComparedTraining[], name: TrainingBudget): boolean | null {
	const amounts = trainings.map(({ budget }) => budget[name]);
	const known = amounts.filter((amount) => amount !== null);
	if (known.length < amounts.length) return null;
	return Math.max(...known) <= Math.min(...known) * (1 + TOLERANCE);
}

/** Whatever would have to be the same for a difference to be that of the methods. */
function differencesOf(records: readonly TrainingRecord[]): string[] {
	const told: string[] = [];
	const differ = (what: string, of: (record: TrainingRecord) => string): void => {
		if (new Set(records.map(of)).size === 1) return;
		told.push(`${what}: ${records.map((record) => `${record.name} ${of(record)}`).join(", ")}`);
	};
	differ("they began with different models", ({ model }) => model);
	differ("other prompts were held out", ({ asked }) => asked.prompts ?? "none");
	differ("samples of a held-out prompt differ in number", ({ asked }) => String(asked.samples));
	differ("they were sampled otherwise", ({ asked }) => `T ${asked.temperature}, ${asked.maxNewTokens} tokens`);
	differ("rewards are of different kinds", ({ asked }) => asked.reward ?? "none");
	const unmeasured = records.filter(({ before, after }) => before === null || after === null);
	if (unmeasured.length > 0) {
		const names = unmeasured.map(({ name }) => name).join(", ");
		told.push(`not measured on held-out prompts before and after: ${names}`);
	}
	const unfinished = records.filter(({ isFinished }) => !isFinished);
	if (unfinished.length > 0) told.push(`not finished: ${unfinished.map(({ name }) => name).join(", ")}`);
	return told;
}
