import { checksumFile } from "../artifacts/checksum.js";
import type { RunConfig } from "../domain/run.js";
import type { Task } from "../domain/task.js";
import { AssayError } from "../lib/errors.js";
import { statInput } from "../lib/input-file.js";
import { TASK_FORMATS } from "../tasks/formats.js";
import { openTasks } from "../tasks/open-tasks.js";
import { readRecordedCandidates } from "../tasks/recorded-candidates.js";
import { repositoryText } from "../tasks/repository-text.js";
import { openSamples } from "../tasks/samples.js";
import { extractCode } from "../verify/extract-code.js";
import type { RunInputs } from "./run-inputs.js";

/** Tasks, samples and recorded candidates from files. */
export const fileInputs: RunInputs = {
	tasks: (config, signal) => openTasks(config.tasks, { ...selectionOf(config), signal }),
	samples: (path, hasTask) => openSamples(path, { hasTask }),
	samplesChecksum: async (path) => (statInput(path).isFile() ? (await checksumFile(path)).sha256 : null),
	recordedCandidates: readRecordedCandidates,
	repositoryFiles: repositoryText,
	extract: (task: Task, sample) => ({ completion: sample.completion, ...extractCode(task, sample) }),
};

function selectionOf(config: RunConfig) {
	const format = TASK_FORMATS.find((known) => known === config.taskFormat);
	if (format === undefined) throw new AssayError("usage", `unknown task format ${JSON.stringify(config.taskFormat)}`);
	const { filter, limit, taskIds } = config;
	return { format, filter: filter ?? undefined, limit: limit ?? undefined, ids: taskIds ?? undefined };
}
