import type { RunConfig, TaskSummary, WidenReason } from "../domain/run.js";

/** Why a task whose first n candidates are judged gets more of them; null: it gets none. */
export function wideningOf({ widen }: RunConfig, task: Pick<TaskSummary, "n" | "accepted">): WidenReason | null {
	if (widen === null || task.n === 0 || task.accepted === task.n) return null;
	const why = widenReason(task);
	return why === "mixed" || widen.groups === "mixed+none" ? why : null;
}

/** Of a task of which not all are accepted. */
export function widenReason({ accepted }: Pick<TaskSummary, "accepted">): WidenReason {
	return accepted > 0 ? "mixed" : "none_accepted";
}

/** Whether the sample is one of those that only some tasks get. */
export function isBeyondN({ n, widen }: RunConfig, sampleIndex: number): boolean {
	return widen !== null && sampleIndex >= (n ?? 1);
}
