import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { TrainingJob } from "../domain/training-job.js";
import { trainerFolder } from "../training/train-model.js";

/** Places of the inputs below `in/` there. */
const PLACES = { trainer: "trainer", judge: "judge", model: "model", data: "data", heldOut: "held-out" };

/** The job as the trainer there reads it. */
export function jobThere(job: TrainingJob, folder: string): TrainingJob {
	const place = (name: string) => `${folder}/in/${name}`;
	return {
		...job,
		model: place(PLACES.model),
		data: place(PLACES.data),
		heldOut: job.heldOut === null ? null : place(PLACES.heldOut),
		run: `${folder}/work`,
		judge: job.judge && { ...job.judge, folder: place(PLACES.judge) },
	};
}

/** Everything that the trainer there reads. */
export function inputsOf(job: TrainingJob): { source: string; path: string; bytes: number }[] {
	const folders: [string, string][] = [
		[PLACES.trainer, trainerFolder()],
		[PLACES.model, job.model],
		[PLACES.data, job.data],
		...(job.heldOut === null ? [] : [[PLACES.heldOut, job.heldOut] satisfies [string, string]]),
		...(job.judge === null ? [] : [[PLACES.judge, job.judge.folder] satisfies [string, string]]),
	];
	return folders.flatMap(([name, folder]) =>
		readdirSync(folder, { recursive: true, withFileTypes: true })
			// The form of a model that this machine samples with is of no use to a trainer.
			.filter((entry) => entry.isFile() && !/__pycache__|\/onnx$/.test(entry.parentPath))
			.map((entry) => {
				const source = join(entry.parentPath, entry.name);
				return { source, path: `${name}/${relative(folder, source)}`, bytes: statSync(source).size };
			}),
	);
}
