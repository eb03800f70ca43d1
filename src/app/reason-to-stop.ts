import type { LoopState } from "../store/loop-state.js";

/** Below this share of the first diversity a model has learnt to say one thing. */
const COLLAPSED = 0.3;

/** Why a loop had better end after this iteration, in a sentence; null: it goes on. */
export function reasonToStop({ plan, scores, changes }: LoopState, iteration: number): string | null {
	const patience = plan?.patience ?? null;
	const last = changes.findLast((change) => change.iteration === iteration && change.against === iteration - 1);
	if (last?.conclusion === "worse") {
		return `iteration ${iteration} is significantly worse than the one before (${last.down} tasks got worse, ${last.up} better)`;
	}
	const [first, now] = [scores[0]?.distinctShare ?? null, scores[iteration]?.distinctShare ?? null];
	if (first !== null && now !== null && first > 0 && now < COLLAPSED * first) {
		return `diversity collapsed: ${(now * 100).toFixed(0)} % distinct programs, ${(first * 100).toFixed(0)} % at the start`;
	}
	if (patience === null || iteration < patience) return null;
	const recent = changes.filter(
		(change) => change.against === change.iteration - 1 && change.iteration > iteration - patience,
	);
	return recent.every(({ conclusion }) => conclusion !== "better")
		? `plateau: ${patience} iterations in a row are not significantly better`
		: null;
}
