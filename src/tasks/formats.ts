export const TASK_FORMATS = ["yaml", "assay-jsonl", "humaneval", "mbpp"] as const;
export type TaskFormat = (typeof TASK_FORMATS)[number];
