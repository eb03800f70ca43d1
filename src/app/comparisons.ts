import { existsSync } from "node:fs";
import { join } from "node:path";
import { artifactsRoot, type RunFiles } from "../artifacts/layout.js";
import { readPlan } from "../artifacts/run-plan.js";
import { conclusionText } from "../compare/comparison-text.js";
import { COMPARISON_DEFAULTS } from "../domain/choices.js";
import type { Comparison, Difference, DifferenceKind } from "../domain/comparison.js";
import { AssayError } from "../lib/errors.js";
import { told } from "../lib/told.js";
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

export type ReportFormat = "md" | "json" | "html";

export interface Comparisons {
	/** The same figures as `assay compare` without options. Ends with `refused` or `compared`. */
	compareRuns(request: ComparisonRequest, signal: AbortSignal): AsyncIterable<ComparisonUpdate>;
	/** By run, in sample order. Of a request that was compared a moment ago. */
	comparedCandidates(request: ComparisonRequest, taskId: string): Promise<ComparedCandidate[][]>;
	/** Writes what was compared to a file of `artifacts/reports`, and resolves to its path. */
	writeComparison(request: ComparisonRequest, format: ReportFormat): Promise<string>;
}

interface Kept {
	comparison: Comparison;
	candidates: CandidatePlaces;
}

/** So many comparisons are kept with the places of their candidates. */
const KEPT = 4;

/** Comparisons of recorded runs, each computed once; what was compared is looked up and written without reading it again. */
export function createComparisons(workspace: string, filesOf: (runId: string) => Promise<RunFiles>): Comparisons {
	const kept = new Map<string, Kept>();
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
		const files = await Promise.all(runIds.map(filesOf));
		const candidates = new CandidatePlaces();
		try {
			const comparison = await compareRuns({
				...COMPARISON_DEFAULTS,
				workspace,
				// A run that ships with the program is no run of the workspace: its rollouts are compared.
				sources: files.map(({ root, runId, rollouts }) => (root === artifactsRoot(workspace) ? runId : rollouts)),
				allowed,
				// Tasks that cannot be read any more have no tags.
				...(files.some((run) => existsSync(readPlan(run).config.tasks)) ? { by: "tag" as const } : {}),
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
	};
}
