import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { ZodType } from "zod";
import { canonicalJson, sha256 } from "../lib/hash.js";
import { normalisedSource } from "../lib/normalised-source.js";
import { writeFailure } from "../lib/write-failure.js";

const FILE = "verdicts.sqlite";
const MOST_PENDING = 200;
const FLUSH_AFTER_MS = 250;

/** What the judge said, by what that depends on. Derived: it may be deleted at any time. */
export class JudgedCache<T> {
	readonly #db: DatabaseSync;
	readonly #get: StatementSync;
	readonly #put: StatementSync;
	/** Given and not written yet. */
	readonly #pending = new Map<string, string>();
	#timer: NodeJS.Timeout | null = null;

	/** What was written by another version, and no longer fits the schema, is not there. */
	constructor(
		folder: string,
		table: "verdicts" | "observations",
		private readonly schema: ZodType<T>,
	) {
		this.#db = opened(folder, table);
		this.#get = this.#db.prepare(`SELECT verdict FROM ${table} WHERE key = ?`);
		this.#put = this.#db.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?)`);
	}

	get(key: string): T | null {
		const text = this.#pending.get(key) ?? this.#get.get(key)?.verdict;
		if (text === undefined) return null;
		const parsed = this.schema.safeParse(JSON.parse(String(text)));
		return parsed.success ? parsed.data : null;
	}

	/** Written together with others soon: other programs use the same file, so it is never locked for longer than a write. */
	put(key: string, value: T): void {
		this.#pending.set(key, JSON.stringify(value));
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

function opened(folder: string, table: string): DatabaseSync {
	const path = join(folder, FILE);
	try {
		mkdirSync(folder, { recursive: true });
		const db = new DatabaseSync(path);
		db.exec(
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -2000;" +
				`CREATE TABLE IF NOT EXISTS ${table} (key TEXT PRIMARY KEY, verdict TEXT NOT NULL) WITHOUT ROWID`,
		);
		return db;
	} catch (cause) {
		throw writeFailure(path, cause);
	}
}

/** `parts` hold everything that can change what the judge says: tests, limits, tier, interpreter, judge. */
export function judgedKey(code: string, parts: Record<string, unknown>): string {
	return sha256(canonicalJson({ ...parts, code: sha256(normalisedSource(code)) }));
}
