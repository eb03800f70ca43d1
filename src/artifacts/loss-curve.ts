import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { readJsonLines } from "../lib/jsonl.js";

/** What the trainer wrote to its standard output while it made the checkpoint, one event a line. */
const METRICS = "metrics.jsonl";
const TrainStep = z.object({
	t: z.literal("train.step"),
	step: z.int().positive(),
	m: z.object({ loss: z.number() }),
});
/** More cannot be told apart on a screen. */
const MOST_POINTS = 400;

/**
 * The loss over the steps of the training that made the checkpoint in `folder`, oldest first; empty where none was kept: beside the
 * model, or in the folder of its training in the same artifacts.
 */
export async function lossCurve(folder: string): Promise<{ step: number; loss: number }[]> {
	const training = join(dirname(folder), "..", "training", basename(folder));
	const path = [folder, training].map((place) => join(place, METRICS)).find((candidate) => existsSync(candidate));
	const points: { step: number; loss: number }[] = [];
	if (path === undefined) return points;
	for await (const { value } of readJsonLines(path)) {
		const event = TrainStep.safeParse(value);
		if (event.success) points.push({ step: event.data.step, loss: event.data.m.loss });
	}
	const every = Math.ceil(points.length / MOST_POINTS);
	return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
