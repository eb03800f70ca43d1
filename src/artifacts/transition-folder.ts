import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Transition, TransitionManifest } from "../domain/transition.js";
import { AssayError } from "../lib/errors.js";
import { readJsonLines } from "../lib/jsonl.js";
import { parseAt } from "../lib/schema.js";
import { readJsonFile } from "./json-file.js";

/** A folder of transitions that is whole. */
export interface TransitionFolder {
	path: string;
	manifest: TransitionManifest;
}

/** Throws `usage` for a folder that `assay world build` did not finish. */
export function openTransitions(folder: string): TransitionFolder {
	const path = resolve(folder);
	const manifest = join(path, "manifest.json");
	if (!existsSync(manifest)) {
		throw new AssayError("usage", `${folder}: no transitions: it has no manifest.json`, {
			hint: "`assay world build` writes such a folder, its manifest last",
		});
	}
	return { path, manifest: readJsonFile(TransitionManifest, manifest) };
}

/** Shard after shard, in their order. Throws `usage` with file and line on anything else. */
export async function* readTransitions({ path, manifest }: TransitionFolder): AsyncGenerator<Transition> {
	for (const { path: name } of manifest.files) {
		if (!name.startsWith("shards/")) continue;
		const file = join(path, name);
		for await (const { line, value } of readJsonLines(file)) yield parseAt(Transition, value, `${file}:${line}`);
	}
}
