import type { ActiveRun } from "./active-run.js";

/** Emits `task.started` before a task's first candidate and `task.finished` after its last, once over all starts of a run. */
export class TaskTracker {
	readonly #run: ActiveRun;
	readonly #remaining = new Map<string, number>();

	constructor(run: ActiveRun) {
		this.#run = run;
	}

	start(task: { id: string; title: string }, candidateCount: number): void {
		if (this.#remaining.has(task.id)) return;
		this.#remaining.set(task.id, candidateCount);
		if (this.#run.recovered.startedTasks.has(task.id)) return;
		this.#run.recorder.emit({ type: "task.started", taskId: task.id, title: task.title, candidateCount });
	}

	/** One candidate of the task is finished, now or by an earlier start. */
	advance(taskId: string): void {
		const remaining = (this.#remaining.get(taskId) ?? 0) - 1;
		this.#remaining.set(taskId, remaining);
		if (remaining === 0) this.#run.judged?.forget(taskId);
		if (remaining !== 0 || this.#run.recovered.finishedTasks.has(taskId)) return;
		const { n, accepted } = this.#run.tally.task(taskId);
		this.#run.recorder.emit({ type: "task.finished", taskId, n, accepted });
	}
}
