import type { Alarm } from "../domain/training-activity.js";
import { median, trendOf } from "../stats/smoothing.js";
import { remoteAlarms } from "./remote-alarms.js";
import { type Metric, type TrainingMetrics, trainingEtaMs } from "./training-metrics.js";

/** Entropy below this share of its start is a collapse. */
const ENTROPY_SHARE = 0.1;
/** Of the width; a state encoder with fewer directions says little of what differs. */
const LEAST_RANK = 0.2;
const MOST_WITHOUT_SIGNAL = 0.8;
const MOST_TRUNCATED = 0.2;
const NORM_FACTOR = 10;
const LEAST_NORMS = 5;
const NORMS_BEFORE = 20;
const SILENT_MS = 600_000;
/** Steps that are looked at together: one alone says little. */
const RECENT = 5;

type Check = (state: TrainingMetrics, nowMs: number) => Alarm | null;

/** What is wrong with a training, worst first. */
export function trainingAlarms(state: TrainingMetrics, nowMs: number): Alarm[] {
	const { remote } = state;
	const isRunning = state.state === "running";
	const there = remote === null ? [] : remoteAlarms(remote, { isRunning, etaMs: trainingEtaMs(state) }, nowMs);
	return [...CHECKS.flatMap((check) => check(state, nowMs) ?? []), ...there];
}

const CHECKS: readonly Check[] = [
	(state) => {
		const bad = [...state.metrics.values()].find(
			({ name, values }) =>
				/(^|\/)(policy_|pg_|value_)?loss$/.test(name) && values.some((value) => !Number.isFinite(value)),
		);
		if (bad === undefined) return null;
		const at = bad.steps[bad.values.findIndex((value) => !Number.isFinite(value))] ?? null;
		const advice = "a lower learningRate or clipNorm; what comes after is worth nothing";
		return { name: "loss_not_a_number", level: "error", at, text: `${bad.name} is no number at step ${at}`, advice };
	},
	(state) => {
		if (state.unchanged === null) return null;
		const advice = "prompts that are solved now and then, or a larger groupSize";
		return { name: "unchanged", level: "error", at: null, text: `the model is as it was: ${state.unchanged}`, advice };
	},
	(state) => {
		const entropy = metricNamed(state, /(^|\/)entropy(\/|$)/);
		const first = entropy?.values.find((value) => value > 0);
		const now = recent(entropy);
		if (entropy === null || first === undefined || now === null || now >= ENTROPY_SHARE * first) return null;
		const text = `entropy fell to ${percent(now / first)} of its start (${short(first)} to ${short(now)})`;
		const advice = "a klWeight above 0, a higher temperature, or fewer steps";
		return { name: "entropy_collapse", level: "warning", at: entropy.steps.at(-1) ?? null, text, advice };
	},
	(state) => {
		const rank = metricNamed(state, /^eval\/effective_rank_ratio$/);
		const now = rank?.values.findLast(Number.isFinite);
		if (rank === null || now === undefined || now >= LEAST_RANK) return null;
		const text = `the effective rank of states is ${short(now)} of their width: below ${LEAST_RANK} they have collapsed`;
		const advice = "a larger sigregWeight, or more steps if it still rises";
		return { name: "rank_collapse", level: "warning", at: rank.steps.at(-1) ?? null, text, advice };
	},
	(state) => {
		const reward = metricNamed(state, /^(reward|critic\/score\/mean|rollout\/reward_mean)$/);
		const heldOut = metricNamed(state, /^eval[/_].*reward/);
		if (reward === null || heldOut === null) return null;
		if (trendOf(reward.values) !== 1 || trendOf(heldOut.values) !== -1) return null;
		const text = "the reward rises while the held-out reward falls: it learns what does not carry over";
		const advice = "fewer steps, more prompts, or a klWeight above 0";
		return { name: "held_out_falls", level: "warning", at: heldOut.steps.at(-1) ?? null, text, advice };
	},
	(state) => {
		const informative = metricNamed(state, /^informative$/);
		const zero = metricNamed(state, /^frac_reward_zero_std$/);
		const signal = recent(informative);
		const share = signal === null ? recent(zero) : 1 - signal;
		if (share === null || share <= MOST_WITHOUT_SIGNAL) return null;
		const at = (informative ?? zero)?.steps.at(-1) ?? null;
		const text = `${percent(share)} of the groups have equal rewards and teach nothing: tasks are too easy or too hard`;
		const advice = "curriculum 1 asks what is solved now and then; a larger groupSize finds differences";
		return { name: "groups_without_signal", level: "warning", at, text, advice };
	},
	(state) => {
		const truncated = metricNamed(state, /truncated|clipped_ratio|response_length\/clip_ratio/);
		const share = recent(truncated);
		if (truncated === null || share === null || share <= MOST_TRUNCATED) return null;
		const text = `${percent(share)} of the attempts are cut off at the limit of tokens`;
		const advice = "a larger maxNewTokens";
		return { name: "truncated", level: "warning", at: truncated.steps.at(-1) ?? null, text, advice };
	},
	(state) => {
		const norms = metricNamed(state, /(^|\/)grad_norm$/);
		const jump = norms === null ? null : largestJump(norms.values);
		if (norms === null || jump === null || jump.factor <= NORM_FACTOR) return null;
		const { at: index, value, factor } = jump;
		const at = norms.steps[index] ?? null;
		const text = `the gradient norm was ${short(value)} at step ${at}, ${Math.round(factor)} times what it was just before`;
		const advice = "a lower learningRate or clipNorm, if the reward or the held-out figure fell with it";
		return { name: "gradient_norm", level: "warning", at, text, advice };
	},
	({ state, lastAt }, nowMs) => silence(state, lastAt === null ? null : lastAt * 1000, nowMs),
];

/** Of what goes on, and says nothing. */
export function silence(state: TrainingMetrics["state"], lastMs: number | null, nowMs: number): Alarm | null {
	if (state !== "running" || lastMs === null || nowMs - lastMs <= SILENT_MS) return null;
	const text = `nothing was reported for ${Math.floor((nowMs - lastMs) / 60_000)} min`;
	return { name: "silent", level: "warning", at: null, text, advice: "its out.log tells what it did last" };
}

function metricNamed({ metrics }: TrainingMetrics, name: RegExp): Metric | null {
	for (const metric of metrics.values()) if (name.test(metric.name)) return metric;
	return null;
}

/** The value that is the most times the median of those right before it: norms fall by themselves as a model learns. */
function largestJump(values: readonly number[]): { at: number; value: number; factor: number } | null {
	let largest: { at: number; value: number; factor: number } | null = null;
	for (let at = LEAST_NORMS; at < values.length; at++) {
		const value = values[at] ?? Number.NaN;
		// Most values are no news, whose neighbours need not be sorted for that.
		if (!(value > NORM_FACTOR * Math.min(...values.slice(at - LEAST_NORMS, at)))) continue;
		const usual = median(values.slice(Math.max(0, at - NORMS_BEFORE), at));
		if (usual === null || usual === 0) continue;
		const factor = value / usual;
		if (factor > (largest?.factor ?? 0)) largest = { at, value, factor };
	}
	return largest;
}

/** Mean of the last values that there are. */
function recent(metric: Metric | null): number | null {
	const values = metric?.values.filter(Number.isFinite).slice(-RECENT) ?? [];
	return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const percent = (share: number) => `${Math.round(share * 100)} %`;
const short = (value: number) => String(Number(value.toPrecision(3)));
