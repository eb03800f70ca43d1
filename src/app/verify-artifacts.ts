import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { incompleteRun } from "../artifacts/archive-run.js";
import { checkManifest } from "../artifacts/check-manifest.js";
import { findRun, listRunIds } from "../artifacts/find-run.js";
import { ARTIFACT_FOLDERS } from "../artifacts/layout.js";
import {
	type ManifestPlace,
	manifestIn,
	manifestPlaces,
	readStoredManifest,
	runPlace,
} from "../artifacts/stored-manifest.js";
import type { ArtifactCheck, ArtifactFault } from "../domain/artifact-check.js";
import { AssayError } from "../lib/errors.js";

export interface VerifyArtifactsOptions {
	/** The workspace's folder of artifacts first. */
	roots: readonly string[];
	/** Runs, names under `checkpoints` or `data`, or folders with a manifest; empty: everything in the first root. */
	references: readonly string[];
	signal: AbortSignal;
	/** Bytes read so far, and those that the manifests name. */
	onProgress: (done: number, total: number) => void;
}

/** One check after the other, each as soon as it is known. */
export async function* verifyArtifacts(options: VerifyArtifactsOptions): AsyncGenerator<ArtifactCheck> {
	const { roots, references, signal, onProgress } = options;
	const [root = ""] = roots;
	const places =
		references.length === 0
			? await manifestPlaces(root)
			: await Promise.all(references.map(async (reference) => await placeOf(roots, reference)));
	const total = places.reduce((sum, place) => sum + bytesNamed(place), 0);
	let done = 0;
	const onBytes = (bytes: number) => {
		done += bytes;
		onProgress(Math.min(done, total), total);
	};
	for (const place of places) yield await checkManifest(place, { signal, onBytes });
	if (references.length > 0) return;
	const faults = await orphans(root, places);
	if (faults.length > 0) yield { subject: "no run", manifestSha256: null, files: 0, bytes: 0, faults };
}

async function placeOf(roots: readonly string[], reference: string): Promise<ManifestPlace> {
	const [root = ""] = roots;
	const candidates = [
		resolve(reference),
		...["", "checkpoints", "data"].map((folder) => resolve(root, folder, reference)),
	];
	for (const path of reference === "" ? [] : candidates) {
		const place = manifestIn(root, path);
		if (place !== null) return place;
	}
	const files = await findRun(roots, reference);
	if (existsSync(files.manifest) || existsSync(files.result)) return runPlace(files.root, files.runId);
	throw incompleteRun(files);
}

function bytesNamed(place: ManifestPlace): number {
	try {
		return readStoredManifest(place).files.reduce((sum, { bytes }) => sum + bytes, 0);
	} catch (error) {
		// Said when its turn comes.
		if (error instanceof AssayError) return 0;
		throw error;
	}
}

/** Files in the folders of runs that belong to none: neither to one with a manifest nor to one that can be resumed. */
async function orphans(root: string, places: readonly ManifestPlace[]): Promise<ArtifactFault[]> {
	const known = new Set([...(await listRunIds(root)), ...places.map(({ subject }) => subject)]);
	return ARTIFACT_FOLDERS.flatMap((folder) => {
		const names = existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : [];
		return names
			.filter((name) => !known.has(name.replace(/\.[a-z.]+$/, "")) && !/\.(lock|deleted)$/.test(name))
			.map((name): ArtifactFault => {
				const path = `${folder}/${name}`;
				return { kind: "orphan", severity: "fault", path, message: `${path}: belongs to no run` };
			});
	});
}
