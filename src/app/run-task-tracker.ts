import type { RunEventBody } from "../domain/events.js";
import type { ActiveRun } from "./active-run.js";
import { wideningOf } from "./widening.js";

export type Widening = Omit<Extract<RunEventBody, { type: "task.widened" }>, "type">;

/**
 * Emits `task.started` before a task's first candidate, `task.widened` before those beyond n, and `task.finished` after
 * its last, once over all starts of a run.
 */
export class TaskTracker {
	readonly #run: ActiveRun;
	readonly #remaining = new Map<string, number>();
	readonly #widened = new Set<string>();

	constructor(run: ActiveRun) {
		this.#run = run;
	}

	start(task: { id: string; title: string }, candidateCount: number): void {
		if (this.#remaining.has(task.id)) return;
		this.#remaining.set(task.id, candidateCount);
		if (this.#run.recovered.startedTasks.has(task.id)) return;
		this.#run.recorder.emit({ type: "task.started", taskId: task.id, title: task.title, candidateCount });
	}

	/** Said once of every task that may get more candidates, also where there are none to be had: `to` is `from` then. */
	widen(widening: Widening): void {
		const { taskId, from, to } = widening;
		this.#widened.add(taskId);
		this.#remaining.set(taskId, to - from);
		if (to === from) this.#finish(taskId);
		else if (!this.#run.recovered.widenedTasks.has(taskId))
			this.#run.recorder.emit({ type: "task.widened", ...widening });
	}

	/** One candidate of the task is finished, now or by an earlier start. */
	advance(taskId: string): void {
		const remaining = (this.#remaining.get(taskId) ?? 0) - 1;
		this.#remaining.set(taskId, remaining);
		const { plan, tally } = this.#run;
		const mayGetMore = !this.#widened.has(taskId) && wideningOf(plan.config, tally.task(taskId)) !== null;
		if (remaining === 0 && !mayGetMore) this.#finish(taskId);
	}

	#finish(taskId: string): void {
		this.#run.judged?.forget(taskId);
		if (this.#run.recovered.finishedTasks.has(taskId)) return;
		const { n, accepted } = this.#run.tally.task(taskId);
		this.#run.recorder.emit({ type: "task.finished", taskId, n, accepted });
	}
}
