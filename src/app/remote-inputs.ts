import { readdirSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { TrainingJob } from "../domain/training-job.js";
import { trainerFolder } from "../training/train-model.js";

/** Places of the inputs below `in/` there. */
const PLACES = { trainer: "trainer", judge: "judge", model: "model", data: "data", heldOut: "held-out" };

/** The job as the trainer there reads it. */
export function jobThere(job: TrainingJob, folder: string): TrainingJob {
	const place = (name: string) => `${folder}/in/${name}`;
	const [data, run] = [place(placeOfData(job)), `${folder}/work`];
	if (job.method === "world") return { ...job, data, run };
	return {
		...job,
		model: place(PLACES.model),
		data,
		heldOut: job.heldOut === null ? null : place(PLACES.heldOut),
		run,
		judge: job.judge && { ...job.judge, folder: place(PLACES.judge) },
	};
}

/** A world model's manifest names its data by their folder, so that it is called there as it is here. */
function placeOfData({ method, data }: TrainingJob): string {
	return method === "world" ? `${PLACES.data}/${basename(data)}` : PLACES.data;
}

/** Everything that the trainer there reads. */
export function inputsOf(job: TrainingJob): { source: string; path: string; bytes: number }[] {
	const folders: [string, string][] = [
		[PLACES.trainer, trainerFolder()],
		[placeOfData(job), job.data],
	];
	if (job.method !== "world") {
		folders.push([PLACES.model, job.model]);
		if (job.heldOut !== null) folders.push([PLACES.heldOut, job.heldOut]);
		if (job.judge !== null) folders.push([PLACES.judge, job.judge.folder]);
	}
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
