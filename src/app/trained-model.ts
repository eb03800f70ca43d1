import { existsSync } from "node:fs";
import { join } from "node:path";
import { artifactsRoot } from "../artifacts/layout.js";
import { recordOf } from "../artifacts/training-file.js";
import type { TrainingJob } from "../domain/training-job.js";
import { checkpointFolder } from "./train-checkpoint.js";

type Trained = Pick<TrainingJob, "method" | "name">;

/** Folder of the model that a training ends with, or of one on the way by the name `as`. */
export function trainedFolder(workspace: string, { method, name }: Trained, as = name): string {
	if (method !== "world") return checkpointFolder(workspace, as);
	return join(artifactsRoot(workspace), "world-models", as);
}

/** It is here, and whole. */
export function isTrained(workspace: string, job: Trained): boolean {
	return existsSync(join(trainedFolder(workspace, job), recordOf(job)));
}

/** What a training ends with, for people. */
export function trainedText({ method }: Pick<TrainingJob, "method">, name: string): string {
	return `${method === "world" ? "world model" : "checkpoint"} ${name}`;
}
