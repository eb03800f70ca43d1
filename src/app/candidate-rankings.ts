import { existsSync } from "node:fs";
import { findRun } from "../artifacts/find-run.js";
import { worldCacheFolder } from "../artifacts/layout.js";
import { DEFAULT_FOLDS, DEFAULT_SEED } from "../domain/choices.js";
import type { FittedRankers } from "../domain/fitted-ranker.js";
import type { RankedTask } from "../domain/ranking.js";
import type { SimilarEdit } from "../energy/world/edit-index.js";
import type { WorldModel } from "../energy/world/world-model.js";
import { AssayError } from "../lib/errors.js";
import { told } from "../lib/told.js";
import type { Observer } from "../verify/verifier.js";
import type { AskedTaskOptions } from "./asked-task.js";
import type { CandidateExplanation } from "./explain-candidate.js";
import { fileInputs } from "./file-inputs.js";
import type { TaskMap } from "./map-task.js";
import type { RankingReport } from "./rank-run.js";
import type { RecordedRanking } from "./recorded-ranking.js";
import { TaughtError } from "./taught-error.js";

/** The run whose candidates are to be ranked, task by task. */
export interface CandidateRankingRequest {
	runId: string;
	/** Run the candidates on inputs that their tasks show; otherwise nothing is run. */
	execute: boolean;
	/** Energies also where the world model was trained on some of the tasks, marked. */
	allowSeen: boolean;
}

export type CandidateRankingUpdate =
	| ({ kind: "model" } & ModelInUse)
	| ({ kind: "fitted" } & FittedInUse)
	/** As soon as it is ranked, and again with the scores of fitted rankers. */
	| { kind: "task"; task: RankedTask }
	/** Tasks. */
	| { kind: "progress"; done: number; total: number }
	| { kind: "measured"; report: RankingReport };

/** Which world model ranks; without one there are no energies. */
export interface ModelInUse {
	/** Its folder; null: none was given, and none ships. */
	path: string | null;
	/** Folder of indexed past edits; null: none. */
	index: string | null;
	/** Why there are no energies in spite of it. */
	problem: string | null;
}

/** Which fitted trees give pass probabilities; without them there are none. */
export interface FittedInUse {
	/** Their file; null: none was given, and none ships. */
	path: string | null;
	/** Why there are no pass probabilities in spite of it. */
	problem: string | null;
}

export interface CandidateRankings {
	/**
	 * The same scores and figures as `assay rank`. Ends with `measured`. Where the world model or the fitted trees cannot be
	 * used, or some of the tasks taught them, that is told and the others rank.
	 */
	rankCandidates(request: CandidateRankingRequest, signal: AbortSignal): AsyncIterable<CandidateRankingUpdate>;
	/** What `assay rank --out` wrote into a file. Nothing is run, and no model is asked. */
	recordedRanking(path: string): Promise<RecordedRanking>;
	/** What the world model says of one candidate, line by line: see `assay world explain`. */
	explainRanked(request: RankedRun, taskId: string, sampleIndex: number): Promise<CandidateExplanation>;
	/** Where the world model has a task's candidates; `instead`: by the question of another task, too. See `assay world map`. */
	mapRanked(request: RankedRun, taskId: string, instead: string | null): Promise<TaskMap>;
	/** Past edits that change a program as a candidate does, the nearest first: see `assay world similar`. */
	similarToRanked(request: RankedRun, taskId: string, sampleIndex: number): Promise<SimilarEdit[]>;
	/** What the makers of the world model say of it. */
	worldCard(): Promise<string>;
}

type RankedRun = Pick<CandidateRankingRequest, "runId" | "allowSeen">;

export interface RankingPlaces {
	workspace: string;
	/** Folders of recorded runs. */
	roots: readonly string[];
	/** Folder of the world model; null: none. */
	worldModel: string | null;
	/** Folder of past edits that `assay world index` wrote; null: none. */
	worldIndex: string | null;
	/** File of fitted trees; null: none. */
	fittedRankers: string | null;
}

export interface RankingsOptions extends RankingPlaces {
	verifier: () => Promise<Observer>;
}

/** Here, in this thread: see `createRankingThread`. Close it. */
export function createCandidateRankings({
	workspace,
	roots,
	verifier,
	worldModel,
	worldIndex,
	fittedRankers,
}: RankingsOptions): CandidateRankings & { close(): Promise<void> } {
	const closing = new AbortController();
	const model = retried((path) => openWorld(path, workspace, closing.signal));
	const trees = retried(readTrees);
	const modelInUse = async (): Promise<WorldModel> => {
		if (worldModel === null) throw new AssayError("prerequisite", "there is no world model");
		return await model.open(worldModel);
	};
	const questionOn = async ({ runId, allowSeen }: RankedRun, taskId: string): Promise<AskedTaskOptions> => ({
		workspace,
		run: await nameOf(runId),
		tasks: null,
		inputs: fileInputs,
		taskId,
		model: await modelInUse(),
		allowSeen,
		seed: DEFAULT_SEED,
		signal: closing.signal,
	});
	/** A run that was interrupted has no result; one that ships with the program is not in the workspace. */
	const nameOf = async (runId: string): Promise<string> => {
		const files = await findRun(roots, runId);
		return existsSync(files.result) ? files.result : runId;
	};

	return {
		rankCandidates: ({ runId, execute, allowSeen }, signal) =>
			told(async (tell) => {
				// It brings parsers along, which nobody waits for at the start.
				const { rankRun } = await import("./rank-run.js");
				const inUse = {
					world: (problem: string | null) => tell({ kind: "model", path: worldModel, index: worldIndex, problem }),
					fitted: (problem: string | null) => tell({ kind: "fitted", path: fittedRankers, problem }),
				};
				inUse.world(null);
				inUse.fitted(null);
				const world = await usable(worldModel, model.open, inUse.world);
				const fitted = await usable(fittedRankers, trees.open, inUse.fitted);
				const report = await rankRun({
					workspace,
					run: await nameOf(runId),
					tasks: null,
					inputs: fileInputs,
					verifier: execute ? await verifier() : null,
					modelTests: null,
					n: null,
					world: world === null ? null : { model: world, allowSeen },
					fitted: fitted === null ? null : { rankers: fitted, allowSeen },
					onRefused: (what, error) => inUse[what](error instanceof TaughtError ? error.summary : error.message),
					folds: DEFAULT_FOLDS,
					seed: DEFAULT_SEED,
					signal: AbortSignal.any([signal, closing.signal]),
					onRanked: (task) => tell({ kind: "task", task }),
					onProgress: (done, total) => tell({ kind: "progress", done, total }),
				});
				tell({ kind: "measured", report });
			}),
		async recordedRanking(path) {
			const { recordedRanking } = await import("./recorded-ranking.js");
			return await recordedRanking({ path, nameOf, workspace, inputs: fileInputs, signal: closing.signal });
		},
		async explainRanked(request, taskId, sampleIndex) {
			const { explainCandidate } = await import("./explain-candidate.js");
			return await explainCandidate({ ...(await questionOn(request, taskId)), sampleIndex });
		},
		async mapRanked(request, taskId, instead) {
			const { mapTask } = await import("./map-task.js");
			return await mapTask({ ...(await questionOn(request, taskId)), instead });
		},
		async similarToRanked(request, taskId, sampleIndex) {
			if (worldIndex === null) throw new AssayError("prerequisite", "there is no index of past edits");
			const { similarToCandidate } = await import("./explain-candidate.js");
			const question = { ...(await questionOn(request, taskId)), sampleIndex };
			return await similarToCandidate({ ...question, index: worldIndex, count: SIMILAR });
		},
		async worldCard() {
			const { cardText } = await import("../energy/world/model-folder.js");
			return cardText((await modelInUse()).folder);
		},
		async close() {
			closing.abort();
			await (await model.opened()?.catch(() => null))?.close();
		},
	};
}

const SIMILAR = 20;

/** Opened once; again when that failed, since it may have been mended by then. */
function retried<T>(open: (path: string) => Promise<T>): {
	open(path: string): Promise<T>;
	opened(): Promise<T> | null;
} {
	let opened: Promise<T> | null = null;
	return {
		open(path) {
			opened ??= open(path).catch((error: unknown) => {
				opened = null;
				throw error;
			});
			return opened;
		},
		opened: () => opened,
	};
}

/** null: there is none, or the problem with it was told. */
async function usable<T>(
	path: string | null,
	open: (path: string) => Promise<T>,
	tell: (problem: string) => void,
): Promise<T | null> {
	if (path === null) return null;
	try {
		return await open(path);
	} catch (error) {
		if (!(error instanceof AssayError)) throw error;
		tell(error.message);
		return null;
	}
}

async function openWorld(path: string, workspace: string, signal: AbortSignal): Promise<WorldModel> {
	const { WorldModel: World } = await import("../energy/world/world-model.js");
	return await World.open(path, { cacheFolder: worldCacheFolder(workspace), signal });
}

async function readTrees(path: string): Promise<FittedRankers> {
	const { readFittedRankers } = await import("./fitted-rankers.js");
	return await readFittedRankers(path);
}
