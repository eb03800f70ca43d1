import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { TRAINING } from "../src/artifacts/training-file.js";
import { AssayError } from "../src/lib/errors.js";

/** A folder that a person names because its training manifest is to be looked into. */
export function trainedFolder(folder: string): string {
	if (existsSync(join(folder, TRAINING))) return resolve(folder);
	throw new AssayError("usage", `${folder}: has no ${TRAINING}: it does not say what it was trained on`, {
		hint: "`assay checkpoints register` records it for a checkpoint of any trainer",
	});
}
