import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { checksumFile } from "../artifacts/checksum.js";
import { ownChecksum } from "../artifacts/manifest.js";
import { type DroppedTransition, type Transition, TransitionManifest } from "../domain/transition.js";
import { STRUCTURE_NAMES } from "../languages/structure.js";
import { writeFileAtomic } from "../lib/atomic-file.js";
import { type AtomicWriter, openAtomicWriter } from "../lib/atomic-writer.js";
import { AssayError } from "../lib/errors.js";
import { version } from "../lib/version.js";
import { transitionCard } from "./transition-card.js";

/** A shard is held in memory until it is written. */
const SHARD = 2_000;
const MANIFEST = "manifest.json";
const SHARDS = "shards";

type Told = Pick<TransitionManifest, "command" | "seed" | "fractions" | "excluded" | "parents"> & {
	/** What is known of tasks; groups without it are repositories. */
	contentSha256: (group: string) => string | null;
};

/** Where the work of a build that is not done lies; it goes when all is there. */
export function workFolder(folder: string): string {
	return join(folder, ".building");
}

/** Throws `usage` where a complete data set is, unless it may go. */
export function makeTransitionFolder(folder: string, replace: boolean): void {
	if (existsSync(join(folder, MANIFEST)) && !replace) {
		throw new AssayError("usage", `${folder}: already holds transitions`, {
			hint: "--out names another folder, --force replaces them",
		});
	}
	const strange = existsSync(folder)
		? readdirSync(folder).filter(
				(name) => !["shards", "manifest.json", "card.md", "dropped.jsonl", ".building"].includes(name),
			)
		: [];
	if (strange.length > 0) {
		throw new AssayError("usage", `${folder}: is no folder of transitions: it holds ${strange[0]}`, {
			hint: "--out names an empty folder, or one that does not exist",
		});
	}
	rmSync(join(folder, MANIFEST), { force: true });
	mkdirSync(workFolder(folder), { recursive: true });
}

/** Writes transitions into shards, then what was dropped, the card, and last the manifest. */
export class TransitionFolder {
	readonly #folder: string;
	readonly #lines: string[] = [];
	readonly #files: string[] = [];
	readonly #counts: TransitionManifest["counts"] = { bySource: {}, bySplit: {}, byLabel: {}, byAll: {}, dropped: {} };
	readonly #groups = new Map<string, Omit<TransitionManifest["groups"][number], "contentSha256">>();
	#transitions = 0;
	#dropped: AtomicWriter | null = null;

	constructor(folder: string) {
		this.#folder = folder;
		rmSync(join(folder, SHARDS), { recursive: true, force: true });
		mkdirSync(join(folder, SHARDS), { recursive: true });
	}

	add(transition: Transition): void {
		const { source, split, label, group, licence } = transition;
		this.#transitions++;
		const { bySource, bySplit, byLabel, byAll } = this.#counts;
		for (const [counts, key] of [
			[bySource, source],
			[bySplit, split],
			[byLabel, String(label)],
			[byAll, `${source} ${split} ${label}`],
		] as const)
			counts[key] = (counts[key] ?? 0) + 1;
		const known = this.#groups.get(group) ?? { group, split, licence, transitions: 0 };
		known.transitions++;
		this.#groups.set(group, known);
		this.#lines.push(`${JSON.stringify(transition)}\n`);
		if (this.#lines.length >= SHARD) this.#writeShard();
	}

	async drop(dropped: DroppedTransition): Promise<void> {
		const { dropped: counts } = this.#counts;
		counts[dropped.code] = (counts[dropped.code] ?? 0) + 1;
		this.#dropped ??= await openAtomicWriter(join(this.#folder, "dropped.jsonl"));
		await this.#dropped.write(`${JSON.stringify(dropped)}\n`);
	}

	async finish({ contentSha256, ...told }: Told): Promise<TransitionManifest> {
		if (this.#lines.length > 0) this.#writeShard();
		this.#dropped ??= await openAtomicWriter(join(this.#folder, "dropped.jsonl"));
		await this.#dropped.commit();
		const groups = [...this.#groups.values()].map((group) => ({ ...group, contentSha256: contentSha256(group.group) }));
		const manifest = TransitionManifest.parse({
			schema: "assay.world-data.v1",
			...told,
			facts: [...STRUCTURE_NAMES],
			transitions: this.#transitions,
			counts: sortedCounts(this.#counts),
			groups: groups.sort((a, b) => (a.group < b.group ? -1 : 1)),
			files: [],
			version,
			ownSha256: null,
		});
		writeFileAtomic(join(this.#folder, "card.md"), transitionCard(manifest));
		for (const path of [...this.#files, "dropped.jsonl", "card.md"])
			manifest.files.push({ path, ...(await checksumFile(join(this.#folder, path))) });
		const signed = { ...manifest, ownSha256: ownChecksum(manifest) };
		rmSync(workFolder(this.#folder), { recursive: true, force: true });
		writeFileAtomic(join(this.#folder, MANIFEST), `${JSON.stringify(signed, null, "\t")}\n`);
		return signed;
	}

	/** Closes what is open; does nothing after `finish`. */
	async close(): Promise<void> {
		await this.#dropped?.discard();
	}

	#writeShard(): void {
		const path = `${SHARDS}/${String(this.#files.length).padStart(5, "0")}.jsonl.gz`;
		writeFileAtomic(join(this.#folder, path), gzipSync(this.#lines.join("")));
		this.#files.push(path);
		this.#lines.length = 0;
	}
}

function sortedCounts(counts: TransitionManifest["counts"]): TransitionManifest["counts"] {
	const sorted = (of: Record<string, number>) =>
		Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
	return {
		bySource: sorted(counts.bySource),
		bySplit: sorted(counts.bySplit),
		byLabel: sorted(counts.byLabel),
		byAll: sorted(counts.byAll),
		dropped: sorted(counts.dropped),
	};
}
