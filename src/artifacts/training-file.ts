import { existsSync } from "node:fs";
import { join } from "node:path";
import { TrainingEntry, TrainingManifest } from "../domain/training.js";
import type { TrainingJob } from "../domain/training-job.js";
import { AssayError } from "../lib/errors.js";
import { readJsonLines } from "../lib/jsonl.js";
import { parseAt } from "../lib/schema.js";
import { checksumFile } from "./checksum.js";
import { readJsonFile } from "./json-file.js";

/** Name of the training manifest in a checkpoint's folder. */
export const TRAINING = "training.json";

/** The file that vouches for what a training leaves, written last: if it is there, all of it is there. */
export function recordOf({ method }: Pick<TrainingJob, "method">): string {
	return method === "world" ? "manifest.json" : TRAINING;
}

/** A checkpoint's training manifest as it is on disk. */
export interface StoredTraining {
	folder: string;
	manifest: TrainingManifest;
	/** Of training.json. */
	sha256: string;
}

/** null: the folder has none, so nobody knows what the model has seen. */
export async function readTraining(folder: string): Promise<StoredTraining | null> {
	const path = join(folder, TRAINING);
	if (!existsSync(path)) return null;
	return { folder, manifest: readJsonFile(TrainingManifest, path), sha256: (await checksumFile(path)).sha256 };
}

/** Streams what a checkpoint was trained on. Throws `usage` with file and line on anything else. */
export async function* readTrainingEntries({ folder, manifest }: StoredTraining): AsyncGenerator<TrainingEntry> {
	const path = join(folder, manifest.data.path);
	for await (const { line, value } of readJsonLines(path)) yield parseAt(TrainingEntry, value, `${path}:${line}`);
}

/** Reads weights and training data, and throws `usage` for the first file that is not what training left. Weights may be gone. */
export async function checkTrained({ folder, manifest }: StoredTraining, signal: AbortSignal): Promise<void> {
	for (const stored of [manifest.data, ...manifest.files]) {
		signal.throwIfAborted();
		const { path, bytes, sha256 } = stored;
		const file = join(folder, path);
		const found = existsSync(file) ? await checksumFile(file) : null;
		if (found === null && stored !== manifest.data) continue;
		if (found?.sha256 === sha256) continue;
		const now = found === null ? "is gone" : found.bytes === bytes ? "has other bytes" : `has ${found.bytes} bytes`;
		const then = `sha256 ${sha256.slice(0, 16)}…, ${bytes} bytes`;
		throw new AssayError("usage", `${file}: changed since training: it ${now}`, {
			hint: `the training manifest of ${manifest.name} vouches for ${then}: restore that file, or train again`,
		});
	}
}
