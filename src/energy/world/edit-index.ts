import { createReadStream, existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { checksumFile } from "../../artifacts/checksum.js";
import { readJsonFile } from "../../artifacts/json-file.js";
import { openTransitions, readTransitions } from "../../artifacts/transition-folder.js";
import type { Transition } from "../../domain/transition.js";
import { WorldIndexEntry, WorldIndexManifest } from "../../domain/world-index.js";
import { writeFileAtomic } from "../../lib/atomic-file.js";
import { openAtomicWriter } from "../../lib/atomic-writer.js";
import { AssayError } from "../../lib/errors.js";
import { readJsonLines } from "../../lib/jsonl.js";
import { parseAt } from "../../lib/schema.js";
import type { EncodedProgram } from "./encoding-cache.js";
import { stateOf } from "./scored-transitions.js";
import type { WorldModel } from "./world-model.js";

const MANIFEST = "index.json";
const VECTORS = "vectors.f32";
const ENTRIES = "entries.jsonl";
const AT_ONCE = 128;
const ACTION_CHARACTERS = 200;

export interface SimilarEdit extends WorldIndexEntry {
	/** Squared; between the changes that both edits make. */
	distance: number;
}

interface IndexOptions {
	signal: AbortSignal;
	onProgress?: (done: number, total: number) => void;
}

/** What an edit changes, as a vector. */
export function editVector(before: EncodedProgram, after: EncodedProgram): Float32Array {
	return after.target.map((value, i) => value - (before.target[i] ?? 0));
}

/** Writes the vector of each transition's edit, so that similar ones are found. One after the other; the manifest comes last. */
export async function indexTransitions(
	model: WorldModel,
	{ transitions, folder }: { transitions: string; folder: string },
	{ signal, onProgress }: IndexOptions,
): Promise<WorldIndexManifest> {
	const data = openTransitions(transitions);
	const [vectors, entries] = [join(folder, VECTORS), join(folder, ENTRIES)];
	const [numbers, lines] = [await openAtomicWriter(vectors), await openAtomicWriter(entries)];
	let count = 0;
	const add = async (chunk: readonly Transition[]): Promise<void> => {
		const programs = await model.encode(
			chunk.flatMap(({ before, after }) => [stateOf(before), stateOf(after)]),
			{ signal },
		);
		for (const [i, transition] of chunk.entries()) {
			const [before, after] = [programs[2 * i], programs[2 * i + 1]];
			if (before === undefined || after === undefined) continue;
			await numbers.write(new Uint8Array(editVector(before, after).buffer));
			const { id, group, source, split, label, changedLines, action } = transition;
			const text = action.text.slice(0, ACTION_CHARACTERS);
			const entry: WorldIndexEntry = { id, group, source, split, label, changedLines, action: text };
			await lines.write(`${JSON.stringify(entry)}\n`);
			count++;
		}
		onProgress?.(count, data.manifest.transitions);
	};
	try {
		let chunk: Transition[] = [];
		for await (const transition of readTransitions(data)) {
			signal.throwIfAborted();
			if (chunk.push(transition) < AT_ONCE) continue;
			await add(chunk);
			chunk = [];
		}
		await add(chunk);
		await numbers.commit();
		await lines.commit();
	} finally {
		await numbers.discard();
		await lines.discard();
	}
	const manifest: WorldIndexManifest = {
		schema: "assay.world-index.v1",
		model: { name: model.folder.name, id: model.id },
		source: { path: data.path, sha256: (await checksumFile(join(data.path, "manifest.json"))).sha256 },
		count,
		width: model.config.width,
		vectors: { path: VECTORS, ...(await checksumFile(vectors)) },
		entries: { path: ENTRIES, ...(await checksumFile(entries)) },
	};
	writeFileAtomic(join(folder, MANIFEST), `${JSON.stringify(manifest, null, "\t")}\n`);
	return manifest;
}

/** The nearest edits by squared distance, the nearest first; all vectors are looked at, none is kept. */
export async function similarEdits(
	index: string,
	{ model, edit, count }: { model: WorldModel; edit: Float32Array; count: number },
	signal: AbortSignal,
): Promise<SimilarEdit[]> {
	const folder = resolve(index);
	const place = join(folder, MANIFEST);
	if (!existsSync(place)) {
		throw new AssayError("usage", `${index}: no index of edits: it has no ${MANIFEST}`, {
			hint: "`assay world index` writes such a folder, its manifest last",
		});
	}
	const manifest = readJsonFile(WorldIndexManifest, place);
	if (manifest.model.id !== model.id) {
		throw new AssayError(
			"usage",
			`${index}: holds vectors of ${manifest.model.name}, ${manifest.model.id}, not of ${model.id}`,
			{
				hint: "`assay world index` makes one for this model",
			},
		);
	}
	const nearest: { at: number; distance: number }[] = [];
	let at = 0;
	for await (const distance of distances(join(folder, VECTORS), edit)) {
		if (at % 4096 === 0) signal.throwIfAborted();
		if (nearest.length < count || distance < (nearest.at(-1)?.distance ?? 0)) {
			nearest.push({ at, distance });
			nearest.sort((a, b) => a.distance - b.distance || a.at - b.at);
			nearest.length = Math.min(nearest.length, count);
		}
		at++;
	}
	if (at !== manifest.count) throw new AssayError("usage", `${folder}: has ${at} vectors, not ${manifest.count}`);
	const found = new Map<number, WorldIndexEntry>();
	const wanted = new Set(nearest.map((near) => near.at));
	for await (const { line, value } of readJsonLines(join(folder, ENTRIES))) {
		if (wanted.has(line - 1)) found.set(line - 1, parseAt(WorldIndexEntry, value, `${folder}/${ENTRIES}:${line}`));
	}
	return nearest.flatMap((near) => {
		const entry = found.get(near.at);
		return entry === undefined ? [] : [{ ...entry, distance: near.distance }];
	});
}

async function* distances(path: string, edit: Float32Array): AsyncGenerator<number> {
	const size = edit.length * 4;
	let rest: Buffer = Buffer.alloc(0);
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
		const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		const whole = bytes.length - (bytes.length % size);
		for (let from = 0; from < whole; from += size) {
			let sum = 0;
			for (let i = 0; i < edit.length; i++) sum += (bytes.readFloatLE(from + 4 * i) - (edit[i] ?? 0)) ** 2;
			yield sum;
		}
		rest = bytes.subarray(whole);
	}
}
