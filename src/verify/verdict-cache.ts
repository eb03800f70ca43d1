import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Verdict } from "../domain/verdict.js";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { normalisedSource } from "../lib/normalised-source.js";
import { writeFailure } from "../lib/write-failure.js";

const FILE = "verdicts.sqlite";
const MOST_PENDING = 200;
const FLUSH_AFTER_MS = 250;

/** Verdicts by what they depend on. Derived: it may be deleted at any time. Judge errors are never kept. */
export class VerdictCache {
	readonly #db: DatabaseSync;
	readonly #get: StatementSync;
	readonly #put: StatementSync;
	/** Given and not written yet. */
	readonly #pending = new Map<string, string>();
	#timer: NodeJS.Timeout | null = null;

	constructor(folder: string) {
		this.#db = opened(folder);
		this.#get = this.#db.prepare("SELECT verdict FROM verdicts WHERE key = ?");
		this.#put = this.#db.prepare("INSERT OR REPLACE INTO verdicts VALUES (?, ?)");
	}

	get(key: string): Verdict | null {
		const text = this.#pending.get(key) ?? this.#get.get(key)?.verdict;
		if (text === undefined) return null;
		const parsed = Verdict.safeParse(JSON.parse(String(text)));
		return parsed.success ? parsed.data : null;
	}

	/** Written together with others soon: other programs use the same file, so it is never locked for longer than a write. */
	put(key: string, verdict: Verdict): void {
		if (verdict.status === "judge_error") return;
		this.#pending.set(key, JSON.stringify(verdict));
		if (this.#pending.size >= MOST_PENDING) this.flush();
		else this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS).unref();
	}

	flush(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		if (this.#pending.size === 0) return;
		try {
			this.#db.exec("BEGIN IMMEDIATE");
			for (const [key, verdict] of this.#pending) this.#put.run(key, verdict);
			this.#db.exec("COMMIT");
		} catch {
			// A full disk, say: whoever writes what is to last says so, and a verdict that is not kept is only given again.
			if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
		}
		this.#pending.clear();
	}

	close(): void {
		this.flush();
		this.#db.close();
	}
}

function opened(folder: string): DatabaseSync {
	const path = join(folder, FILE);
	try {
		mkdirSync(folder, { recursive: true });
		const db = new DatabaseSync(path);
		db.exec(
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -2000;" +
				"CREATE TABLE IF NOT EXISTS verdicts (key TEXT PRIMARY KEY, verdict TEXT NOT NULL) WITHOUT ROWID",
		);
		return db;
	} catch (cause) {
		throw writeFailure(path, cause);
	}
}

/** `parts` hold everything that can change the verdict: tests, limits, tier, interpreter, judge. */
export function verdictKey(code: string, parts: Record<string, unknown>): string {
	return sha256(canonicalJson({ ...parts, code: sha256(normalisedSource(code)) }));
}
