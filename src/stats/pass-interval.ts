import { bootstrapMean } from "./bootstrap.js";
import type { Interval } from "./interval.js";
import { passAtK } from "./pass-at-k.js";

/**
 * Of `meanPassAtK`: whole tasks are drawn again, in the order of their ids, so that every place that shows the score shows
 * one interval. Tasks with fewer than k candidates are left out.
 */
export function passInterval(
	tasks: Iterable<{ taskId: string; n: number; accepted: number }>,
	k: number,
): Interval | null {
	const scored = [...tasks].filter(({ n }) => n >= k).sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
	return bootstrapMean(Float64Array.from(scored, ({ n, accepted }) => passAtK(n, accepted, k)));
}
