import { resolve } from "node:path";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { type OpenTasksOptions, openTasks } from "../tasks/open-tasks.js";
import { serializeTask } from "../tasks/serialize-task.js";

export interface ImportResult {
	taskCount: number;
	/** Tasks whose recorded candidates could not be named from the new file. */
	withoutCandidates: number;
}

/** Writes tasks of any format as assay-jsonl, one at a time; the file appears when all of them are in it. */
export async function importTasks(
	source: string,
	out: string,
	options: OpenTasksOptions & { onTask?: (count: number) => void },
): Promise<ImportResult> {
	const file = resolve(out);
	const writer = await openAtomicWriter(file);
	const result: ImportResult = { taskCount: 0, withoutCandidates: 0 };
	try {
		for await (const task of openTasks(source, options)) {
			const record = serializeTask(task, file);
			if (task.kind === "function" && task.candidates !== null && record.candidates === null) {
				result.withoutCandidates++;
			}
			await writer.write(`${JSON.stringify(record)}\n`);
			result.taskCount++;
			options.onTask?.(result.taskCount);
		}
		await writer.commit();
	} finally {
		await writer.discard();
	}
	return result;
}
