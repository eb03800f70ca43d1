import type { RunConfig } from "../domain/run.js";
import type { RepositoryTask, Task } from "../domain/task.js";
import type { Extracted, RecordedCandidate } from "../generate/backend.js";
import type { Sample } from "../tasks/sample.js";

/** What a run reads. Each stream can be opened again: a run looks over everything before it judges the first candidate. */
export interface RunInputs {
	tasks(config: RunConfig, signal: AbortSignal): AsyncIterable<Task>;
	samples(path: string, hasTask: (taskId: string) => boolean): AsyncGenerator<Sample>;
	samplesChecksum(path: string): Promise<string | null>;
	recordedCandidates(folder: string): Promise<readonly RecordedCandidate[]>;
	repositoryFiles(task: RepositoryTask): readonly { path: string; text: string }[];
	/** The program in a completion. `continues`: a model was to continue the starter code. */
	extract(task: Task, sample: { completion: string; solution?: string | null; continues?: boolean }): Extracted;
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
