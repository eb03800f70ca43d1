import { existsSync } from "node:fs";
import { findRun } from "../artifacts/find-run.js";
import { DEFAULT_FOLDS, DEFAULT_SEED } from "../domain/choices.js";
import type { RankedTask } from "../domain/ranking.js";
import { told } from "../lib/told.js";
import type { Verifier } from "../verify/verifier.js";
import { fileInputs } from "./file-inputs.js";
import type { RankingReport } from "./rank-run.js";

/** The run whose candidates are to be ranked, task by task. */
export interface CandidateRankingRequest {
	runId: string;
	/** Run the candidates on inputs that their tasks show; otherwise nothing is run. */
	execute: boolean;
}

export type CandidateRankingUpdate =
	/** As soon as it is ranked, and again with the scores of fitted rankers. */
	| { kind: "task"; task: RankedTask }
	/** Tasks. */
	| { kind: "progress"; done: number; total: number }
	| { kind: "measured"; report: RankingReport };

export interface CandidateRankings {
	/** The same scores and figures as `assay rank`. Ends with `measured`. */
	rankCandidates(request: CandidateRankingRequest, signal: AbortSignal): AsyncIterable<CandidateRankingUpdate>;
}

export function createCandidateRankings(
	workspace: string,
	roots: readonly string[],
	verifier: () => Promise<Verifier>,
): CandidateRankings {
	return {
		rankCandidates: ({ runId, execute }, signal) =>
			told(async (tell) => {
				// It brings parsers along, which nobody waits for at the start.
				const { rankRun } = await import("./rank-run.js");
				const files = await findRun(roots, runId);
				const report = await rankRun({
					workspace,
					// A run that was interrupted has none; one that ships with the program is not in the workspace.
					run: existsSync(files.result) ? files.result : runId,
					tasks: null,
					inputs: fileInputs,
					verifier: execute ? await verifier() : null,
					modelTests: null,
					n: null,
					world: null,
					fitted: null,
					folds: DEFAULT_FOLDS,
					seed: DEFAULT_SEED,
					signal,
					onRanked: (task) => tell({ kind: "task", task }),
					onProgress: (done, total) => tell({ kind: "progress", done, total }),
				});
				tell({ kind: "measured", report });
			}),
	};
}
