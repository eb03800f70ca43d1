import type { RunRow } from "../domain/run-row.js";
import { facetWord } from "./facets.js";
import { matching } from "./row-filter.js";

/** A list that is empty, like a null, leaves nothing out. */
export interface RunFilter {
	kinds: readonly string[];
	outcomes: readonly string[];
	backends: readonly string[];
	experiments: readonly string[];
	/** ISO 8601: started then or later. */
	since: string | null;
	/** All of these words are in what the list shows of a run. */
	words: readonly string[];
}

export const NO_FILTER: RunFilter = { kinds: [], outcomes: [], backends: [], experiments: [], since: null, words: [] };

/** By what runs are sorted, and the order in which the first one is the one most looked for. */
const ORDERS = {
	age: (a: RunRow, b: RunRow) => compare(b.startedAt, a.startedAt),
	score: (a: RunRow, b: RunRow) => (b.passAt1?.value ?? -1) - (a.passAt1?.value ?? -1),
	tasks: (a: RunRow, b: RunRow) => b.taskCount - a.taskCount,
	judged: (a: RunRow, b: RunRow) => b.sampleCount - a.sampleCount,
	size: (a: RunRow, b: RunRow) => b.bytes - a.bytes,
	kind: (a: RunRow, b: RunRow) => compare(a.kind, b.kind),
	outcome: (a: RunRow, b: RunRow) => compare(a.outcome, b.outcome),
	backend: (a: RunRow, b: RunRow) => compare(a.backend, b.backend),
};

export type RunOrder = keyof typeof ORDERS;
export const RUN_ORDERS = Object.keys(ORDERS) as RunOrder[];

export function filterRuns(rows: readonly RunRow[], filter: RunFilter): RunRow[] {
	const { kinds, outcomes, backends, experiments, since } = filter;
	const words = filter.words.map(matching);
	const admits = (list: readonly string[], value: string) => list.length === 0 || list.includes(value);
	return rows.filter(
		(row) =>
			admits(kinds, row.kind) &&
			admits(outcomes, row.outcome) &&
			admits(backends, row.backend) &&
			admits(experiments, row.experiment ?? "") &&
			(since === null || row.startedAt >= since) &&
			words.every((word) => word.isIn(wordsOf(row))),
	);
}

/** Live runs first whatever the order; among equals the newest first. */
export function sortRuns(rows: readonly RunRow[], order: RunOrder, reversed = false): RunRow[] {
	const sign = reversed ? -1 : 1;
	return rows.toSorted(
		(a, b) =>
			Number(b.outcome === "running") - Number(a.outcome === "running") ||
			sign * ORDERS[order](a, b) ||
			compare(b.runId, a.runId),
	);
}

/** The model that was asked, or the file whose samples were judged, by the end of its path; or the backend. */
export function madeBy({ model, samples, backend }: Pick<RunRow, "model" | "samples" | "backend">): string {
	const source = model ?? samples;
	return source === null ? backend : (source.split("/").at(-1) ?? source).replace(/\.jsonl(\.gz)?$/, "");
}

/** What a filter looks at. */
export function wordsOf(row: RunRow): string {
	const { runId, kind, outcome, backend, tier, parent, experiment } = row;
	const words = [
		runId,
		madeBy(row),
		kind,
		outcome,
		backend,
		tier ?? "",
		parent ?? "",
		experiment ?? "",
		...runFacets(row),
	];
	return words.join(" ").toLowerCase();
}

/** What the table can be narrowed by. */
export function runFacets({ kind, outcome, backend, tier, recorded }: RunRow): string[] {
	return [
		facetWord("kind", kind),
		facetWord("outcome", outcome),
		facetWord("backend", backend),
		...(tier === null ? [] : [facetWord("tier", tier)]),
		facetWord("source", recorded ? "assay" : "workspace"),
	];
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
