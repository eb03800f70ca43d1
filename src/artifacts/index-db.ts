import { rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { ArtifactManifest, TaskSummary } from "../domain/run.js";
import { RunRow } from "../domain/run-row.js";
import { SCHEMA, TABLES, VERSION } from "./index-schema.js";

/** What the index keeps of a run; `stamp` says what its files were like when they were read. */
export type IndexChange =
	| { kind: "put"; stamp: string; row: RunRow; tasks: readonly TaskSummary[]; manifest: ArtifactManifest | null }
	| { kind: "damaged"; runId: string; stamp: string; problem: string }
	| { kind: "remove"; runId: string };

export interface IndexedFile {
	path: string;
	runId: string;
	bytes: number;
	sha256: string;
}

export interface IndexedParent {
	runId: string;
	kind: "tasks" | "samples" | "run" | "checkpoint";
	id: string;
	sha256: string | null;
}

/** artifacts/index.sqlite. Derived: it holds nothing that results and manifests do not, and may go at any time. */
export interface RunIndex {
	/** By run id, of damaged runs too. */
	stamps(): Map<string, string>;
	/** All of the changes or none. */
	write(changes: readonly IndexChange[]): void;
	/** Newest first. */
	rows(): RunRow[];
	damaged(): { runId: string; problem: string }[];
	files(filter: { runId?: string; path?: string; sha256?: string }): IndexedFile[];
	parents(filter: { runId?: string; id?: string; sha256?: string }): IndexedParent[];
	tasks(runId: string): { taskId: string; n: number; accepted: number }[];
	close(): void;
}

/** Opens or makes the index under `root`; null keeps it in memory. Throws what SQLite throws. */
export async function openIndex(root: string | null): Promise<RunIndex> {
	const { DatabaseSync } = await import("node:sqlite");
	const database = new DatabaseSync(root === null ? ":memory:" : indexPath(root), { timeout: 2000 });
	try {
		if (database.prepare("PRAGMA user_version").get()?.user_version !== VERSION) makeTables(database);
		return indexOf(database);
	} catch (error) {
		database.close();
		throw error;
	}
}

/** With what SQLite keeps beside it: a journal would be played back into the next index of that name. */
export function removeIndex(root: string): void {
	for (const suffix of ["-journal", "-wal", "-shm", ""]) rmSync(`${indexPath(root)}${suffix}`, { force: true });
}

function indexPath(root: string): string {
	return join(root, "index.sqlite");
}

function makeTables(database: DatabaseSync): void {
	transaction(database, () => {
		for (const table of TABLES) database.exec(`DROP TABLE IF EXISTS ${table}`);
		database.exec(SCHEMA);
		database.exec(`PRAGMA user_version = ${VERSION}`);
	});
}

function transaction(database: DatabaseSync, change: () => void): void {
	database.exec("BEGIN IMMEDIATE");
	try {
		change();
		database.exec("COMMIT");
	} catch (error) {
		if (database.isTransaction) database.exec("ROLLBACK");
		throw error;
	}
}

function indexOf(database: DatabaseSync): RunIndex {
	const removals = TABLES.map((name) => database.prepare(`DELETE FROM ${name} WHERE run_id = ?`));
	const addRun = database.prepare(`INSERT INTO runs VALUES (${Array(26).fill("?").join(", ")})`);
	const addTask = database.prepare("INSERT INTO run_tasks VALUES (?, ?, ?, ?)");
	const addFile = database.prepare("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)");
	const addParent = database.prepare("INSERT INTO parents VALUES (?, ?, ?, ?)");
	const addDamaged = database.prepare("INSERT INTO damaged VALUES (?, ?, ?)");

	function apply(change: IndexChange): void {
		const runId = change.kind === "put" ? change.row.runId : change.runId;
		for (const removal of removals) removal.run(runId);
		if (change.kind === "damaged") addDamaged.run(runId, change.stamp, change.problem);
		if (change.kind !== "put") return;
		addRun.run(...runColumns(change.row, change.stamp, change.manifest !== null));
		for (const { taskId, n, accepted } of change.tasks) addTask.run(runId, taskId, n, accepted);
		for (const { path, bytes, sha256 } of change.manifest?.files ?? []) addFile.run(path, runId, bytes, sha256);
		for (const { kind, id, sha256 } of change.manifest?.parents ?? []) addParent.run(runId, kind, id, sha256);
	}

	return {
		stamps() {
			const rows = database.prepare("SELECT run_id, stamp FROM runs UNION ALL SELECT run_id, stamp FROM damaged").all();
			return new Map(rows.map((row) => [text(row.run_id), text(row.stamp)]));
		},
		write: (changes) => transaction(database, () => changes.forEach(apply)),
		rows: () => database.prepare(SELECT_ROWS).all().map(rowOf),
		damaged: () =>
			database
				.prepare("SELECT run_id, problem FROM damaged ORDER BY run_id DESC")
				.all()
				.map((row) => ({ runId: text(row.run_id), problem: text(row.problem) })),
		files: ({ runId, path, sha256 }) =>
			where(database, "files", { run_id: runId, path, sha256 }, "path").map((row) => ({
				path: text(row.path),
				runId: text(row.run_id),
				bytes: Number(row.bytes),
				sha256: text(row.sha256),
			})),
		parents: ({ runId, id, sha256 }) =>
			where(database, "parents", { run_id: runId, id, sha256 }, "rowid").map((row) => ({
				runId: text(row.run_id),
				kind: row.kind === "run" || row.kind === "samples" ? row.kind : "tasks",
				id: text(row.id),
				sha256: row.sha256 === null ? null : text(row.sha256),
			})),
		tasks: (runId) =>
			where(database, "run_tasks", { run_id: runId }, "rowid").map((row) => ({
				taskId: text(row.task_id),
				n: Number(row.n),
				accepted: Number(row.accepted),
			})),
		close: () => database.close(),
	};
}

function where(
	database: DatabaseSync,
	table: string,
	filter: Record<string, string | undefined>,
	order: string,
): Record<string, SQLOutputValue>[] {
	const given = Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
	const condition = given.map(({ name }) => `${name} = ?`).join(" AND ") || "1";
	const statement = database.prepare(`SELECT * FROM ${table} WHERE ${condition} ORDER BY ${order}`);
	return statement.all(...given.map(({ value }) => value));
}

/** The parent is the run that wrote the samples, known by their checksum, or one that the manifest names. */
const SELECT_ROWS = `
	SELECT runs.*, coalesce(
		(SELECT id FROM parents WHERE parents.run_id = runs.run_id AND kind = 'run'),
		(SELECT files.run_id FROM parents JOIN files ON files.sha256 = parents.sha256
			WHERE parents.run_id = runs.run_id AND kind = 'samples' AND files.path LIKE 'rollouts/%' LIMIT 1)
	) AS parent FROM runs ORDER BY run_id DESC
`;

function runColumns(row: RunRow, stamp: string, complete: boolean) {
	const { passAt1 } = row;
	return [
		row.runId,
		stamp,
		row.kind,
		row.command,
		row.outcome,
		row.backend,
		row.startedAt,
		row.finishedAt,
		row.n,
		row.taskCount,
		row.sampleCount,
		row.statusCounts.accepted ?? 0,
		row.statusCounts.judge_error ?? 0,
		JSON.stringify(row.statusCounts),
		passAt1?.value ?? null,
		passAt1?.tasks ?? null,
		passAt1?.interval?.low ?? null,
		passAt1?.interval?.high ?? null,
		row.tier,
		row.taskSetFingerprint,
		row.experiment,
		row.bytes,
		complete ? 1 : 0,
		row.model,
		row.samples,
		row.costUsd,
	] as const;
}

/** What is in the file is no index of ours, though SQLite can read it. */
class ForeignIndexError extends Error {
	override readonly name = "ForeignIndexError";
}

/** Whether a new index would help: it is not the caller's error, but one of SQLite or of what is in the file. */
export function isIndexFailure(error: unknown): boolean {
	return error instanceof ForeignIndexError || codeOf(error) === "ERR_SQLITE_ERROR";
}

/** Another process writes the index right now, or it lies where nobody may write. */
export function isIndexBusy(error: unknown): boolean {
	const SQLITE_BUSY = 5;
	const SQLITE_READONLY = 8;
	if (!(error instanceof Error) || !("errcode" in error)) return false;
	return error.errcode === SQLITE_BUSY || error.errcode === SQLITE_READONLY;
}

function codeOf(error: unknown): unknown {
	return error instanceof Error && "code" in error ? error.code : null;
}

function rowOf(row: Record<string, SQLOutputValue>): RunRow {
	const interval = row.pass_at_1_low === null ? null : { low: row.pass_at_1_low, high: row.pass_at_1_high };
	const passAt1 = row.pass_at_1 === null ? null : { value: row.pass_at_1, tasks: row.pass_at_1_tasks, interval };
	const parsed = RunRow.safeParse({
		runId: row.run_id,
		kind: row.kind,
		command: row.command,
		outcome: row.outcome,
		startedAt: row.started_at,
		finishedAt: row.finished_at,
		backend: row.backend,
		model: row.model,
		samples: row.samples,
		costUsd: row.cost_usd,
		n: row.n,
		taskCount: row.task_count,
		sampleCount: row.sample_count,
		statusCounts: countsOf(text(row.status_counts)),
		passAt1,
		tier: row.tier,
		taskSetFingerprint: row.task_set_fingerprint,
		experiment: row.experiment,
		bytes: row.bytes,
		parent: row.parent,
		recorded: false,
	});
	if (parsed.success) return parsed.data;
	throw new ForeignIndexError("index.sqlite holds what is no run", { cause: parsed.error });
}

function countsOf(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return null;
	}
}

function text(value: SQLOutputValue | undefined): string {
	return typeof value === "string" ? value : "";
}
