import type { RunConfig } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import type { RecordedCandidate } from "../generate/backend.js";
import type { Sample } from "../tasks/sample.js";

/** What a run reads. Each stream can be opened again: a run looks over everything before it judges the first candidate. */
export interface RunInputs {
	tasks(config: RunConfig, signal: AbortSignal): AsyncIterable<Task>;
	samples(path: string, hasTask: (taskId: string) => boolean): AsyncGenerator<Sample>;
	samplesChecksum(path: string): Promise<string | null>;
	recordedCandidates(folder: string): Promise<readonly RecordedCandidate[]>;
	/** The program in a completion; null when there is none. */
	extract(task: Task, sample: { completion: string; solution: string | null }): string | null;
}

/** Limits given for a run go before the task's own. */
export function withLimits(task: Task, limits: RunConfig["limits"]): Task {
	if (limits.cpuTimeMs === null && limits.memoryBytes === null) return task;
	return {
		...task,
		limits: {
			...task.limits,
			cpuTimeMs: limits.cpuTimeMs ?? task.limits.cpuTimeMs,
			adaptive: limits.cpuTimeMs === null && task.limits.adaptive,
			memoryBytes: limits.memoryBytes ?? task.limits.memoryBytes,
		},
	};
}
