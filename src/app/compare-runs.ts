import { findRun } from "../artifacts/find-run.js";
import { artifactsRoot } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import { compareSets } from "../compare/compare-sets.js";
import { findDifferences } from "../compare/differences.js";
import type { GroupKey } from "../domain/choices.js";
import type { Comparison, Difference, DifferenceKind } from "../domain/comparison.js";
import { AssayError } from "../lib/errors.js";
import { taskGroups } from "./evaluation-groups.js";
import { findResults, type Gathered, type GatherResultsOptions, readResults } from "./gather-results.js";
import { claimsOn } from "./read-claims.js";

export interface CompareRunsOptions extends GatherResultsOptions {
	k: number;
	seed: number;
	resamples: number;
	/** Differences that the person puts up with; any other one is refused. */
	allowed: readonly DifferenceKind[];
	/** Also what was gained and forgotten in each group of tasks that share one of these. */
	by?: readonly GroupKey[];
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
	const { by, workspace, roots = [artifactsRoot(workspace)], signal } = options;
	const claims = await claimsOn(workspace, sets);
	if (by === undefined) return { ...compareSets(sets, { ...options, ...conditions }), claims };
	const runId = sets.find((set) => set.runId !== null)?.runId ?? null;
	const plan = runId === null ? null : readPlan(await findRun(roots, runId));
	const groups = await taskGroups(by, plan?.config ?? null, signal);
	return { ...compareSets(sets, { ...options, ...conditions, groups }), claims };
}

/** Refuses them together, unless they were judged alike apart from what is allowed. */
export async function comparableSets(options: CompareRunsOptions): Promise<Gathered & { differences: Difference[] }> {
	const gathered = await readResults(await findResults(options), options);
	const differences = findDifferences(gathered.sets);
	const refused = differences.filter(({ kind }) => !options.allowed.includes(kind));
	if (refused.length > 0) throw new IncomparableError(refused);
	options.onRead?.();
	return { ...gathered, differences };
}
