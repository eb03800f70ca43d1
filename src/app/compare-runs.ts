import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { findRun, readResult } from "../artifacts/find-run.js";
import { readJsonFile } from "../artifacts/json-file.js";
import { artifactsRoot, type RunFiles, relativePath } from "../artifacts/layout.js";
import { readOutcomes } from "../artifacts/outcome-file.js";
import { readPlan } from "../artifacts/run-plan.js";
import { compareSets } from "../compare/compare-sets.js";
import { findDifferences } from "../compare/differences.js";
import { readPublishedResults } from "../compare/published-results.js";
import { rankSets } from "../compare/rank-sets.js";
import { Gathering, type ResultSet } from "../compare/result-set.js";
import type { GroupKey } from "../domain/choices.js";
import type { Comparison, Difference, DifferenceKind } from "../domain/comparison.js";
import type { Leaderboard } from "../domain/leaderboard.js";
import { ArtifactManifest } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { isPlainSamples } from "../tasks/samples.js";
import { isYamlName } from "../tasks/yaml-files.js";
import { taskGroups } from "./evaluation-groups.js";

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
	signal: AbortSignal;
}

/** A run that is to be called otherwise, such as by the samples that it judged. */
export interface NamedRun {
	run: string;
	name: string;
}

/**
 * Compares recorded results. What was judged under other conditions is not comparable: such sets are refused with every
 * difference named, unless it is allowed.
 */
export async function compareRuns(options: CompareRunsOptions): Promise<Comparison> {
	const { sets, differences } = await comparableSets(options);
	const { by, workspace, signal } = options;
	if (by === undefined) return compareSets(sets, { ...options, differences });
	const runId = sets.find((set) => set.runId !== null)?.runId ?? null;
	const plan = runId === null ? null : readPlan(await findRun([artifactsRoot(workspace)], runId));
	return compareSets(sets, { ...options, differences, groups: await taskGroups(by, plan?.config ?? null, signal) });
}

/** Ranks recorded results, under the same conditions as `compareRuns`. */
export async function rankRuns(options: CompareRunsOptions): Promise<Leaderboard> {
	const { sets, differences } = await comparableSets(options);
	return rankSets(sets, { ...options, differences });
}

async function comparableSets(options: CompareRunsOptions): Promise<{ sets: ResultSet[]; differences: Difference[] }> {
	const sets: ResultSet[] = [];
	for (const source of options.sources) sets.push(...(await readResultSets(source, options)));
	const twice = sets.find(({ path }, i) => sets.findIndex((other) => other.path === path) < i);
	if (twice !== undefined)
		throw new AssayError("usage", `${twice.name} is named twice: it does not differ from itself`);
	const differences = findDifferences(sets);
	refuse(differences.filter(({ kind }) => !options.allowed.includes(kind)));
	return { sets, differences };
}

function refuse(differences: readonly Difference[]): void {
	const [first, ...more] = differences;
	if (first === undefined) return;
	const kinds = [...new Set(differences.map(({ kind }) => kind))].join(",");
	const others = more.map(({ text }) => `; ${text}`).join("");
	throw new AssayError("usage", `not comparable: ${first.text}${others}`, {
		hint: `--allow ${kinds} compares what they share all the same, and says so in the report`,
	});
}

async function readResultSets(source: string | NamedRun, options: CompareRunsOptions): Promise<ResultSet[]> {
	const roots = [artifactsRoot(options.workspace)];
	if (typeof source !== "string") {
		const set = await setOfRun(await findRun(roots, source.run), options.signal);
		return [{ ...set, name: source.name }];
	}
	if (!existsSync(source)) return [await setOfRun(await findRun(roots, source), options.signal)];
	if (isYamlName(source)) return await readPublishedResults(resolve(source));
	if (await isPlainSamples(source)) {
		throw new AssayError("usage", `${source}: holds samples that nobody has judged`, {
			hint: "--judge TASKS judges them first, by the tests of these tasks",
		});
	}
	return [await setOfFile(resolve(source), options.signal)];
}

async function setOfFile(path: string, signal: AbortSignal): Promise<ResultSet> {
	const { gathered, sha256 } = await gather(path, signal);
	return {
		name: basename(path),
		runId: null,
		path,
		sha256,
		subject: onlyOne(gathered.backends),
		config: null,
		plannedCount: null,
		contamination: null,
		published: null,
		...gathered,
	};
}

async function setOfRun(files: RunFiles, signal: AbortSignal): Promise<ResultSet> {
	const result = readResult(files);
	const plan = readPlan(files);
	const { gathered, sha256 } = await gather(files.rollouts, signal, existsSync(files.manifest));
	checkAgainstManifest(files, sha256);
	return {
		name: files.runId,
		runId: files.runId,
		path: files.rollouts,
		sha256,
		subject: plan.config.samples === null ? plan.config.backend : basename(plan.config.samples),
		config: (result ?? plan).config,
		plannedCount: plan.candidateCount,
		contamination: plan.contamination,
		published: null,
		...gathered,
	};
}

async function gather(
	path: string,
	signal: AbortSignal,
	vouchedFor = false,
): Promise<{
	gathered: Pick<Gathering, "tasks" | "tiers" | "backends" | "statusCounts" | "sampleCount">;
	sha256: string;
}> {
	const file = readOutcomes(path, { vouchedFor });
	const gathering = new Gathering();
	for await (const outcome of file.outcomes) {
		if ((gathering.sampleCount & 1023) === 0) signal.throwIfAborted();
		gathering.add(outcome);
	}
	if (gathering.sampleCount === 0) throw new AssayError("usage", `${path}: holds no judged candidate`);
	const { tasks, tiers, backends, statusCounts, sampleCount } = gathering;
	return { gathered: { tasks, tiers, backends, statusCounts, sampleCount }, sha256: file.sha256() };
}

/** A run that is complete has a manifest, and its rollouts must be the bytes that it names. */
function checkAgainstManifest(files: RunFiles, sha256: string): void {
	if (!existsSync(files.manifest)) return;
	const path = relativePath(files.root, files.rollouts);
	const entry = readJsonFile(ArtifactManifest, files.manifest).files.find((file) => file.path === path);
	if (entry?.sha256 === sha256) return;
	throw new AssayError("usage", `${files.rollouts}: changed since the run ended: its checksum is not the manifest's`, {
		hint: `the manifest says ${entry?.sha256.slice(0, 16) ?? "nothing of it"}…, the file has ${sha256.slice(0, 16)}…`,
	});
}

function onlyOne(names: ReadonlySet<string>): string | null {
	const [only = null, ...others] = names;
	return others.length === 0 ? only : null;
}
