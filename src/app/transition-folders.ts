import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { TransitionManifest } from "../domain/transition.js";
import { jsonPicker } from "../lib/pick-json.js";

/** That much tells a folder of transitions, whichever version wrote it. */
const Known = z.object({ schema: TransitionManifest.shape.schema, transitions: TransitionManifest.shape.transitions });

export interface TransitionFolder {
	/** Relative to the workspace. */
	name: string;
	path: string;
	count: number;
}

const pickKnown = jsonPicker({ schema: true, transitions: true });

/** Transitions that lie in the workspace, at most two folders deep, by name. */
export function transitionsIn(workspace: string): TransitionFolder[] {
	const children = foldersIn(workspace);
	return [...children, ...children.flatMap(foldersIn)]
		.flatMap((path) => {
			const manifest = join(path, "manifest.json");
			const { data } = Known.safeParse(existsSync(manifest) ? pickKnown(readFileSync(manifest)) : null);
			return data === undefined ? [] : [{ name: relative(workspace, path), path, count: data.transitions }];
		})
		.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function foldersIn(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
		.map(({ name }) => join(folder, name));
}
