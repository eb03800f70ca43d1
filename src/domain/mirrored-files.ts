/** Files of an attempt that are mirrored, by their names on the host and here. */
export const MIRRORED = {
	log: { remote: "out.log", local: "out.log" },
	metrics: { remote: "work/metrics.jsonl", local: "metrics.jsonl" },
	gpu: { remote: "gpu.csv", local: "gpu.csv" },
	samples: { remote: "work/samples.jsonl", local: "samples.jsonl" },
	events: { remote: "events.jsonl", local: "events.jsonl" },
} as const;
export type MirroredFile = keyof typeof MIRRORED;
export const MIRRORED_FILES = Object.keys(MIRRORED) as MirroredFile[];
