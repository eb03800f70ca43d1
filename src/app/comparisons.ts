import { existsSync } from "node:fs";
import { join } from "node:path";
import { findRun } from "../artifacts/find-run.js";
import { artifactsRoot } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import { conclusionText } from "../compare/comparison-text.js";
import { groupsAt, labelsOf, leaderboardAbout, leaderboardNotes, leftOutLines } from "../compare/leaderboard-text.js";
import { COMPARISON_DEFAULTS, GROUP_KEYS } from "../domain/choices.js";
import type { Comparison, Difference, DifferenceKind } from "../domain/comparison.js";
import type { Leaderboard } from "../domain/leaderboard.js";
import { AssayError } from "../lib/errors.js";
import { sha256 } from "../lib/hash.js";
import { told } from "../lib/told.js";
import type { RankedRow } from "../store/leaderboard-table.js";
import { CandidatePlaces, type ComparedCandidate } from "./candidate-places.js";
import { writeComparison } from "./write-comparison.js";

/** What is to be compared: the first run is the baseline. */
export interface ComparisonRequest {
	runIds: readonly string[];
	/** Differences that are put up with. */
	allowed: readonly DifferenceKind[];
}

export type ComparisonUpdate =
	/** Of the bytes; at 1 it computes. */
	| { kind: "reading"; share: number }
	| { kind: "refused"; differences: Difference[] }
	/** `conclusions`: one sentence for each pair, with letters from A on for the runs. */
	| { kind: "compared"; comparison: Comparison; conclusions: string[] };

export type RankingUpdate = { kind: "reading"; share: number } | ({ kind: "ranked" } & Ranking);

export interface Ranking {
	board: Leaderboard;
	rows: RankedRow[];
	/** What is to be known before the rows are read. */
	notes: string[];
	/** A sentence for each run that is not on the board. */
	leftOut: string[];
	/** How the figures came about. */
	about: string[];
}

export type ReportFormat = "md" | "json" | "html";

export interface Comparisons {
	/** The same figures as `assay compare` without options. Ends with `refused` or `compared`. */
	compareRuns(request: ComparisonRequest, signal: AbortSignal): AsyncIterable<ComparisonUpdate>;
	/** By run, in sample order. Of a request that was compared a moment ago. */
	comparedCandidates(request: ComparisonRequest, taskId: string): Promise<ComparedCandidate[][]>;
	/** Writes what was compared to a file of `artifacts/reports`, and resolves to its path. */
	writeComparison(request: ComparisonRequest, format: ReportFormat): Promise<string>;
	/** The same figures as `assay compare --leaderboard --leave-out`. Ends with `ranked`. */
	rankRuns(request: ComparisonRequest, signal: AbortSignal): AsyncIterable<RankingUpdate>;
	/** Writes what was ranked last to a file of `artifacts/reports`, and resolves to its path. */
	writeRanking(request: ComparisonRequest, format: ReportFormat): Promise<string>;
}

interface Kept {
	comparison: Comparison;
	candidates: CandidatePlaces;
}

/** So many comparisons are kept with the places of their candidates. */
const KEPT = 4;

/** Comparisons of the runs in `roots`, each computed once; what was compared is looked up and written without reading it again. */
export function createComparisons(workspace: string, roots: readonly string[]): Comparisons {
	const kept = new Map<string, Kept>();
	/** The last one. */
	let ranked: { key: string; board: Leaderboard } | null = null;
	const keyOf = ({ runIds, allowed }: ComparisonRequest) => JSON.stringify([runIds, allowed.toSorted()]);
	const keptOf = (request: ComparisonRequest): Kept => {
		const found = kept.get(keyOf(request));
		if (found) return found;
		throw new AssayError("usage", `${request.runIds.join(" and ")} are to be compared again`);
	};

	async function compareFiles(
		{ runIds, allowed }: ComparisonRequest,
		signal: AbortSignal,
		onProgress: (share: number) => void,
	): Promise<Kept | { refused: Difference[] }> {
		// It brings a parser along, which nobody waits for at the start.
		const { compareRuns, IncomparableError } = await import("./compare-runs.js");
		const files = await Promise.all(runIds.map((runId) => findRun(roots, runId)));
		const candidates = new CandidatePlaces();
		try {
			const comparison = await compareRuns({
				...COMPARISON_DEFAULTS,
				workspace,
				roots,
				sources: runIds,
				allowed,
				// Tasks that cannot be read any more are in no groups.
				...(files.some((run) => existsSync(readPlan(run).config.tasks)) ? { by: GROUP_KEYS } : {}),
				signal,
				onRead: () => onProgress(1),
				places: candidates,
				onProgress,
			});
			return { comparison, candidates };
		} catch (error) {
			if (error instanceof IncomparableError) return { refused: [...error.differences] };
			throw error;
		}
	}

	return {
		compareRuns: (request, signal) =>
			told(async (tell) => {
				const found = await compareFiles(request, signal, (share) => tell({ kind: "reading", share }));
				if ("refused" in found) return tell({ kind: "refused", differences: found.refused });
				kept.delete(keyOf(request));
				kept.set(keyOf(request), found);
				const [oldest] = kept.keys();
				if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
				const { comparison } = found;
				const conclusions = comparison.pairs.map((pair, i) =>
					conclusionText({ ...pair, first: "A", other: String.fromCharCode(66 + i) }, comparison.k),
				);
				tell({ kind: "compared", comparison, conclusions });
			}),
		comparedCandidates: (request, taskId) =>
			new Promise((resolve) => resolve(keptOf(request).candidates.of(taskId, request.runIds.length))),
		async writeComparison(request, format) {
			const { comparison, candidates } = keptOf(request);
			const name = `compare-${request.runIds.map((id) => id.slice(-4)).join("-")}-${comparison.sets[0]?.sha256.slice(0, 6) ?? ""}`;
			const path = join(artifactsRoot(workspace), "reports", `${name}.${format}`);
			await writeComparison(comparison, candidates, path);
			return path;
		},
		rankRuns: (request, signal) =>
			told(async (tell) => {
				const { runIds, allowed } = request;
				const { rankRuns } = await import("./rank-runs.js");
				const board = await rankRuns({
					...COMPARISON_DEFAULTS,
					workspace,
					roots,
					sources: runIds,
					allowed,
					leaveOut: true,
					signal,
					onRead: () => tell({ kind: "reading", share: 1 }),
					onProgress: (share) => tell({ kind: "reading", share }),
				});
				ranked = { key: keyOf(request), board };
				tell({ kind: "ranked", ...rankingOf(board) });
			}),
		async writeRanking(request, format) {
			if (ranked?.key !== keyOf(request)) throw new AssayError("usage", "the runs are to be ranked again");
			const { board } = ranked;
			const files = sha256(board.entries.map(({ set }) => set.sha256).join());
			const name = `leaderboard-${board.entries.length}-${files.slice(0, 6)}`;
			const path = join(artifactsRoot(workspace), "reports", `${name}.${format}`);
			const { writeLeaderboard } = await import("./write-leaderboard.js");
			writeLeaderboard(board, path);
			return path;
		},
	};
}

function rankingOf(board: Leaderboard): Ranking {
	const labels = labelsOf(board.entries.map(({ set }) => set));
	return {
		board,
		rows: board.entries.map((entry, at) => ({
			...entry,
			place: at + 1,
			label: labels[at] ?? "",
			groups: groupsAt(board, at),
		})),
		notes: leaderboardNotes(board),
		leftOut: leftOutLines(board),
		about: leaderboardAbout(board),
	};
}
