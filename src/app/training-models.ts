import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { artifactsRoot } from "../artifacts/layout.js";
import { readTraining, recordOf } from "../artifacts/training-file.js";
import { stepsOf } from "../domain/job-counts.js";
import type { TrainingModel, TrainingModels } from "../domain/remote-activity.js";
import type { TrainingJob } from "../domain/training-job.js";
import { LinkLost } from "../remote/link.js";
import { mainRun } from "../store/checkpoint-tree.js";
import { listCheckpoints } from "./checkpoints.js";
import { keptModels } from "./kept-models.js";
import { trainedFolder } from "./trained-model.js";
import type { TrainingPlace } from "./training-place.js";

/** Whole models of a training, where it trains and here, by step; those that are here with their score. */
export async function trainingModels(
	workspace: string,
	place: TrainingPlace,
	signal: AbortSignal,
): Promise<TrainingModels> {
	const [there, unreachable] = await keptModels({ place, signal, onEvent: () => {} }).then(
		(models) => [models, null] as const,
		(error: unknown) => {
			if (!(error instanceof LinkLost)) throw error;
			return [[], error.message] as const;
		},
	);
	const models = new Map<string, TrainingModel>();
	for (const { step, isFinal, bytes } of there) {
		const name = isFinal ? place.id : `${place.id}-step-${step}`;
		models.set(name, { name, step, isFinal, bytes, isThere: true, checkpoint: null, passAt1: null });
	}
	const known = await listCheckpoints({ roots: [artifactsRoot(workspace)], shippedModel: null });
	const { job } = place;
	const folder = dirname(trainedFolder(workspace, job));
	for (const name of existsSync(folder) ? readdirSync(folder) : []) {
		const isOurs = name === place.id || /^-step-\d+$/.test(name.slice(place.id.length));
		const checkpoint = join(folder, name);
		if (!name.startsWith(place.id) || !isOurs || !existsSync(join(checkpoint, recordOf(job)))) continue;
		const isFinal = name === place.id;
		const step = isFinal ? await lastStep(job, checkpoint) : Number(name.slice(`${place.id}-step-`.length));
		const found = known.find(({ id }) => id === checkpoint);
		models.set(name, {
			...{ name, step, isFinal, bytes: null, isThere: false },
			...models.get(name),
			checkpoint,
			passAt1: (found && mainRun(found)?.passAt1?.value) ?? null,
		});
	}
	const ordered = [...models.values()].toSorted((a, b) => a.step - b.step || Number(a.isFinal) - Number(b.isFinal));
	return { models: ordered, unreachable };
}

async function lastStep(job: TrainingJob, folder: string): Promise<number> {
	return job.method === "world" ? stepsOf(job) : ((await readTraining(folder))?.manifest.steps ?? 0);
}
