import type { Task } from "../domain/task.js";
import type { TaskFormat } from "./formats.js";

/** Yields the tasks of a file or folder in its order, one in memory at a time. */
export type TaskLoader = (path: string) => AsyncGenerator<Task>;

export const loaders = {
	yaml: async () => (await import("./load-yaml.js")).loadYaml,
	"assay-jsonl": async () => (await import("./load-assay-jsonl.js")).loadAssayJsonl,
	humaneval: async () => (await import("./load-humaneval.js")).loadHumanEval,
	mbpp: async () => (await import("./load-mbpp.js")).loadMbpp,
} satisfies Record<TaskFormat, () => Promise<TaskLoader>>;
