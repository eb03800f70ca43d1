export const TASK_FORMATS = ["yaml", "assay-jsonl", "humaneval", "mbpp"] as const;
export type TaskFormat = (typeof TASK_FORMATS)[number];

export const FORMAT_HINT = "the format was found from the first record; --format says which one it is";
