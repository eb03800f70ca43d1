import type { RunResult, TaskSummary } from "../domain/run.js";

export interface RunCheck {
	/** Every task ended as it should. */
	met: boolean;
	tasks: number;
	asExpected: number;
	/** Tasks whose prepared candidate is meant to fail, and did. */
	failedAsMeant: readonly string[];
}

/** A task is met by an accepted candidate, or, where its own prepared candidate is meant to fail, by having none. */
export function checkRun(run: Pick<RunResult, "tasks" | "mustFail" | "taskCount">): RunCheck {
	const mustFail = new Set(run.mustFail);
	const met = run.tasks.filter(({ n, ...task }) => n > 0 && isSolved(task) !== mustFail.has(task.taskId));
	const failedAsMeant = met.map(({ taskId }) => taskId).filter((taskId) => mustFail.has(taskId));
	return { met: met.length === run.taskCount, tasks: run.taskCount, asExpected: met.length, failedAsMeant };
}

function isSolved({ accepted, beyond }: Pick<TaskSummary, "accepted" | "beyond">): boolean {
	return accepted + (beyond?.accepted ?? 0) > 0;
}
