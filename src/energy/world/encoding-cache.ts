import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { canonicalJson, sha256 } from "../../lib/hash.js";
import type { StateInput } from "./messages.js";

/** What the encoder makes of a program. */
export interface EncodedProgram {
	/** As a state before an edit. */
	state: Float32Array;
	/** As a state after it. */
	target: Float32Array;
	/** Structure numbers. */
	facts: Float32Array;
}

const FILE = "encodings.sqlite";

/** Vectors of programs by model and content. Derived: it may be deleted at any time. */
export class EncodingCache {
	readonly #db: DatabaseSync;
	readonly #get: StatementSync;
	readonly #put: StatementSync;

	constructor(folder: string) {
		mkdirSync(folder, { recursive: true });
		this.#db = new DatabaseSync(join(folder, FILE));
		this.#db.exec(
			"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -2000;" +
				"CREATE TABLE IF NOT EXISTS encodings (key TEXT PRIMARY KEY, numbers BLOB) WITHOUT ROWID",
		);
		this.#get = this.#db.prepare("SELECT numbers FROM encodings WHERE key = ?");
		this.#put = this.#db.prepare("INSERT OR REPLACE INTO encodings VALUES (?, ?)");
	}

	/** `width`: of a vector; null: it was not kept. */
	get(key: string, width: number): EncodedProgram | null {
		const bytes = this.#get.get(key)?.numbers;
		if (!(bytes instanceof Uint8Array) || bytes.length % 4 !== 0 || bytes.length < 8 * width) return null;
		const numbers = new Float32Array(bytes.slice().buffer);
		return {
			state: numbers.subarray(0, width),
			target: numbers.subarray(width, 2 * width),
			facts: numbers.subarray(2 * width),
		};
	}

	/** All in one write. What cannot be written, on a full disk say, is only computed again. */
	put(programs: Iterable<readonly [key: string, program: EncodedProgram]>): void {
		try {
			this.#db.exec("BEGIN IMMEDIATE");
			for (const [key, { state, target, facts }] of programs) {
				const numbers = new Float32Array(state.length + target.length + facts.length);
				numbers.set(state);
				numbers.set(target, state.length);
				numbers.set(facts, state.length + target.length);
				this.#put.run(key, new Uint8Array(numbers.buffer));
			}
			this.#db.exec("COMMIT");
		} catch {
			if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
		}
	}

	close(): void {
		this.#db.close();
	}
}

export function encodingKey(modelId: string, { code, entryPoint, known, hidden }: StateInput): string {
	const given = known === null ? null : { facts: [...known.facts], unbound: known.unbound };
	return sha256(canonicalJson({ modelId, code, entryPoint, given, hidden }));
}
