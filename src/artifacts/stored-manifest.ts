import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { ArtifactManifest } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { sha256 } from "../lib/hash.js";
import { reasonOf } from "../lib/input-file.js";
import { parseAt } from "../lib/schema.js";
import { isDeleted } from "./delete-run.js";
import { listRunIds } from "./find-run.js";
import { parseJson } from "./json-file.js";
import { relativePath, runFiles } from "./layout.js";
import { ownChecksum } from "./manifest.js";
import { TRAINING } from "./training-file.js";

/** Where a manifest lies. Paths in that of a run start at the folder of artifacts, in any other at its own folder. */
export interface ManifestPlace {
	kind: "run" | "folder";
	/** Run id, or the folder relative to the folder of artifacts where it lies there. */
	subject: string;
	root: string;
	path: string;
	/** What paths start from. */
	base: string;
}

export interface StoredManifest {
	/** Of the file itself. */
	sha256: string;
	/** Whether its fields are those that it was written with; null: it does not say. */
	isOwn: boolean | null;
	/** The fields that a run's manifest has beside; null: it is that of a folder. */
	run: ArtifactManifest | null;
	parents: { kind: string; id: string; sha256: string | null }[];
	files: { path: string; bytes: number; sha256: string }[];
	/** As it was read, with fields of its own kind. */
	fields: Readonly<Record<string, unknown>>;
}

const Vouched = z.looseObject({ path: z.string(), bytes: z.int().nonnegative(), sha256: z.string() });
const Named = z.looseObject({ kind: z.string(), id: z.string(), sha256: z.string().nullable().default(null) });
/** What manifests of folders have in common, those of checkpoints among them. */
const FolderManifest = z.looseObject({
	files: z.array(Vouched),
	parents: z.array(Named).default([]),
	/** Of a checkpoint: what it was trained on, from what, and what it began with. */
	data: Vouched.optional(),
	sources: z.array(Named).default([]),
	parent: z
		.looseObject({ name: z.string(), path: z.string().nullable(), manifestSha256: z.string().nullable() })
		.nullish(),
});

const FOLDERS = ["checkpoints", "data"];
const NAMES = [TRAINING, "manifest.json"];

/** Every place under a folder of artifacts where a manifest is, or, of a run that has a result, should be. */
export async function manifestPlaces(root: string): Promise<ManifestPlace[]> {
	const runs = (await listRunIds(root)).map((runId) => runPlace(root, runId));
	const finished = runs.filter(({ subject, path }) => existsSync(path) || existsSync(runFiles(root, subject).result));
	const lost = await manifestsWithoutRun(root, new Set(runs.map(({ subject }) => subject)));
	const folders: ManifestPlace[] = [];
	for (const kind of FOLDERS) {
		const folder = join(root, kind);
		for (const name of existsSync(folder) ? (await readdir(folder)).sort() : []) {
			const place = manifestIn(root, join(folder, name));
			if (place !== null) folders.push(place);
		}
	}
	return [...finished, ...lost, ...folders];
}

/** null: there is no such folder, or no manifest in it. */
export function manifestIn(root: string, path: string): ManifestPlace | null {
	if (NAMES.includes(basename(path)) && existsSync(path)) return folderPlace(root, path);
	const found = NAMES.map((name) => join(path, name)).find((file) => existsSync(file));
	return found === undefined ? null : folderPlace(root, found);
}

export function runPlace(root: string, runId: string): ManifestPlace {
	return { kind: "run", subject: runId, root, path: runFiles(root, runId).manifest, base: root };
}

/** Throws `usage` with file and field when it is not what a manifest should be. */
export function readStoredManifest({ kind, path }: ManifestPlace): StoredManifest {
	const text = readText(path);
	const value = parseAt(z.record(z.string(), z.unknown()), parseJson(text, path), path);
	const own = value.ownSha256;
	return {
		sha256: sha256(text),
		isOwn: typeof own === "string" ? own === ownChecksum(value) : null,
		fields: value,
		...(kind === "run"
			? ofRun(parseAt(ArtifactManifest, value, path))
			: ofFolder(parseAt(FolderManifest, value, path))),
	};
}

type Contents = Pick<StoredManifest, "run" | "parents" | "files">;

function ofRun(run: ArtifactManifest): Contents {
	return { run, parents: run.parents, files: run.files };
}

function ofFolder({ files, parents, data, sources, parent }: z.infer<typeof FolderManifest>): Contents {
	const began =
		parent == null ? [] : [{ kind: "checkpoint", id: parent.path ?? parent.name, sha256: parent.manifestSha256 }];
	return {
		run: null,
		parents: [...parents, ...began, ...sources],
		files: data === undefined ? files : [...files, data],
	};
}

function readText(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (cause) {
		throw new AssayError("usage", `${path}: cannot be read: ${reasonOf(cause)}`, { cause });
	}
}

function folderPlace(root: string, path: string): ManifestPlace {
	const folder = dirname(path);
	const relative = relativePath(root, folder);
	const subject = relative.startsWith("..") ? folder : relative;
	return { kind: "folder", subject, root, path, base: folder };
}

/** Manifests of runs whose result and plan are both gone. */
async function manifestsWithoutRun(root: string, known: ReadonlySet<string>): Promise<ManifestPlace[]> {
	const folder = join(root, "manifests");
	const names = existsSync(folder) ? await readdir(folder) : [];
	return names
		.filter((name) => name.endsWith(".json"))
		.map((name) => name.slice(0, -".json".length))
		.filter((runId) => !known.has(runId) && !isDeleted(runFiles(root, runId)))
		.sort()
		.map((runId) => runPlace(root, runId));
}
