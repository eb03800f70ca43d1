import type { LoopResult } from "../src/app/run-loop.js";
import type { LoopScore } from "../src/domain/loop.js";
import type { Alarm } from "../src/domain/training-activity.js";

/** The scores of a loop with their intervals, and what each iteration brought. */
export function* resultLines({ loopId, scores, changes, best }: Omit<LoopResult, "reason">): Generator<string> {
	yield "iteration  pass@1   95 % interval     distinct  against the one before";
	for (const score of scores) {
		const change = changes.find(({ iteration, against }) => iteration === score.iteration && against === iteration - 1);
		yield `${String(score.iteration).padStart(9)}  ${score.passAt1.value.toFixed(3).padStart(6)}   ${intervalText(score)}   ${score.distinctShare === null ? "       -" : `${(score.distinctShare * 100).toFixed(1).padStart(6)} %`}  ${change === undefined ? "" : changeText(change)}`;
	}
	const total = changes.findLast(({ against }) => against === 0);
	if (total !== undefined) yield `from 0 to ${total.iteration}: ${changeText(total)}`;
	yield `best on the held-out tasks: iteration ${best}${best === 0 ? "" : ` (artifacts/checkpoints/${loopId}-${best})`}`;
}

function intervalText({ passAt1: { low, high } }: LoopScore): string {
	return low === null || high === null ? "      -        " : `${low.toFixed(3)} … ${high.toFixed(3)}`;
}

function changeText(change: LoopResult["changes"][number]): string {
	const { difference, low, high, p, conclusion, up, down } = change;
	const size = difference === null ? "-" : `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(3)}`;
	const interval = low === null || high === null ? "" : ` [${low.toFixed(3)}, ${high.toFixed(3)}]`;
	const test = p === null ? "" : ` p = ${p < 0.0001 ? p.toExponential(1) : p.toFixed(4)}`;
	return `${size}${interval}${test} ${conclusion.replace("_", " ")}, ${up} tasks up, ${down} down`;
}

export function* alarmLines({ text, advice }: Alarm): Generator<string> {
	yield `! ${text}`;
	if (advice !== null) yield `  ${advice}`;
}
