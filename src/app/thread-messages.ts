import type { AuditSubject } from "../domain/audit.js";
import type { SentError } from "../lib/sent-error.js";
import type { CandidateRankingRequest } from "./candidate-rankings.js";
import type { ComparisonRequest } from "./comparisons.js";
import type { StartRunOptions, Workbench } from "./workbench.js";

/** What is asked once and answered once. */
export type Calls = Pick<
	Workbench,
	| "openTask"
	| "revealHiddenTests"
	| "sandbox"
	| "models"
	| "templates"
	| "modelAt"
	| "previewStart"
	| "listRuns"
	| "readRollout"
	| "traceFiles"
	| "readStep"
	| "pendingCode"
	| "bookmarks"
	| "keepBookmarks"
	| "lineage"
	| "checkpoints"
	| "comparedCandidates"
	| "recordedRanking"
	| "explainRanked"
	| "mapRanked"
	| "similarToRanked"
	| "worldCard"
	| "writeComparison"
	| "writeRanking"
	| "trainingChoices"
	| "planTraining"
	| "estimateTraining"
	| "runTraining"
	| "resumeTraining"
	| "stopTraining"
	| "listHosts"
	| "addHost"
	| "checkHost"
	| "beginRent"
	| "endRent"
	| "answerQuestion"
	| "planRemote"
	| "startRemote"
	| "attachTraining"
	| "detachTraining"
	| "stopRemote"
	| "trainingModels"
	| "keepModelNow"
	| "fetchTraining"
	| "planRemoval"
	| "removeRun"
	| "archiveRun"
	| "readLog"
	| "filterLog"
	| "findInLog"
	| "close"
>;
export type Call = { [K in keyof Calls]: { name: K; args: Parameters<Calls[K]> } }[keyof Calls];
/** What comes in batches, in order, as fast as they are asked for. `run` counts the runs that were started. */
export type Source =
	| { kind: "tasks" }
	| { kind: "runs" }
	| { kind: "events"; runId: string }
	| { kind: "log"; runId: string }
	| { kind: "steps"; source: string }
	| { kind: "audit"; subject: AuditSubject }
	| { kind: "comparison"; request: ComparisonRequest }
	| { kind: "ranking"; request: ComparisonRequest }
	| { kind: "candidates"; request: CandidateRankingRequest }
	| { kind: "trainings" }
	| { kind: "questions" }
	| { kind: "run"; run: number };

export type RunStart = { kind: "new"; options: StartRunOptions } | { kind: "resumed"; runId: string };

/** From the screens' thread. `id` counts calls and streams. */
export type Request =
	| { kind: "call"; id: number; call: Call }
	| { kind: "startRun"; run: number; start: RunStart }
	| { kind: "cancelRun"; run: number }
	/** Answered like calls. */
	| { kind: "runId" | "finished"; id: number; run: number }
	| { kind: "open"; id: number; source: Source }
	/** The last batch has been taken. */
	| { kind: "more"; id: number }
	| { kind: "stop"; id: number }
	| { kind: "abort" };

/** From the thread that works. A stream ends with an answer. */
export type Reply =
	| { kind: "answer"; id: number; value: unknown }
	| { kind: "failure"; id: number; error: SentError }
	| { kind: "batch"; id: number; items: readonly unknown[] };
