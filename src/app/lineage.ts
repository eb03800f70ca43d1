import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { findRun } from "../artifacts/find-run.js";
import type { IndexedFile, RunIndex } from "../artifacts/index-db.js";
import { relativePath } from "../artifacts/layout.js";
import { schemaOf } from "../artifacts/schema-of.js";
import type { Lineage, LineageNode } from "../domain/lineage.js";
import type { RunRow } from "../domain/run-row.js";
import { withFileStates } from "./file-states.js";
import { withIndexOf } from "./run-index.js";

/**
 * The lineage of a run (its id, the start of one, `latest`) or of a file or folder; nothing is compared with checksums.
 * The first of `roots` is the workspace's.
 */
export async function lineageOf(roots: readonly string[], subject: string): Promise<Lineage> {
	for (const root of roots) {
		const path = pathOf(root, subject);
		if (path !== null) return await withIndexOf(roots, root, (index) => new Walk(root, index).ofPath(path));
	}
	const { root, runId } = await findRun(roots, subject);
	return await withIndexOf(roots, root, (index) => new Walk(root, index).ofRun(runId));
}

/** The same with every file that has a checksum read and compared. */
export async function checkLineage(lineage: Lineage, signal: AbortSignal): Promise<Lineage> {
	const { root } = lineage;
	const check = async (nodes: readonly LineageNode[]): Promise<LineageNode[]> => {
		const checked = await withFileStates(root, nodes, signal);
		const deeper: LineageNode[] = [];
		for (const node of checked) deeper.push({ ...node, nodes: await check(node.nodes) });
		return deeper;
	};
	const [subject = lineage.subject] = await check([lineage.subject]);
	return {
		...lineage,
		subject,
		from: await check(lineage.from),
		files: await check(lineage.files),
		into: await check(lineage.into),
	};
}

/** null: no file of that name is there, so that it is taken for a run. */
function pathOf(root: string, subject: string): string | null {
	if (subject === "") return null;
	for (const path of [resolve(subject), resolve(root, subject)]) if (existsSync(path)) return path;
	return null;
}

class Walk {
	readonly #rows: ReadonlyMap<string, RunRow>;
	readonly #seen = new Set<string>();

	constructor(
		readonly root: string,
		readonly index: RunIndex,
	) {
		this.#rows = new Map(index.rows().map((row) => [row.runId, row]));
	}

	ofRun(runId: string): Lineage {
		this.#seen.add(runId);
		return {
			root: this.root,
			subject: this.#run(runId, []),
			from: this.#above(runId),
			files: this.index.files({ runId }).map((file) => this.#file(file)),
			into: this.#below(runId),
		};
	}

	ofPath(path: string): Lineage {
		const name = nameOf(this.root, path);
		const [recorded] = this.index.files({ path: name });
		if (recorded === undefined) {
			const subject = { ...stored("file", name), detail: schemaOf(path) };
			return { root: this.root, subject, from: [], files: [], into: this.#users(this.index.parents({ id: path })) };
		}
		const users = this.index.parents({ sha256: recorded.sha256 });
		return {
			root: this.root,
			subject: this.#file(recorded),
			from: [this.#run(recorded.runId, this.#above(recorded.runId))],
			files: [],
			into: this.#users(users),
		};
	}

	#above(runId: string): LineageNode[] {
		return this.index.parents({ runId }).map(({ kind, id, sha256 }) => {
			if (kind === "run") return this.#unseen(id, () => this.#above(id));
			const [file] = kind === "samples" && sha256 !== null ? this.index.files({ sha256 }) : [];
			const writer = file === undefined ? [] : [this.#unseen(file.runId, () => this.#above(file.runId))];
			return { ...stored(kind, nameOf(this.root, id)), sha256, bytes: file?.bytes ?? null, nodes: writer };
		});
	}

	#below(runId: string): LineageNode[] {
		const rollouts = this.index.files({ runId, path: `rollouts/${runId}.jsonl` });
		return this.#users([
			...this.index.parents({ id: runId }),
			...rollouts.flatMap(({ sha256 }) => this.index.parents({ sha256 })),
		]);
	}

	#users(parents: readonly { runId: string }[]): LineageNode[] {
		const ids = [...new Set(parents.map((parent) => parent.runId))];
		return ids.map((id) => this.#unseen(id, () => this.#below(id)));
	}

	/** A run that is in the tree already is not walked again. */
	#unseen(runId: string, next: () => LineageNode[]): LineageNode {
		if (this.#seen.has(runId)) return this.#run(runId, []);
		this.#seen.add(runId);
		return this.#run(runId, next());
	}

	#run(runId: string, nodes: LineageNode[]): LineageNode {
		const row = this.#rows.get(runId);
		const detail = row === undefined ? null : `${row.kind} ${row.outcome}`;
		const state = row === undefined ? "missing" : "not_compared";
		return { ...stored("run", runId), detail, bytes: row?.bytes ?? null, state, nodes };
	}

	#file({ path, bytes, sha256 }: IndexedFile): LineageNode {
		return { ...stored("file", path), detail: schemaOf(join(this.root, path)), bytes, sha256 };
	}
}

function stored(kind: LineageNode["kind"], id: string): LineageNode {
	return { kind, id, detail: null, bytes: null, sha256: null, state: "not_compared", nodes: [] };
}

function nameOf(root: string, path: string): string {
	const relative = relativePath(root, path);
	return relative === "" || relative.startsWith("..") ? path : relative;
}
