import { existsSync, readdirSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { lossCurve } from "../artifacts/loss-curve.js";
import { readTraining } from "../artifacts/training-file.js";
import type { Checkpoint, CheckpointRun, CheckpointTraining } from "../domain/checkpoint.js";
import type { RunRow } from "../domain/run-row.js";
import type { TrainingManifest } from "../domain/training.js";
import { AssayError } from "../lib/errors.js";
import { knownRuns } from "./known-runs.js";
import { listRuns } from "./recorded-runs.js";
import { REFERENCE } from "./verify-samples.js";

export interface CheckpointOptions {
	/** Folders of artifacts; the first is the workspace's. */
	roots: readonly string[];
	/** Folder of the model that ships with the program; null: none. */
	shippedModel: string | null;
}

/** Everything that was evaluated, or can be, with its runs: parents before children, roots with the newest runs first. */
export async function listCheckpoints({ roots, shippedModel }: CheckpointOptions): Promise<Checkpoint[]> {
	const { rows } = await listRuns(roots);
	const byId = new Map(rows.map((row) => [row.runId, row]));
	const runs = new Map<string, RunRow[]>();
	for (const row of rows) {
		const id = sourceOf(row, byId);
		if (id !== null) runs.set(id, [...(runs.get(id) ?? []), row]);
	}
	const found = [...runs.keys(), ...(shippedModel === null ? [] : [shippedModel]), ...checkpointFolders(roots)];
	const checkpoints = new Map<string, Unplaced>();
	for (let ids = [...new Set(found)]; ids.length > 0; ) {
		const parents: string[] = [];
		for (const id of ids) {
			const checkpoint = await checkpointOf(id, runs.get(id) ?? []);
			checkpoints.set(id, checkpoint);
			if (checkpoint.parent !== null) parents.push(checkpoint.parent);
		}
		ids = [...new Set(parents)].filter((id) => !checkpoints.has(id));
	}
	const placed = [...checkpoints.values()].map((checkpoint) => inFamily(checkpoint, checkpoints));
	const families = Map.groupBy(placed, ({ root }) => root).values();
	const known = new Map([...families].flatMap((family) => [...knownRuns(family)]));
	return placed.map(({ root: _root, ...checkpoint }) => ({ ...checkpoint, knownBy: known.get(checkpoint.id) ?? null }));
}

type Unplaced = Omit<Checkpoint, "knownBy">;

/** With the root of its family and its distance from there. What would be its own ancestor counts as a root. */
function inFamily(checkpoint: Unplaced, all: ReadonlyMap<string, Unplaced>): Unplaced & { root: string } {
	const seen = new Set<string>();
	let root = checkpoint.id;
	for (let at: Unplaced | undefined = checkpoint; at?.parent != null; at = all.get(at.parent)) {
		seen.add(at.id);
		if (seen.has(at.parent)) return { ...checkpoint, parent: null, generation: 0, root: checkpoint.id };
		root = at.parent;
	}
	return { ...checkpoint, generation: seen.size, root };
}

/** Folders of checkpoints in the first folder of artifacts. */
export function checkpointFolders([root]: readonly string[]): string[] {
	const folder = root === undefined ? "" : join(root, "checkpoints");
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "config.json")))
		.map(({ name }) => join(folder, name))
		.toSorted();
}

/** By its name, the start of one, or the path of its folder. */
export function checkpointNamed(checkpoints: readonly Checkpoint[], reference: string): Checkpoint {
	const exact = checkpoints.filter(({ id, name }) => id === reference || name === reference);
	const found = exact.length > 0 ? exact : checkpoints.filter(({ name }) => name.startsWith(reference));
	const [only, ...others] = found;
	if (reference === "" || only === undefined) {
		throw new AssayError("usage", `no checkpoint is called ${JSON.stringify(reference.slice(0, 100))}`, {
			hint: "`assay checkpoints list` shows those of this workspace; --workspace names another one",
		});
	}
	if (others.length > 0) {
		const some = found.slice(0, 4).map(({ id }) => id);
		throw new AssayError("usage", `${reference} could be any of ${found.length}: ${some.join(", ")}`, {
			hint: "give more of the name, or the path",
		});
	}
	return only;
}

/** null: what made its candidates is nothing that could be trained. Rollouts that are judged again are whoever's they were. */
function sourceOf({ model, samples, parent }: RunRow, byId: ReadonlyMap<string, RunRow>): string | null {
	const judgedBefore = parent === null ? undefined : byId.get(parent);
	if (judgedBefore !== undefined) return judgedBefore.model ?? judgedBefore.samples;
	return model ?? (samples === REFERENCE ? null : samples);
}

async function checkpointOf(id: string, rows: readonly RunRow[]): Promise<Unplaced> {
	const isPath = isAbsolute(id);
	const kind = rows.some(({ model }) => model === null) ? "samples" : isPath ? "folder" : "model";
	const stored = kind === "folder" ? await readTraining(id) : null;
	const parent = stored?.manifest.parent ?? null;
	return {
		id,
		name: isPath ? basename(id) : id,
		kind,
		parent: parent && (parent.path === null ? parent.name : resolve(id, parent.path)),
		generation: 0,
		missing: isPath && !existsSync(id),
		training: stored && trainingOf(stored.manifest, await lossCurve(id)),
		runs: rows.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).map(runOf),
	};
}

function trainingOf(manifest: TrainingManifest, curve: CheckpointTraining["curve"]): CheckpointTraining {
	const { method, sources, data, steps, finishedAt, wallTimeMs, costUsd } = manifest;
	return {
		method,
		data: sources.map(({ kind, id }) => `${kind} ${isAbsolute(id) ? basename(id) : id}`).join(", "),
		taskCount: data.tasks,
		exampleCount: data.examples,
		steps,
		finishedAt,
		wallTimeMs,
		costUsd,
		curve,
	};
}

function runOf(row: RunRow): CheckpointRun {
	const { runId, outcome, startedAt, n, taskCount, sampleCount, passAt1, taskSetFingerprint, costUsd, recorded } = row;
	return { runId, outcome, startedAt, n, taskCount, sampleCount, passAt1, taskSetFingerprint, costUsd, recorded };
}
