import type { FunctionTask } from "../domain/task.js";
import { suiteOf } from "./suite.js";

/** A task for the judge's driver on another machine: its tests in the judge's encoding, and its limits. */
export function suiteLine(task: FunctionTask) {
	const { cpuTimeMs, memoryBytes, outputBytes, processes, diskBytes } = task.limits;
	return {
		taskId: task.id,
		entryPoint: task.entryPoint,
		...suiteOf(task),
		limits: { cpuTimeMs, memoryBytes, outputBytes, processes, diskBytes },
	};
}
