import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { createGzip } from "node:zlib";
import { checksumFile } from "../artifacts/checksum.js";
import { readTraining, TRAINING } from "../artifacts/training-file.js";
import { type TrainingEntry, TrainingManifest } from "../domain/training.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { openAtomicWriter } from "../lib/atomic-writer.js";
import { AssayError } from "../lib/errors.js";
import { statInput } from "../lib/input-file.js";
import { version } from "../lib/version.js";
import { foreignEntries, holdsExamples } from "../lineage/foreign-examples.js";
import { scoredEntryOf } from "../lineage/training-entry.js";
import { openTasks } from "../tasks/open-tasks.js";
import { readDataManifest } from "../training/data-folder.js";

export interface RegisterOptions {
	folder: string;
	/** Files of examples or tasks, or folders of `assay data export`. */
	trainedOn: readonly string[];
	/** Folder of a model, or the name of one that is not here; null: random weights. */
	parent: string | null;
	method: TrainingManifest["method"];
	steps: number;
	/** null: not known. */
	seed: number | null;
	costUsd: number | null;
	trainer: string;
	/** Replace a record that is there. */
	replace: boolean;
	signal: AbortSignal;
}

const DATA = "training-data.jsonl.gz";
/** Of a checkpoint's folder, but no part of the checkpoint. */
const NOT_VOUCHED_FOR = new Set(["README.md", TRAINING, DATA]);

/**
 * Records what a checkpoint of any trainer was trained on, as `training.json` in its folder: from then on it is known in
 * families, and tasks that it has seen are found. Throws `usage` where a record is there, or nothing can be recorded.
 */
export async function registerCheckpoint(options: RegisterOptions): Promise<TrainingManifest> {
	const { method, steps, seed, costUsd, trainer, signal } = options;
	const folder = resolve(options.folder);
	if (!statInput(folder).isDirectory()) throw new AssayError("usage", `${folder}: is no folder of a checkpoint`);
	if (existsSync(join(folder, TRAINING)) && !options.replace) {
		throw new AssayError("usage", `${folder}: already has a ${TRAINING}`, {
			hint: "it says what the checkpoint was trained on; --replace writes another one",
		});
	}
	const paths = await filesIn(folder);
	if (paths.length === 0) throw new AssayError("usage", `${folder}: holds no file of a checkpoint`);
	const counts = await writeEntries(join(folder, DATA), options.trainedOn, signal);
	const files: TrainingManifest["files"] = [];
	for (const path of paths) {
		files.push({ path: relative(folder, path).split(sep).join("/"), ...(await checksumFile(path, { signal })) });
	}
	const sources: TrainingManifest["sources"] = [];
	for (const path of options.trainedOn) {
		const sha256 = statInput(path).isFile() ? (await checksumFile(path, { signal })).sha256 : null;
		sources.push({ kind: "samples", id: resolve(path), sha256 });
	}
	const manifest = TrainingManifest.parse({
		schema: "assay.training.v1",
		name: basename(folder),
		parent: options.parent === null ? null : await parentOf(options.parent),
		...{ method, steps, seed, costUsd },
		finishedAt: (await stat(paths[0] ?? folder)).mtime.toISOString(),
		wallTimeMs: null,
		config: {},
		sources,
		data: { path: DATA, ...(await checksumFile(join(folder, DATA))), likeness: "assay.likeness.v1", ...counts },
		files,
		trainer: `${trainer}, registered by assay ${version}`,
	});
	writeFileAtomic(join(folder, TRAINING), `${JSON.stringify(manifest, null, "\t")}\n`);
	return manifest;
}

async function filesIn(folder: string): Promise<string[]> {
	const found = await readdir(folder, { withFileTypes: true, recursive: true });
	return found
		.filter((file) => file.isFile() && !(file.parentPath === folder && NOT_VOUCHED_FOR.has(file.name)))
		.map(({ parentPath, name }) => join(parentPath, name))
		.sort();
}

async function parentOf(parent: string): Promise<TrainingManifest["parent"]> {
	if (!existsSync(parent)) return { name: parent, path: null, manifestSha256: null };
	const folder = resolve(parent);
	const stored = await readTraining(folder);
	return { name: stored?.manifest.name ?? basename(folder), path: folder, manifestSha256: stored?.sha256 ?? null };
}

type Counts = Pick<TrainingManifest["data"], "entries" | "examples" | "tasks">;

/** Streams, so that data of any size take the memory of one example. */
async function writeEntries(path: string, sources: readonly string[], signal: AbortSignal): Promise<Counts> {
	const counts = { entries: 0, examples: 0, tasks: 0 };
	const writer = await openAtomicWriter(path);
	try {
		const gzip = createGzip();
		const written = (async () => {
			for await (const chunk of gzip as AsyncIterable<Buffer>) await writer.write(chunk);
		})();
		try {
			for (const source of sources) {
				for await (const entry of entriesOf(source)) {
					signal.throwIfAborted();
					counts.entries++;
					counts.examples += Math.max(1, entry.solutions.length);
					if (entry.taskId !== null) counts.tasks++;
					if (!gzip.write(`${JSON.stringify(entry)}\n`)) await new Promise((resume) => gzip.once("drain", resume));
				}
			}
		} finally {
			gzip.end();
			await written;
		}
		if (counts.entries === 0) {
			throw new AssayError("usage", `${sources.join(", ")}: holds nothing that a model could be trained on`);
		}
		await writer.commit();
	} finally {
		await writer.discard();
	}
	return counts;
}

async function* entriesOf(source: string): AsyncGenerator<TrainingEntry> {
	if (statInput(source).isDirectory() && existsSync(join(source, "manifest.json"))) {
		const name = readDataManifest(source).files.find(({ path }) =>
			/^(examples|pairs|edits|prompts)\.jsonl$/.test(path),
		);
		if (name === undefined) throw new AssayError("usage", `${source}: has no file of examples`);
		yield* foreignEntries(join(source, name.path));
	} else if (/\.jsonl(\.gz)?$/.test(source) && (await holdsExamples(source))) {
		yield* foreignEntries(source);
	} else {
		for await (const task of openTasks(source)) yield await scoredEntryOf(task);
	}
}
