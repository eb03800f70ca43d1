import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { artifactsRoot } from "../artifacts/layout.js";
import type { ResultSet } from "../compare/result-set.js";
import { AssayError } from "../lib/errors.js";
import { Slots } from "../lib/slots.js";
import type { CandidatePlaces } from "./candidate-places.js";
import { nothingUnseen } from "./check-training.js";
import { type FoundSet, findSets, type NamedRun, readSet } from "./result-source.js";

export interface GatherResultsOptions {
	workspace: string;
	/** Folders of artifacts with the runs; without it that of the workspace. */
	roots?: readonly string[];
	/** Run ids, starts of them, `latest`, rollouts files, files that `assay verify --out` wrote, or published tables. */
	sources: readonly (string | NamedRun)[];
	/** Folders of the models that made the candidates, one for each source, where runs do not tell; null: not known. */
	checkpoints?: readonly (string | null)[];
	/** Score tasks that a model was trained on all the same, and say so at every figure. */
	seenIsScored?: boolean;
	signal: AbortSignal;
	/** Filled with where the candidates are. */
	places?: CandidatePlaces;
	/** Told the share of the bytes that was read. */
	onProgress?: (share: number) => void;
}

/** A source or set that cannot be used, and why. Without this the first such thing is thrown. */
export type LeaveOut = (set: Pick<FoundSet, "name" | "runId" | "subject">, error: AssayError) => void;

export interface Gathered {
	sets: ResultSet[];
	/** Tasks that one of the models was trained on; left out of all sets, unless `seenIsScored`. */
	seen: ReadonlySet<string>;
	seenIsScored: boolean;
}

/** What the sources stand for, not read yet. */
export async function findResults(options: GatherResultsOptions, leaveOut?: LeaveOut): Promise<FoundSet[]> {
	const { sources, checkpoints, workspace, signal, roots = [artifactsRoot(workspace)] } = options;
	const found: FoundSet[] = [];
	for (const [at, source] of sources.entries()) {
		try {
			found.push(...(await findSets(source, { roots, checkpoint: checkpoints?.[at] ?? null, signal })));
		} catch (error) {
			if (leaveOut === undefined || !(error instanceof AssayError) || signal.aborted) throw error;
			leaveOut({ name: typeof source === "string" ? source : source.name, runId: null, subject: null }, error);
		}
	}
	const twice = found.find(({ path }, i) => found.findIndex((other) => other.path === path) < i);
	if (twice !== undefined)
		throw new AssayError("usage", `${twice.name} is named twice: it does not differ from itself`);
	return found;
}

/** Reads them. What one of the models was trained on is left out of all sets. */
export async function readResults(
	found: readonly FoundSet[],
	options: GatherResultsOptions,
	leaveOut?: LeaveOut,
): Promise<Gathered> {
	const { seenIsScored = false } = options;
	const seen = seenBy(found);
	const sets = await readSets(found, seenIsScored ? new Set() : seen, options, leaveOut);
	return { sets, seen, seenIsScored };
}

/** Ids of the tasks that the models which made these were trained on. */
export function seenBy(sets: readonly Pick<ResultSet, "training">[]): Set<string> {
	const seen = sets.flatMap(({ training }) => (training.state === "checked" ? training.seen : []));
	return new Set(seen.map(({ taskId }) => taskId));
}

/** A thread takes longer to start than it takes to read less. */
const APART_FROM_BYTES = 16 * 2 ** 20;

/** Large files at the same time, as many as there are processors. */
async function readSets(
	found: readonly FoundSet[],
	leftOut: ReadonlySet<string>,
	{ signal, places, onProgress }: GatherResultsOptions,
	leaveOut?: LeaveOut,
): Promise<ResultSet[]> {
	const sizes = found.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
	const total = sizes.reduce((sum, size) => sum + size, 0);
	let bytesRead = 0;
	const onBytes = (bytes: number) => {
		bytesRead += bytes;
		onProgress?.(bytesRead / total);
	};
	const failure = new AbortController();
	const watch = { signal: AbortSignal.any([signal, failure.signal]), onBytes };
	const slots = new Slots(availableParallelism());
	const results = await Promise.allSettled(
		found.map((source, i) =>
			slots
				.use(watch.signal, async () => {
					const apart = found.length > 1 && (sizes[i] ?? 0) >= APART_FROM_BYTES;
					const read = await readSet(source, { leftOut, withPlaces: places !== undefined, apart, ...watch });
					if (read.set.sampleCount === 0) throw nothingUnseen(source.name);
					places?.add(read.places, i);
					return [read.set];
				})
				.catch((error: unknown) => {
					if (leaveOut !== undefined && error instanceof AssayError && !watch.signal.aborted) {
						leaveOut(source, error);
						return [];
					}
					failure.abort(error);
					throw error;
				}),
		),
	);
	if (failure.signal.aborted) throw failure.signal.reason;
	return results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
}
