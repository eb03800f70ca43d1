import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ArtifactCheck, ArtifactFault } from "../domain/artifact-check.js";
import { Reproducibility } from "../domain/reproducibility.js";
import { AssayError } from "../lib/errors.js";
import { checkFile, extraFiles, type Watch } from "./check-files.js";
import { checksumFile } from "./checksum.js";
import { readResult } from "./find-run.js";
import { readJsonFile } from "./json-file.js";
import { relativePath, runFiles } from "./layout.js";
import { readOutcomes } from "./outcome-file.js";
import { type ManifestPlace, readStoredManifest, runPlace, type StoredManifest } from "./stored-manifest.js";
import { TRAINING } from "./training-file.js";

/** Compares everything that one manifest says with what is on disk. Every fault has its own message; none is thrown. */
export async function checkManifest(place: ManifestPlace, watch: Watch): Promise<ArtifactCheck> {
	const check: ArtifactCheck = { subject: place.subject, manifestSha256: null, files: 0, bytes: 0, faults: [] };
	const manifest = readIt(place, check.faults);
	if (manifest === null) return check;
	check.manifestSha256 = manifest.sha256;
	if (manifest.isOwn === false) {
		check.faults.push(
			fault("manifest_edited", "the manifest was edited: its fields are not those that its own checksum was taken of"),
		);
	}
	check.faults.push(...packedFaults(place, manifest));
	for (const file of manifest.files) {
		watch.signal.throwIfAborted();
		const found = await checkFile(place.base, file, watch);
		if (found !== null) {
			check.faults.push(found);
			continue;
		}
		check.files++;
		check.bytes += file.bytes;
	}
	check.faults.push(
		...(await extraFiles(place, manifest)),
		...(await parentFaults(place, manifest, watch)),
		...(place.kind === "run" ? await contentFaults(place, manifest, check.faults, watch.signal) : []),
	);
	return check;
}

function readIt(place: ManifestPlace, faults: ArtifactFault[]): StoredManifest | null {
	if (!existsSync(place.path)) {
		faults.push(
			fault("manifest_missing", "the result is there and the manifest is not: nothing vouches for the files"),
		);
		return null;
	}
	try {
		return readStoredManifest(place);
	} catch (error) {
		if (!(error instanceof AssayError)) throw error;
		faults.push(fault("manifest_damaged", `the manifest is damaged: ${error.message}`));
		return null;
	}
}

/** Of a run that was packed for others, whether its manifest is the one that went along. */
function packedFaults({ kind, root, subject, path }: ManifestPlace, { sha256 }: StoredManifest): ArtifactFault[] {
	const packed = kind === "run" ? runFiles(root, subject).reproducibility : null;
	if (packed === null || !existsSync(packed)) return [];
	try {
		const name = relativePath(root, path);
		const then = readJsonFile(Reproducibility, packed).files.find((file) => file.path === name);
		if (then?.sha256 === sha256) return [];
		return [fault("manifest_edited", `the manifest is not the one that was packed (${relativePath(root, packed)})`)];
	} catch (error) {
		if (!(error instanceof AssayError)) throw error;
		return [fault("manifest_damaged", error.message)];
	}
}

async function parentFaults(place: ManifestPlace, manifest: StoredManifest, watch: Watch): Promise<ArtifactFault[]> {
	const faults: ArtifactFault[] = [];
	for (const { kind, id, sha256 } of manifest.parents) {
		// A grammar is a part of the program, and has no file.
		if (kind === "grammar") continue;
		const { path, isInside } = parentPlace(place, kind, id);
		const found = statSync(path, { throwIfNoEntry: false });
		if (found === undefined) {
			const severity = isInside && kind !== "tasks" ? "fault" : "warning";
			const where = severity === "fault" ? "" : " here; its content is known by its checksum alone";
			faults.push({
				kind: "parent_missing",
				severity,
				path: id,
				message: `made from ${kind} ${id}, which is missing${where}`,
			});
		} else if (kind !== "tasks" && kind !== "run" && sha256 !== null && found.isFile()) {
			const now = await checksumFile(path, watch);
			if (now.sha256 === sha256) continue;
			const message = `made from ${kind} ${id}, which is not what it was then (sha256 ${now.sha256.slice(0, 16)}…, recorded ${sha256.slice(0, 16)}…)`;
			faults.push({ kind: "parent_changed", severity: isInside ? "fault" : "warning", path: id, message });
		}
	}
	return faults;
}

/** Of a run and of a checkpoint, its manifest. */
function parentPlace({ root, base }: ManifestPlace, kind: string, id: string): { path: string; isInside: boolean } {
	if (kind === "run") return { path: runPlace(root, id).path, isInside: true };
	const path = kind === "checkpoint" ? resolve(base, id, TRAINING) : resolve(root, id);
	return { path, isInside: path.startsWith(`${root}/`) };
}

/** What the run's files say about each other, which a manifest that was written anew for changed files cannot mend. */
async function contentFaults(
	{ root, subject }: ManifestPlace,
	{ run }: StoredManifest,
	known: readonly ArtifactFault[],
	signal: AbortSignal,
): Promise<ArtifactFault[]> {
	if (run === null) return [];
	const files = runFiles(root, subject);
	const isKnown = (folder: string) => known.some(({ path }) => path?.startsWith(folder) === true);
	try {
		const result = readResult(files);
		if (result === null) return [];
		const disagreements = [
			...pair("run id", run.runId, result.runId),
			...(run.runId === subject ? [] : [`the manifest of ${run.runId} lies under the name ${subject}`]),
			...pair("command", run.command, result.command),
			...pair("end", run.createdAt, result.finishedAt),
			...pair("task set", run.parents.find(({ kind }) => kind === "tasks")?.sha256 ?? null, result.taskSetFingerprint),
		];
		// Damage that is known already would only be told twice.
		if (!isKnown("rollouts/") && existsSync(files.rollouts)) {
			disagreements.push(
				...pair("number of judged candidates", await countRollouts(files.rollouts, signal), result.sampleCount),
			);
		}
		return disagreements.map((text) => fault("disagrees", text));
	} catch (error) {
		if (!(error instanceof AssayError)) throw error;
		return isKnown("runs/") ? [] : [fault("rollouts_damaged", error.message)];
	}
}

function* pair(what: string, recorded: string | number | null, found: string | number): Generator<string> {
	if (recorded !== found) yield `${what}: the result says ${found}, the other files say ${recorded ?? "nothing"}`;
}

/** Throws `usage` for a candidate that is there twice. */
async function countRollouts(path: string, signal: AbortSignal): Promise<number> {
	let count = 0;
	for await (const _outcome of readOutcomes(path, { vouchedFor: true }).outcomes) {
		if ((count++ & 1023) === 0) signal.throwIfAborted();
	}
	return count;
}

function fault(kind: ArtifactFault["kind"], message: string): ArtifactFault {
	return { kind, severity: "fault", path: null, message };
}
