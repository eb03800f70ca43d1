import type { TrainingReader } from "../domain/training-activity.js";
import { TrainingSample } from "../domain/training-job.js";
import { KEPT_SAMPLES } from "../store/training-metrics.js";
import { growingLines } from "./growing-lines.js";

/** Of what a training writes down of its attempts, the last. */
export function readSamples(path: string): TrainingReader {
	const { take, close } = growingLines(path, (line) => TrainingSample.safeParse(line), KEPT_SAMPLES);
	return {
		*advance() {
			for (const { items } of take()) if (items.length > 0) yield { kind: "samples", samples: items };
		},
		close,
	};
}
