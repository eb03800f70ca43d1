import type { Alarm, TaskRate } from "../domain/training-activity.js";
import { meanPassAtK } from "../stats/pass-at-k.js";
import { summarise } from "../stats/summary.js";
import type { LoopState } from "./loop-state.js";
import { percent, silence } from "./training-alarms.js";

/** Distinct programs below these shares of the first model's. */
const DIVERSITY_LOW = 0.5;
const DIVERSITY_COLLAPSED = 0.3;
/** Pass rates of a task between which it was forgotten, and the share of such tasks that is an alarm. */
const ONCE_SOLVED = 0.75;
const FORGOTTEN = 0.25;
const MOST_FORGOTTEN = 0.2;
const LEAST_SOLVED = 5;
/** A mean difference is up or down where it is so many times its standard error, over at least so many tasks. */
const ERRORS = 2;
const LEAST_PAIRS = 10;

/** What is wrong with a loop, in the order in which it went wrong. */
export function loopAlarms(loop: LoopState, nowMs: number): Alarm[] {
	const last = loop.scores.at(-1)?.iteration;
	const alarms = loop.scores.flatMap(({ iteration }) => [
		// Once low it stays so: the last one tells it all.
		...(iteration === last ? diversityAlarm(loop, iteration) : []),
		...worseAlarm(loop, iteration),
		...heldOutFallsAlarm(loop, iteration),
		...forgettingAlarm(loop, iteration),
	]);
	const silent = silence(loop.state, loop.changedAtMs, nowMs);
	return silent === null ? alarms : [...alarms, silent];
}

function diversityAlarm(loop: LoopState, iteration: number): Alarm[] {
	const [before, now] = [loop.scores[0], loop.scores.find((score) => score.iteration === iteration)].map(
		(score) => score?.distinctShare ?? null,
	);
	if (before == null || now == null || before === 0 || now >= DIVERSITY_LOW * before) return [];
	const fell = `diversity fell to ${percent(now / before)} of its start (${percent(before)} to ${percent(now)} distinct programs)`;
	const text = `${fell}${coverageText(loop, iteration)}`;
	const advice =
		"samples repeat each other: a higher --temperature or more examples a task (--per-task) keep more ways";
	return now < DIVERSITY_COLLAPSED * before
		? [{ name: "diversity_collapse", level: "error", at: iteration, text, advice }]
		: [{ name: "diversity_low", level: "warning", at: iteration, text, advice }];
}

/** Whether fewer ways solve fewer tasks, or are only surer: what the most samples of a task solve, first and now. */
function coverageText({ heldOut }: LoopState, iteration: number): string {
	const rates = [heldOut.get(0) ?? [], heldOut.get(iteration) ?? []];
	const k = rates.flat().reduce((least, { n }) => Math.min(least, n), Number.POSITIVE_INFINITY);
	const [before, now] = rates.map((one) => meanPassAtK(one, k).value);
	if (k <= 1 || before == null || now == null) return "";
	return `, pass@${k} went from ${before.toFixed(3)} to ${now.toFixed(3)}`;
}

function worseAlarm({ changes }: LoopState, iteration: number): Alarm[] {
	return changes
		.filter((change) => change.iteration === iteration && change.conclusion === "worse")
		.map(({ against, up, down }) => {
			const text = `iteration ${iteration} is significantly worse than ${against}: ${down} tasks got worse, ${up} better`;
			return { name: "worse", level: "error", at: iteration, text, advice: `checkpoint ${against} is the better one` };
		});
}

/**
 * Held-out tasks fall behind the best checkpoint so far, while of those that are learnt from more and more attempts are
 * accepted. A curriculum asks again what went badly, which alone lets these look a little better than they are.
 */
function heldOutFallsAlarm({ scores, heldOut, learnt }: LoopState, iteration: number): Alarm[] {
	const earlier = scores.filter((score) => score.iteration < iteration);
	if (earlier.length === 0) return [];
	const best = earlier.reduce((a, b) => (b.passAt1.value > a.passAt1.value ? b : a)).iteration;
	const apart = pairedChange(heldOut.get(best), heldOut.get(iteration));
	const own = pairedChange(learnt.get(iteration - 1), learnt.get(iteration));
	if (apart?.direction !== -1 || own?.direction !== 1) return [];
	const text = `held-out tasks fall (${percent(apart.before)} at iteration ${best} to ${percent(apart.after)}) while those that are learnt from rise (${percent(own.before)} to ${percent(own.after)} accepted): it learns what does not carry over`;
	const advice = `checkpoint ${best} is the better one; fewer epochs or more tasks`;
	return [{ name: "held_out_falls", level: "warning", at: iteration, text, advice }];
}

/** Mean pass rates of the tasks that both have; null: too few. */
function pairedChange(
	before: readonly TaskRate[] = [],
	after: readonly TaskRate[] = [],
): { before: number; after: number; direction: -1 | 0 | 1 } | null {
	const first = new Map(before.flatMap(({ taskId, n, accepted }) => (n > 0 ? [[taskId, accepted / n]] : [])));
	const pairs = after.flatMap(({ taskId, n, accepted }) => {
		const was = first.get(taskId);
		return n === 0 || was === undefined ? [] : [{ was, is: accepted / n }];
	});
	const { mean, std } = summarise(Float64Array.from(pairs, ({ was, is }) => is - was));
	if (pairs.length < LEAST_PAIRS || mean === null || std === null) return null;
	const isChange = Math.abs(mean) > (ERRORS * std) / Math.sqrt(pairs.length);
	const meanOf = (side: "was" | "is") => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
	return { before: meanOf("was"), after: meanOf("is"), direction: isChange ? (mean > 0 ? 1 : -1) : 0 };
}

/** Held-out tasks that an earlier iteration solved and this one hardly does; far apart, so that chance alone is no alarm. */
function forgettingAlarm({ heldOut }: LoopState, iteration: number): Alarm[] {
	const best = new Map<string, number>();
	for (const [earlier, rates] of heldOut) {
		if (earlier >= iteration) continue;
		for (const { taskId, n, accepted } of rates)
			if (n > 0) best.set(taskId, Math.max(best.get(taskId) ?? 0, accepted / n));
	}
	const once = (heldOut.get(iteration) ?? []).filter(({ taskId }) => (best.get(taskId) ?? 0) >= ONCE_SOLVED);
	const forgotten = once.filter(({ n, accepted }) => n > 0 && accepted / n <= FORGOTTEN);
	if (once.length < LEAST_SOLVED || forgotten.length <= MOST_FORGOTTEN * once.length) return [];
	const text = `forgetting: ${forgotten.length} of ${once.length} held-out tasks that were solved before are not any more`;
	const advice = "--replay 1 learns all that was solved before again; --from base begins anew each time";
	return [{ name: "forgetting", level: "error", at: iteration, text, advice }];
}
