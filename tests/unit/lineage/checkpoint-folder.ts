import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { TrainingEntry, TrainingManifest } from "../../../src/domain/training.js";
import { sha256 } from "../../../src/lib/hash.js";

/** A checkpoint as the trainer leaves it, with weights of a few bytes. */
export function writeCheckpoint(
	folder: string,
	name: string,
	entries: readonly TrainingEntry[],
	parent: TrainingManifest["parent"] = null,
): { path: string; manifestSha256: string } {
	mkdirSync(folder, { recursive: true });
	const stored = (path: string, content: Uint8Array) => {
		writeFileSync(join(folder, path), content);
		return { path, bytes: content.length, sha256: sha256(content) };
	};
	const manifest: TrainingManifest = {
		schema: "assay.training.v1",
		name,
		parent,
		method: "sft",
		steps: 1,
		seed: 1,
		finishedAt: null,
		wallTimeMs: null,
		costUsd: null,
		config: {},
		sources: [],
		data: {
			...stored("training-data.jsonl.gz", gzipSync(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""))),
			likeness: "assay.likeness.v1",
			entries: entries.length,
			examples: entries.length,
			tasks: entries.filter(({ taskId }) => taskId !== null).length,
		},
		files: [stored("model.safetensors", Buffer.from(`weights of ${name}`))],
		trainer: "tests",
	};
	const text = JSON.stringify(manifest);
	writeFileSync(join(folder, "training.json"), text);
	return { path: folder, manifestSha256: sha256(text) };
}
