import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { AssayError } from "../lib/errors.js";
import { reasonOf } from "../lib/input-file.js";
import { makeFolder } from "../lib/make-folder.js";
import { ARTIFACT_FOLDERS, artifactsRoot } from "./layout.js";

/** Makes the folders that runs are recorded in. Throws `usage` when the workspace cannot hold them. */
export function prepareWorkspace(workspace: string): void {
	const root = artifactsRoot(workspace);
	try {
		makeFolder(root);
		accessSync(root, constants.W_OK);
		for (const folder of ARTIFACT_FOLDERS) makeFolder(join(root, folder));
	} catch (error) {
		const why = error instanceof AssayError ? error.message : reasonOf(error);
		throw new AssayError("usage", `workspace ${workspace} cannot hold artifacts: ${why}`, {
			hint: "--workspace or ASSAY_WORKSPACE names another folder",
			cause: error,
		});
	}
}
