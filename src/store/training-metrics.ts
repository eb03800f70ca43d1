import type { TrainingState } from "../domain/training-activity.js";
import type { TrainerEvent, TrainingJob, TrainingSample } from "../domain/training-job.js";
import type { RemoteActivity } from "./remote-activity.js";

/** One figure of a training over its steps, oldest first. NaN: it was reported without a value. */
export interface Metric {
	name: string;
	steps: number[];
	/** Seconds since 1970. */
	times: number[];
	/** Tokens learnt from until then; NaN where the trainer does not count them. */
	tokens: number[];
	values: number[];
}

export interface TrainingMetrics {
	job: TrainingJob | null;
	/** The trainer that printed the figures, where it ran elsewhere; null: it is ours, or not known yet. */
	importedFrom: string | null;
	/** null: this machine trains. */
	remote: RemoteActivity | null;
	state: TrainingState;
	metrics: ReadonlyMap<string, Metric>;
	/** The last step that was reported, and how many there are to be; null: not known yet. */
	step: number;
	total: number | null;
	/** Where counting began in this process, for the pace; null before the first step. */
	paceFrom: { step: number; at: number } | null;
	/** What the model wrote, the newest steps last; a step that is done again stands for itself of before. */
	samples: readonly TrainingSample[];
	/** Seconds since 1970, of the first and the last line. */
	startedAt: number | null;
	lastAt: number | null;
	tokens: number;
	isFinished: boolean;
	/** Why training changed nothing; null: it did, or nothing is known. */
	unchanged: string | null;
	/** Steps that learnt nothing, and the reason given last. */
	skipped: { steps: number; reason: string | null };
}

export function emptyMetrics(): TrainingMetrics {
	return {
		job: null,
		importedFrom: null,
		remote: null,
		state: "interrupted",
		metrics: new Map(),
		step: 0,
		total: null,
		paceFrom: null,
		samples: [],
		startedAt: null,
		lastAt: null,
		tokens: 0,
		isFinished: false,
		unchanged: null,
		skipped: { steps: 0, reason: null },
	};
}

export const KEPT_SAMPLES = 32;

export function addSamples(was: TrainingMetrics, samples: readonly TrainingSample[]): TrainingMetrics {
	const first = Math.min(...samples.map(({ step }) => step));
	const before = was.samples.filter(({ step }) => step < first);
	return { ...was, samples: [...before, ...samples].slice(-KEPT_SAMPLES) };
}

/** Takes events in; the columns of `was` are added to, so that a long training costs no more with each step. */
export function addEvents(was: TrainingMetrics, events: readonly TrainerEvent[]): TrainingMetrics {
	const state = { ...was, metrics: new Map(was.metrics), skipped: { ...was.skipped } };
	for (const event of events) add(state, event);
	return state;
}

type Growing = Omit<TrainingMetrics, "metrics"> & { metrics: Map<string, Metric> };

function add(state: Growing, { t, at, step, m }: TrainerEvent): void {
	state.startedAt ??= at;
	state.lastAt = at;
	switch (t) {
		case "train.started":
			if (typeof m.steps === "number") state.total = m.steps;
			// It goes on from its last checkpoint: the pace before says nothing of the pace now.
			state.paceFrom = null;
			return;
		case "train.imported":
			if (typeof m.format === "string") state.importedFrom = m.format;
			return;
		case "train.finished":
			state.total ??= step;
			state.isFinished = true;
			return;
		case "train.unchanged":
			state.unchanged = typeof m.reason === "string" ? m.reason : "nothing was learnt";
			return;
	}
	if (step === null) return;
	const isEvaluation = EVALUATIONS.has(t);
	// Steps after the checkpoint that a killed training went on from are done again.
	if (!isEvaluation && step <= state.step) cutFrom(state, step);
	if (!isEvaluation) {
		state.step = step;
		state.paceFrom ??= { step, at };
		if (typeof m.num_tokens === "number") state.tokens += m.num_tokens;
		if (typeof m.skipped === "string") state.skipped = { steps: state.skipped.steps + 1, reason: m.skipped };
	}
	const tokens = typeof m.num_tokens === "number" || state.tokens > 0 ? state.tokens : Number.NaN;
	for (const [name, value] of figuresOf({ t, m })) {
		const known = state.metrics.get(name) ?? { name, steps: [], times: [], tokens: [], values: [] };
		// An evaluation of the same step stands for one before.
		const metric = isEvaluation && known.steps.at(-1) === step ? upTo(known, -1) : known;
		state.metrics.set(name, metric);
		metric.steps.push(step);
		metric.times.push(at);
		metric.tokens.push(tokens);
		metric.values.push(value ?? Number.NaN);
	}
}

const EVALUATIONS: ReadonlySet<string> = new Set(["eval", "world.evaluation"]);

/** What an event measured, by name; null: it was to be measured, and has no value. */
export function figuresOf({ t, m }: Pick<TrainerEvent, "t" | "m">): [name: string, value: number | null][] {
	return Object.entries(m).flatMap(([name, value]): [string, number | null][] => {
		// Which of several models learns is a label of the others.
		if (name === "member" || (typeof value !== "number" && value !== null)) return [];
		return [[EVALUATIONS.has(t) ? `eval/${name}` : name, value]];
	});
}

function cutFrom(state: Growing, step: number): void {
	for (const [name, metric] of state.metrics) {
		const at = metric.steps.findIndex((known) => known >= step);
		if (at < 0) continue;
		if (name === "num_tokens") state.tokens -= metric.values.slice(at).reduce((sum, value) => sum + value, 0);
		state.metrics.set(name, upTo(metric, at));
	}
}

function upTo({ name, steps, times, tokens, values }: Metric, end: number): Metric {
	return {
		name,
		steps: steps.slice(0, end),
		times: times.slice(0, end),
		tokens: tokens.slice(0, end),
		values: values.slice(0, end),
	};
}

export function lastOf(state: TrainingMetrics, name: string): number | null {
	return state.metrics.get(name)?.values.findLast(Number.isFinite) ?? null;
}

/** By the pace since it began or went on; null: there is none, or nothing is left. */
export function trainingEtaMs({ state, paceFrom, step, total, lastAt }: TrainingMetrics): number | null {
	if (state !== "running" || paceFrom === null || total === null || lastAt === null || step <= paceFrom.step)
		return null;
	return ((lastAt - paceFrom.at) / (step - paceFrom.step)) * (total - step) * 1000;
}
