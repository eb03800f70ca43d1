import { isAbsolute, resolve } from "node:path";
import { readTraining, type StoredTraining } from "../artifacts/training-file.js";
import { AssayError } from "../lib/errors.js";

export interface TrainingChain {
	/** The checkpoint first, then what each was trained from. */
	checkpoints: StoredTraining[];
	/** What the last one was trained from, when that has no manifest here; null: it began with random weights. */
	unknownParent: string | null;
}

/** Walks up from a checkpoint. A parent whose manifest is another than it was trained from is refused. */
export async function trainingChain(checkpoint: StoredTraining): Promise<TrainingChain> {
	const checkpoints = [checkpoint];
	for (let child = checkpoint; ; ) {
		const { parent, name } = child.manifest;
		if (parent === null) return { checkpoints, unknownParent: null };
		const { path, manifestSha256 } = parent;
		if (path === null || manifestSha256 === null) return { checkpoints, unknownParent: parent.name };
		const stored = await readTraining(isAbsolute(path) ? path : resolve(child.folder, path));
		if (stored === null) return { checkpoints, unknownParent: parent.name };
		if (stored.sha256 !== manifestSha256) {
			throw new AssayError(
				"usage",
				`${stored.folder}: is another checkpoint than the one that ${name} was trained from`,
				{
					hint: `the training manifest of ${name} names ${manifestSha256.slice(0, 16)}…, this one is ${stored.sha256.slice(0, 16)}…`,
				},
			);
		}
		checkpoints.push(stored);
		child = stored;
	}
}
