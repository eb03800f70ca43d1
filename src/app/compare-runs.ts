import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { findRun } from "../artifacts/find-run.js";
import { artifactsRoot } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import { compareSets } from "../compare/compare-sets.js";
import { findDifferences } from "../compare/differences.js";
import { rankSets } from "../compare/rank-sets.js";
import type { ResultSet } from "../compare/result-set.js";
import type { GroupKey } from "../domain/choices.js";
import type { Comparison, Difference, DifferenceKind } from "../domain/comparison.js";
import type { Leaderboard } from "../domain/leaderboard.js";
import { AssayError } from "../lib/errors.js";
import { Slots } from "../lib/slots.js";
import type { CandidatePlaces } from "./candidate-places.js";
import { nothingUnseen } from "./check-training.js";
import { taskGroups } from "./evaluation-groups.js";
import { claimsOn } from "./read-claims.js";
import { type FoundSet, findSets, type NamedRun, readSet } from "./result-source.js";

export interface CompareRunsOptions {
	workspace: string;
	/** Run ids, starts of them, `latest`, rollouts files, files that `assay verify --out` wrote, or published tables. */
	sources: readonly (string | NamedRun)[];
	k: number;
	seed: number;
	resamples: number;
	/** Differences that the person puts up with; any other one is refused. */
	allowed: readonly DifferenceKind[];
	/** Also what was gained and forgotten in each group of tasks that share this. */
	by?: GroupKey;
	/** Folders of the models that made the candidates, one for each source, where runs do not tell; null: not known. */
	checkpoints?: readonly (string | null)[];
	/** Score tasks that a model was trained on all the same, and say so at every figure. */
	seenIsScored?: boolean;
	signal: AbortSignal;
	/** Filled with where the candidates are. */
	places?: CandidatePlaces;
	/** Told the share of the bytes that was read. */
	onProgress?: (share: number) => void;
	/** Everything is read; now it computes. */
	onRead?: () => void;
}

/** More differs than what made the candidates. */
export class IncomparableError extends AssayError {
	constructor(readonly differences: readonly Difference[]) {
		const kinds = [...new Set(differences.map(({ kind }) => kind))].join(",");
		super("usage", `not comparable: ${differences.map(({ text }) => text).join("; ")}`, {
			hint: `--allow ${kinds} compares what they share all the same, and says so in the report`,
		});
	}
}

/**
 * Compares recorded results. What was judged under other conditions is not comparable: such sets are refused with every
 * difference named, unless it is allowed.
 */
export async function compareRuns(options: CompareRunsOptions): Promise<Comparison> {
	const { sets, ...conditions } = await comparableSets(options);
	const { by, workspace, signal } = options;
	const claims = await claimsOn(workspace, sets);
	if (by === undefined) return { ...compareSets(sets, { ...options, ...conditions }), claims };
	const runId = sets.find((set) => set.runId !== null)?.runId ?? null;
	const plan = runId === null ? null : readPlan(await findRun([artifactsRoot(workspace)], runId));
	const groups = await taskGroups(by, plan?.config ?? null, signal);
	return { ...compareSets(sets, { ...options, ...conditions, groups }), claims };
}

/** Ranks recorded results, under the same conditions as `compareRuns`. */
export async function rankRuns(options: CompareRunsOptions): Promise<Leaderboard> {
	const { sets, ...conditions } = await comparableSets(options);
	return rankSets(sets, { ...options, ...conditions });
}

interface Comparable {
	sets: ResultSet[];
	differences: Difference[];
	seen: ReadonlySet<string>;
	seenIsScored: boolean;
}

/** What one of the models was trained on is left out of all sets. */
async function comparableSets(options: CompareRunsOptions): Promise<Comparable> {
	const { signal, seenIsScored = false } = options;
	const roots = [artifactsRoot(options.workspace)];
	const found: FoundSet[] = [];
	for (const [at, source] of options.sources.entries()) {
		found.push(...(await findSets(source, { roots, checkpoint: options.checkpoints?.[at] ?? null, signal })));
	}
	const twice = found.find(({ path }, i) => found.findIndex((other) => other.path === path) < i);
	if (twice !== undefined)
		throw new AssayError("usage", `${twice.name} is named twice: it does not differ from itself`);
	const seen = new Set(
		found.flatMap(({ training }) => (training.state === "checked" ? training.seen : [])).map(({ taskId }) => taskId),
	);
	const leftOut = seenIsScored ? new Set<string>() : seen;
	const sets = await readSets(found, leftOut, options);
	const empty = sets.find(({ sampleCount }) => sampleCount === 0);
	if (empty !== undefined) throw nothingUnseen(empty.name);
	const differences = findDifferences(sets);
	const refused = differences.filter(({ kind }) => !options.allowed.includes(kind));
	if (refused.length > 0) throw new IncomparableError(refused);
	options.onRead?.();
	return { sets, differences, seen, seenIsScored };
}

/** A thread takes longer to start than it takes to read less. */
const APART_FROM_BYTES = 16 * 2 ** 20;

/** Large files at the same time, as many as there are processors. */
async function readSets(
	found: readonly FoundSet[],
	leftOut: ReadonlySet<string>,
	{ signal, places, onProgress }: CompareRunsOptions,
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
					places?.add(read.places, i);
					return read.set;
				})
				.catch((error: unknown) => {
					failure.abort(error);
					throw error;
				}),
		),
	);
	if (failure.signal.aborted) throw failure.signal.reason;
	return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}
