import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { checksumFile } from "../../artifacts/checksum.js";
import { readJsonFile } from "../../artifacts/json-file.js";
import { TrainingEntry } from "../../domain/training.js";
import { WorldModelConfig, WorldModelManifest, WorldTokenizerFile } from "../../domain/world-model.js";
import { AssayError } from "../../lib/errors.js";
import { readJsonLines } from "../../lib/jsonl.js";
import { repositoryPathFault } from "../../lib/repository-path.js";
import { parseAt } from "../../lib/schema.js";
import { readOnnxFile } from "./onnx-file.js";

const MANIFEST = "manifest.json";
const SEEN = "seen.jsonl.gz";
const CARD = "README.md";
const GRAPHS = {
	encoder: { path: "encoder.onnx", inputs: ["ids", "kinds", "facts"], outputs: ["state", "target"] },
	predictor: { path: "predictor.onnx", inputs: ["state", "ids", "operations"], outputs: ["predicted"] },
	pass: { path: "pass.onnx", inputs: ["predicted", "target", "facts"], outputs: ["logit"] },
} as const;
export type GraphName = keyof typeof GRAPHS;

/** A world model whose every file is what its manifest says. */
export interface WorldFolder {
	path: string;
	/** Start of the manifest's SHA-256: changes with any byte of the model. */
	id: string;
	name: string;
	manifest: WorldModelManifest;
	config: WorldModelConfig;
	pieces: string[];
	/** With the checksums that they had; null: the model has none. */
	graphs: { [name in GraphName]: { path: string; sha256: string } | null };
}

/**
 * Reads a model's folder. Throws `usage`, before anything of it is loaded, where it has no manifest, where a file is missing, changed or not vouched for, and
 * where a graph keeps weights elsewhere or needs operators that are not ONNX's own.
 */
export async function readWorldFolder(folder: string, signal?: AbortSignal): Promise<WorldFolder> {
	const path = resolve(folder);
	const place = join(path, MANIFEST);
	if (!existsSync(place)) {
		throw new AssayError("usage", `${folder}: no world model: it has no ${MANIFEST}`, {
			hint: "a folder that `assay train world` wrote; a model without its manifest is not loaded",
		});
	}
	const manifest = readJsonFile(WorldModelManifest, place);
	for (const stored of manifest.files) await checkStored(path, stored, signal);
	const sums = new Map(manifest.files.map((file) => [file.path, file.sha256]));
	const vouched = (name: string): string => {
		if (sums.has(name)) return join(path, name);
		throw new AssayError("usage", `${folder}: its manifest does not vouch for ${name}`);
	};
	const config = readJsonFile(WorldModelConfig, vouched("config.json"));
	const { pieces } = readJsonFile(WorldTokenizerFile, vouched("tokenizer.json"));
	const graph = (name: GraphName) => {
		const { path: file } = GRAPHS[name];
		checkGraph(vouched(file), name);
		return { path: join(path, file), sha256: sums.get(file) ?? "" };
	};
	return {
		path,
		id: (await checksumFile(place)).sha256.slice(0, 16),
		name: manifest.name,
		manifest,
		config,
		pieces,
		graphs: {
			encoder: graph("encoder"),
			predictor: graph("predictor"),
			pass: config.pass === null ? null : graph("pass"),
		},
	};
}

/** What it was trained on; null: nobody knows. Throws `usage` with file and line on anything else. */
export async function* seenEntries({ path, manifest }: WorldFolder): AsyncGenerator<TrainingEntry> {
	if (!manifest.files.some((file) => file.path === SEEN)) {
		throw new AssayError("usage", `${path}: does not say which tasks the model was trained on: it has no ${SEEN}`, {
			hint: "train it from a folder that `assay world build` wrote",
		});
	}
	const file = join(path, SEEN);
	for await (const { line, value } of readJsonLines(file)) yield parseAt(TrainingEntry, value, `${file}:${line}`);
}

/** What its makers say of it: data, figures, what it is not for. Throws `usage` where they say nothing. */
export function cardText({ path, manifest }: WorldFolder): string {
	if (manifest.files.some((file) => file.path === CARD)) return readFileSync(join(path, CARD), "utf8");
	throw new AssayError("usage", `${path}: has no card: its manifest names no ${CARD}`);
}

async function checkStored(
	folder: string,
	{ path, bytes, sha256 }: WorldModelManifest["files"][number],
	signal?: AbortSignal,
): Promise<void> {
	signal?.throwIfAborted();
	const file = join(folder, path);
	if (repositoryPathFault(path) !== null || !existsSync(file)) {
		throw new AssayError("usage", `${file}: is missing, and the model's manifest names it`);
	}
	const found = await checksumFile(file);
	if (found.sha256 === sha256) return;
	const now = found.bytes === bytes ? "other bytes" : `${found.bytes} bytes, not ${bytes}`;
	throw new AssayError("usage", `${file}: changed since the model was written: it has ${now}`, {
		hint: "restore the file, or train the model again; nothing of a changed model is loaded",
	});
}

function checkGraph(file: string, name: GraphName): void {
	const { inputs, outputs } = GRAPHS[name];
	try {
		const graph = readOnnxFile(readFileSync(file));
		for (const input of graph.inputs)
			if (!inputs.some((known) => known === input)) throw new RangeError(`it takes ${input}, which nobody gives it`);
		for (const output of outputs)
			if (!graph.outputs.includes(output)) throw new RangeError(`it does not give ${output}`);
	} catch (cause) {
		if (!(cause instanceof RangeError)) throw cause;
		throw new AssayError("usage", `${file}: is not loaded: ${cause.message}`, { cause });
	}
}
