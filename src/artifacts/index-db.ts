import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ArtifactManifest, type RunResult } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { listRunIds, readResult } from "./find-run.js";
import { readJsonFile } from "./json-file.js";
import { type RunFiles, runFiles } from "./layout.js";
import { isRunning } from "./run-lock.js";

export interface IndexCounts {
	runs: number;
	files: number;
	/** What is wrong with runs that had to be left out, in words for people. */
	damaged: string[];
}

/** Builds artifacts/index.sqlite anew from the results and manifests; the index holds nothing that they do not. */
export async function rebuildIndex(root: string): Promise<IndexCounts> {
	if (!existsSync(root))
		throw new AssayError("usage", `${root}: no such folder`, { hint: "--workspace names the folder that holds it" });
	const path = join(root, "index.sqlite");
	const temporary = `${path}.${process.pid}.tmp`;
	for (const draft of abandonedDrafts(root)) rmSync(draft, { force: true });
	const counts: IndexCounts = { runs: 0, files: 0, damaged: [] };
	const index = await openIndex(temporary);
	try {
		index.begin();
		for (const runId of await listRunIds(root)) {
			const files = runFiles(root, runId);
			try {
				const result = readResult(files);
				if (result === null) continue;
				counts.files += index.put(result, readManifest(files));
				counts.runs++;
			} catch (error) {
				if (!(error instanceof AssayError) || error.code !== "usage") throw error;
				counts.damaged.push(error.message);
			}
		}
		index.commit();
		index.close();
		renameSync(temporary, path);
	} finally {
		index.close();
		rmSync(temporary, { force: true });
	}
	return counts;
}

/** Of processes that are gone, and of an earlier one that had our number. */
function abandonedDrafts(root: string): string[] {
	const drafts = readdirSync(root).flatMap((name) => {
		const pid = /^index\.sqlite\.(\d+)\.tmp/.exec(name)?.[1];
		return pid === undefined ? [] : [{ name, pid: Number(pid) }];
	});
	return drafts.filter(({ pid }) => pid === process.pid || !isRunning(pid)).map(({ name }) => join(root, name));
}

/** Adds one finished run. The index is derived: an unusable one is built anew. */
export async function indexRun(files: RunFiles, result: RunResult, manifest: ArtifactManifest): Promise<void> {
	const path = join(files.root, "index.sqlite");
	if (!existsSync(path)) {
		await rebuildIndex(files.root);
		return;
	}
	try {
		const index = await openIndex(path);
		try {
			index.begin();
			index.put(result, manifest);
			index.commit();
		} finally {
			index.close();
		}
	} catch {
		await rebuildIndex(files.root);
	}
}

const SCHEMA = `
	CREATE TABLE IF NOT EXISTS runs (
		run_id TEXT PRIMARY KEY, command TEXT NOT NULL, outcome TEXT NOT NULL, backend TEXT NOT NULL,
		started_at TEXT NOT NULL, finished_at TEXT NOT NULL, task_count INTEGER NOT NULL, sample_count INTEGER NOT NULL,
		accepted INTEGER NOT NULL, judge_errors INTEGER NOT NULL, pass_at_1 REAL, tier TEXT NOT NULL,
		task_set_fingerprint TEXT NOT NULL, complete INTEGER NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS run_tasks (
		run_id TEXT NOT NULL REFERENCES runs, task_id TEXT NOT NULL, n INTEGER NOT NULL, accepted INTEGER NOT NULL,
		PRIMARY KEY (run_id, task_id)
	) STRICT;
	CREATE INDEX IF NOT EXISTS run_tasks_by_task ON run_tasks (task_id);
	CREATE TABLE IF NOT EXISTS files (
		path TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL
	) STRICT;
	CREATE TABLE IF NOT EXISTS parents (
		run_id TEXT NOT NULL REFERENCES runs, kind TEXT NOT NULL, id TEXT NOT NULL, sha256 TEXT
	) STRICT;
	CREATE INDEX IF NOT EXISTS parents_by_run ON parents (run_id);
`;

interface Index {
	begin(): void;
	/** Replaces what is there of the run; returns the number of its files. */
	put(result: RunResult, manifest: ArtifactManifest | null): number;
	commit(): void;
	close(): void;
}

async function openIndex(path: string): Promise<Index> {
	const { DatabaseSync } = await import("node:sqlite");
	const database = new DatabaseSync(path, { timeout: 2000 });
	database.exec(SCHEMA);
	const clear = ["parents", "files", "run_tasks", "runs"].map((name) =>
		database.prepare(`DELETE FROM ${name} WHERE run_id = ?`),
	);
	const addRun = database.prepare("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	const addTask = database.prepare("INSERT INTO run_tasks VALUES (?, ?, ?, ?)");
	const addFile = database.prepare("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)");
	const addParent = database.prepare("INSERT INTO parents VALUES (?, ?, ?, ?)");
	return {
		begin: () => database.exec("BEGIN"),
		put(result, manifest) {
			const { runId } = result;
			for (const statement of clear) statement.run(runId);
			addRun.run(
				runId,
				result.command,
				result.outcome,
				result.config.backend,
				result.startedAt,
				result.finishedAt,
				result.taskCount,
				result.sampleCount,
				result.statusCounts.accepted ?? 0,
				result.statusCounts.judge_error ?? 0,
				result.passAtK.find(({ k }) => k === 1)?.value ?? null,
				result.sandbox.tier,
				result.taskSetFingerprint,
				manifest === null ? 0 : 1,
			);
			for (const task of result.tasks) addTask.run(runId, task.taskId, task.n, task.accepted);
			for (const file of manifest?.files ?? []) addFile.run(file.path, runId, file.bytes, file.sha256);
			for (const parent of manifest?.parents ?? []) addParent.run(runId, parent.kind, parent.id, parent.sha256);
			return manifest?.files.length ?? 0;
		},
		commit: () => database.exec("COMMIT"),
		close: () => {
			if (database.isOpen) database.close();
		},
	};
}

function readManifest(files: RunFiles): ArtifactManifest | null {
	if (!existsSync(files.manifest)) return null;
	return readJsonFile(ArtifactManifest, files.manifest);
}
