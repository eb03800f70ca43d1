import type { Alarm } from "../domain/training-activity.js";
import { median, trendOf } from "../stats/smoothing.js";
import type { LoopState } from "./loop-state.js";
import { remoteAlarms } from "./remote-alarms.js";
import { type Metric, type TrainingMetrics, trainingEtaMs } from "./training-metrics.js";

/** Entropy below this share of its start is a collapse. */
const ENTROPY_SHARE = 0.1;
const MOST_WITHOUT_SIGNAL = 0.8;
const MOST_TRUNCATED = 0.2;
const NORM_FACTOR = 10;
const LEAST_NORMS = 5;
const NORMS_BEFORE = 20;
const SILENT_MS = 600_000;
/** Distinct programs below these shares of the first model's. */
const DIVERSITY_LOW = 0.5;
const DIVERSITY_COLLAPSED = 0.3;
/** Pass rates of a task between which it was forgotten, and the share of such tasks that is an alarm. */
const ONCE_SOLVED = 0.75;
const FORGOTTEN = 0.25;
const MOST_FORGOTTEN = 0.2;
const LEAST_SOLVED = 5;
/** Steps that are looked at together: one alone says little. */
const RECENT = 5;

type Check = (state: TrainingMetrics, nowMs: number) => Alarm | null;

/** What is wrong with a training, worst first. */
export function trainingAlarms(state: TrainingMetrics, nowMs: number): Alarm[] {
	const { remote } = state;
	const there = remote === null || state.state !== "running" ? [] : remoteAlarms(remote, trainingEtaMs(state), nowMs);
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
		return { name: "loss_not_a_number", level: "error", at, text: `${bad.name} is no number at step ${at}` };
	},
	(state) => {
		if (state.unchanged === null) return null;
		return { name: "unchanged", level: "error", at: null, text: `the model is as it was: ${state.unchanged}` };
	},
	(state) => {
		const entropy = metricNamed(state, /(^|\/)entropy(\/|$)/);
		const first = entropy?.values.find((value) => value > 0);
		const now = recent(entropy);
		if (entropy === null || first === undefined || now === null || now >= ENTROPY_SHARE * first) return null;
		const text = `entropy fell to ${percent(now / first)} of its start (${short(first)} to ${short(now)})`;
		return { name: "entropy_collapse", level: "warning", at: entropy.steps.at(-1) ?? null, text };
	},
	(state) => {
		const reward = metricNamed(state, /^(reward|critic\/score\/mean|rollout\/reward_mean)$/);
		const heldOut = metricNamed(state, /^eval[/_].*reward/);
		if (reward === null || heldOut === null) return null;
		if (trendOf(reward.values) !== 1 || trendOf(heldOut.values) !== -1) return null;
		const text = "the reward rises while the held-out reward falls: it learns what does not carry over";
		return { name: "held_out_falls", level: "warning", at: heldOut.steps.at(-1) ?? null, text };
	},
	(state) => {
		const informative = metricNamed(state, /^informative$/);
		const zero = metricNamed(state, /^frac_reward_zero_std$/);
		const signal = recent(informative);
		const share = signal === null ? recent(zero) : 1 - signal;
		if (share === null || share <= MOST_WITHOUT_SIGNAL) return null;
		const at = (informative ?? zero)?.steps.at(-1) ?? null;
		const text = `${percent(share)} of the groups have equal rewards and teach nothing: tasks are too easy or too hard`;
		return { name: "groups_without_signal", level: "warning", at, text };
	},
	(state) => {
		const truncated = metricNamed(state, /truncated|clipped_ratio|response_length\/clip_ratio/);
		const share = recent(truncated);
		if (truncated === null || share === null || share <= MOST_TRUNCATED) return null;
		const text = `${percent(share)} of the attempts are cut off at the limit of tokens`;
		return { name: "truncated", level: "warning", at: truncated.steps.at(-1) ?? null, text };
	},
	(state) => {
		const norms = metricNamed(state, /(^|\/)grad_norm$/);
		const jump = norms === null ? null : largestJump(norms.values);
		if (norms === null || jump === null || jump.factor <= NORM_FACTOR) return null;
		const { at: index, value, factor } = jump;
		const at = norms.steps[index] ?? null;
		const text = `the gradient norm was ${short(value)} at step ${at}, ${Math.round(factor)} times what it was just before`;
		return { name: "gradient_norm", level: "warning", at, text };
	},
	({ state, lastAt }, nowMs) => silence(state, lastAt === null ? null : lastAt * 1000, nowMs),
];

/** What is wrong with a loop, in the order in which it went wrong. */
export function loopAlarms(loop: LoopState, nowMs: number): Alarm[] {
	const last = loop.scores.at(-1)?.iteration;
	const alarms = loop.scores.flatMap(({ iteration }) => [
		// Once low it stays so: the last one tells it all.
		...(iteration === last ? diversityAlarm(loop, iteration) : []),
		...worseAlarm(loop, iteration),
		...forgettingAlarm(loop, iteration),
	]);
	const silent = silence(loop.state, loop.changedAtMs, nowMs);
	return silent === null ? alarms : [...alarms, silent];
}

function diversityAlarm({ scores }: LoopState, iteration: number): Alarm[] {
	const [before, now] = [scores[0], scores.find((score) => score.iteration === iteration)].map(
		(score) => score?.distinctShare ?? null,
	);
	if (before == null || now == null || before === 0 || now >= DIVERSITY_LOW * before) return [];
	const text = `diversity fell to ${percent(now / before)} of its start (${percent(before)} to ${percent(now)} distinct programs)`;
	return now < DIVERSITY_COLLAPSED * before
		? [{ name: "diversity_collapse", level: "error", at: iteration, text }]
		: [{ name: "diversity_low", level: "warning", at: iteration, text }];
}

function worseAlarm({ changes }: LoopState, iteration: number): Alarm[] {
	return changes
		.filter((change) => change.iteration === iteration && change.conclusion === "worse")
		.map(({ against, up, down }) => {
			const text = `iteration ${iteration} is significantly worse than ${against}: ${down} tasks got worse, ${up} better`;
			return { name: "worse", level: "error", at: iteration, text };
		});
}

/** Held-out tasks that an earlier iteration solved and this one hardly does; far apart, so that chance alone is no alarm. */
function forgettingAlarm({ tasks }: LoopState, iteration: number): Alarm[] {
	const best = new Map<string, number>();
	for (const [earlier, rates] of tasks) {
		if (earlier >= iteration) continue;
		for (const { taskId, n, accepted } of rates)
			if (n > 0) best.set(taskId, Math.max(best.get(taskId) ?? 0, accepted / n));
	}
	const once = (tasks.get(iteration) ?? []).filter(({ taskId }) => (best.get(taskId) ?? 0) >= ONCE_SOLVED);
	const forgotten = once.filter(({ n, accepted }) => n > 0 && accepted / n <= FORGOTTEN);
	if (once.length < LEAST_SOLVED || forgotten.length <= MOST_FORGOTTEN * once.length) return [];
	const text = `forgetting: ${forgotten.length} of ${once.length} held-out tasks that were solved before are not any more`;
	return [{ name: "forgetting", level: "error", at: iteration, text }];
}

function silence(state: TrainingMetrics["state"], lastMs: number | null, nowMs: number): Alarm | null {
	if (state !== "running" || lastMs === null || nowMs - lastMs <= SILENT_MS) return null;
	const text = `nothing was reported for ${Math.floor((nowMs - lastMs) / 60_000)} min`;
	return { name: "silent", level: "warning", at: null, text };
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

const percent = (share: number) => `${Math.round(share * 100)} %`;
const short = (value: number) => String(Number(value.toPrecision(3)));
