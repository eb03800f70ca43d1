/** Raised with every change of the tables: an index of another version is made anew. */
export const VERSION = 5;

export const TABLES = ["parents", "files", "run_tasks", "damaged", "runs"] as const;

export const SCHEMA = `
	CREATE TABLE runs (
		run_id TEXT PRIMARY KEY, stamp TEXT NOT NULL, kind TEXT NOT NULL, command TEXT NOT NULL, outcome TEXT NOT NULL,
		backend TEXT NOT NULL, started_at TEXT NOT NULL, finished_at TEXT, n INTEGER, task_count INTEGER NOT NULL,
		sample_count INTEGER NOT NULL, accepted INTEGER NOT NULL, judge_errors INTEGER NOT NULL, status_counts TEXT NOT NULL,
		pass_at_1 REAL, pass_at_1_tasks INTEGER, pass_at_1_low REAL, pass_at_1_high REAL, tier TEXT,
		task_set_fingerprint TEXT NOT NULL, experiment TEXT, bytes INTEGER NOT NULL, complete INTEGER NOT NULL,
		model TEXT, samples TEXT, cost_usd REAL
	) STRICT;
	CREATE TABLE damaged (run_id TEXT PRIMARY KEY, stamp TEXT NOT NULL, problem TEXT NOT NULL) STRICT;
	CREATE TABLE run_tasks (
		run_id TEXT NOT NULL REFERENCES runs, task_id TEXT NOT NULL, n INTEGER NOT NULL, accepted INTEGER NOT NULL,
		PRIMARY KEY (run_id, task_id)
	) STRICT;
	CREATE INDEX run_tasks_by_task ON run_tasks (task_id);
	CREATE TABLE files (
		path TEXT PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL
	) STRICT;
	CREATE INDEX files_by_run ON files (run_id);
	CREATE INDEX files_by_checksum ON files (sha256);
	CREATE TABLE parents (
		run_id TEXT NOT NULL REFERENCES runs, kind TEXT NOT NULL, id TEXT NOT NULL, sha256 TEXT
	) STRICT;
	CREATE INDEX parents_by_run ON parents (run_id);
	CREATE INDEX parents_by_checksum ON parents (sha256);
`;
