import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { artifactsRoot } from "../artifacts/layout.js";
import { readTraining, TRAINING } from "../artifacts/training-file.js";
import type { TrainingModel, TrainingModels } from "../domain/remote-activity.js";
import { LinkLost } from "../remote/link.js";
import { mainRun } from "../store/checkpoint-tree.js";
import { checkpointFolders, listCheckpoints } from "./checkpoints.js";
import { keptModels } from "./kept-models.js";
import { checkpointFolder } from "./train-checkpoint.js";
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
	for (const folder of checkpointFolders([artifactsRoot(workspace)])) {
		const name = basename(folder);
		const isOurs = name === place.id || /^-step-\d+$/.test(name.slice(place.id.length));
		if (!name.startsWith(place.id) || !isOurs || !existsSync(join(folder, TRAINING))) continue;
		const stored = await readTraining(folder);
		const found = known.find(({ id }) => id === folder);
		models.set(name, {
			...{ name, step: stored?.manifest.steps ?? 0, isFinal: name === place.id, bytes: null, isThere: false },
			...models.get(name),
			checkpoint: checkpointFolder(workspace, name),
			passAt1: (found && mainRun(found)?.passAt1?.value) ?? null,
		});
	}
	const ordered = [...models.values()].toSorted((a, b) => a.step - b.step || Number(a.isFinal) - Number(b.isFinal));
	return { models: ordered, unreachable };
}
