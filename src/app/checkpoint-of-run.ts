import { basename, isAbsolute } from "node:path";
import { runOfRollouts } from "../artifacts/find-run.js";
import { readPlan } from "../artifacts/run-plan.js";
import { checkTrained, readTraining } from "../artifacts/training-file.js";
import type { RunConfig } from "../domain/run.js";
import type { CheckpointRef } from "../domain/training.js";

/** Where the candidates are from, as far as it can be told. */
export type Origin =
	| { kind: "folder"; path: string; checkpoint: CheckpointRef | null }
	| { kind: "unknown"; reason: string };

/** Throws `usage` when the model's files are not those that its training manifest vouches for. */
export async function checkpointOfRun(config: RunConfig, signal: AbortSignal): Promise<CheckpointRef | null> {
	const origin = originOf(config);
	if (origin.kind === "unknown") return null;
	if (origin.checkpoint !== null) return origin.checkpoint;
	const training = await readTraining(origin.path);
	if (training === null) return null;
	await checkTrained(training, signal);
	return { name: training.manifest.name, path: origin.path, manifestSha256: training.sha256 };
}

/** Follows samples that are another run's rollouts to the model which that run asked. */
export function originOf({ generation, samples, backend }: RunConfig): Origin {
	if (generation !== null) {
		if (generation.server !== null) {
			return unknown(`${generation.model} is another machine's model and has no training manifest here`);
		}
		if (isAbsolute(generation.model)) return { kind: "folder", path: generation.model, checkpoint: null };
		return unknown(`${generation.model} is from the hub and has no training manifest here`);
	}
	if (samples === null || samples === "reference") return unknown(`no model made the candidates of backend ${backend}`);
	const writer = runOfRollouts(samples);
	if (writer === null) return unknown(`${basename(samples)} does not say which model made it: no training manifest`);
	const { config, checkpoint } = readPlan(writer);
	return checkpoint === null ? originOf(config) : { kind: "folder", path: checkpoint.path, checkpoint };
}

function unknown(reason: string): Origin {
	return { kind: "unknown", reason };
}
