import { existsSync } from "node:fs";
import { basename, isAbsolute, resolve } from "node:path";
import { findRun, readResult, runOfRollouts } from "../artifacts/find-run.js";
import type { RunFiles } from "../artifacts/layout.js";
import { taskIdsIn } from "../artifacts/outcome-file.js";
import { readPlan } from "../artifacts/run-plan.js";
import { refuseChangedRollouts } from "../artifacts/vouched-rollouts.js";
import { readPublishedResults } from "../compare/published-results.js";
import type { ResultSet } from "../compare/result-set.js";
import type { RunConfig } from "../domain/run.js";
import { AssayError } from "../lib/errors.js";
import { isPlainSamples } from "../tasks/samples.js";
import { isYamlName } from "../tasks/yaml-files.js";
import { checkTraining } from "./check-training.js";
import { type Gathered, type GatherRequest, type GatherWatch, gatherOutcomes } from "./gather-outcomes.js";
import { gatherInThread } from "./gather-thread.js";

/** A run that is to be called otherwise, such as by the samples that it judged. */
export interface NamedRun {
	run: string;
	name: string;
}

/** Results whose outcomes are not read yet: what is to be left out of them is only known when all are found. */
export type FoundSet = PublishedSet | RecordedSet;

interface PublishedSet extends ResultSet {
	outcomes: null;
}

interface RecordedSet
	extends Pick<ResultSet, "name" | "runId" | "path" | "training" | "contamination" | "config" | "plannedCount"> {
	/** null: it is in the file. */
	subject: string | null;
	outcomes: { path: string; files: RunFiles | null };
}

interface FindOptions {
	roots: readonly string[];
	/** Folder of the model that made the candidates; null: the run tells, or nobody does. */
	checkpoint: string | null;
	signal: AbortSignal;
}

/** A run or file is one set; a published table is several. */
export async function findSets(source: string | NamedRun, options: FindOptions): Promise<FoundSet[]> {
	if (typeof source !== "string") {
		const found = await setOfRun(await findRun(options.roots, source.run), options);
		return [{ ...found, name: source.name }];
	}
	if (!existsSync(source)) return [await setOfRun(await findRun(options.roots, source), options)];
	if (isYamlName(source))
		return (await readPublishedResults(resolve(source))).map((set) => ({ ...set, outcomes: null }));
	if (await isPlainSamples(source)) {
		throw new AssayError("usage", `${source}: holds samples that nobody has judged`, {
			hint: "--judge TASKS judges them first, by the tests of these tasks",
		});
	}
	return [await setOfFile(resolve(source), options)];
}

interface ReadOptions extends Pick<GatherRequest, "leftOut" | "withPlaces">, GatherWatch {
	/** Read it on a thread of its own. */
	apart: boolean;
}

/** A set with all that came out, and where its candidates are, where that is wanted. */
export async function readSet(
	found: FoundSet,
	{ leftOut, withPlaces, apart, ...watch }: ReadOptions,
): Promise<{ set: ResultSet; places: Gathered["places"] }> {
	if (found.outcomes === null) {
		const { outcomes: _read, ...known } = found;
		const tasks = new Map([...known.tasks].filter(([id]) => !leftOut.has(id)));
		return { set: { ...known, tasks }, places: new Map() };
	}
	const { outcomes, ...known } = found;
	const { path, files } = outcomes;
	const request = { path, vouchedFor: files !== null && existsSync(files.manifest), leftOut, withPlaces };
	const gathered = await (apart ? gatherInThread(request, watch) : gatherOutcomes(request, watch));
	const { backends, places, ...read } = gathered;
	if (read.sampleCount + read.leftOutCount === 0) throw new AssayError("usage", `${path}: holds no judged candidate`);
	if (files !== null) refuseChangedRollouts(files, read.sha256);
	return { set: { ...known, ...read, subject: known.subject ?? onlyOne(backends), published: null }, places };
}

async function setOfFile(path: string, { checkpoint, signal }: FindOptions): Promise<RecordedSet> {
	const writer = runOfRollouts(path);
	const plan = writer === null ? null : readPlan(writer);
	return {
		name: basename(path),
		runId: null,
		path,
		subject: null,
		config: null,
		plannedCount: null,
		contamination: null,
		training: await checkTraining({ plan, checkpoint, taskIds: () => taskIdsIn(path), signal }),
		outcomes: { path, files: null },
	};
}

async function setOfRun(files: RunFiles, { checkpoint, signal }: FindOptions): Promise<RecordedSet> {
	const plan = readPlan(files);
	return {
		name: files.runId,
		runId: files.runId,
		path: files.rollouts,
		subject: subjectOf(plan.config),
		config: (readResult(files) ?? plan).config,
		plannedCount: plan.candidateCount,
		contamination: plan.contamination,
		training: await checkTraining({ plan, checkpoint, taskIds: () => taskIdsIn(files.rollouts), signal }),
		outcomes: { path: files.rollouts, files },
	};
}

function subjectOf({ samples, generation, backend }: RunConfig): string {
	const source = samples ?? generation?.model ?? null;
	if (source === null) return backend;
	return isAbsolute(source) ? basename(source) : source;
}

function onlyOne(names: ReadonlySet<string>): string | null {
	const [only = null, ...others] = names;
	return others.length === 0 ? only : null;
}
