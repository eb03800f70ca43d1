import { CAUSES, STATUSES } from "../domain/statuses.js";
import { type CandidateColumns, NO_VERDICT } from "./candidate-columns.js";
import { keysOfNumbers } from "./radix-sort.js";
import type { FilterTerm } from "./row-filter.js";
import type { RowSource } from "./row-order.js";
import { createRunState, type RunState } from "./run-state.js";
import type { Turns } from "./slices.js";
import { STAGES } from "./stage.js";
import { createVirtualTable, type VirtualTable } from "./virtual-table.js";

export const CANDIDATE_SORTS = ["sample order", "state", "tests passed", "cpu time", "memory", "code size"] as const;
export type CandidateSort = (typeof CANDIDATE_SORTS)[number];

/** The candidates of a run or of one of its tasks, filtered and sorted by what the columns hold. */
export interface CandidateTable extends VirtualTable<CandidateSort> {
	/** What is listed. `task`: an index into the run's tasks; null: the candidates of all of them. */
	show(run: RunState, task: number | null): void;
}

export function createCandidateTable(turns: Turns): CandidateTable {
	let run = createRunState();
	let task: number | null = null;
	const source: RowSource<CandidateSort> = {
		get version() {
			return run.version;
		},
		get count() {
			return run.candidates.length;
		},
		get rows() {
			return task === null ? null : (run.tasks[task]?.rows ?? []);
		},
		matcher: (term) => matcherOf(run, term),
		keys(sort) {
			const value = SORT_VALUES[sort];
			const columns = run.candidates;
			return value === null ? null : keysOfNumbers(columns.length, (row) => value(columns, row));
		},
	};
	const table = createVirtualTable<CandidateSort>({ source, sort: "sample order", turns, keepsHidden: true });
	return Object.assign(table, {
		show(nextRun: RunState, nextTask: number | null) {
			const isOther = nextRun !== run || nextTask !== task;
			run = nextRun;
			task = nextTask;
			if (isOther) table.restart();
			else table.refresh();
		},
	});
}

type Value = (columns: CandidateColumns, row: number) => number;

/** What is not known yet comes last. */
const SORT_VALUES: Record<CandidateSort, Value | null> = {
	"sample order": null,
	state: (columns, row) => (hasVerdict(columns, row) ? -(columns.status[row] ?? 0) : 1 + (columns.stage[row] ?? 0)),
	"tests passed": (columns, row) =>
		hasVerdict(columns, row) ? -(columns.passed[row] ?? 0) / Math.max(1, columns.total[row] ?? 0) : Number.NaN,
	"cpu time": (columns, row) => (hasVerdict(columns, row) ? (columns.cpuMs[row] ?? 0) : Number.NaN),
	memory: (columns, row) => (hasVerdict(columns, row) ? (columns.memoryBytes[row] ?? 0) : Number.NaN),
	"code size": (columns, row) => columns.codeBytes[row] || Number.NaN,
};

const hasVerdict = (columns: CandidateColumns, row: number) => columns.status[row] !== NO_VERDICT;

/**
 * Each column holds few different texts, so a word is looked for once in each of these, and then a row costs a few
 * look-ups of numbers. `#12` is for sample indexes that begin with 12.
 */
function matcherOf(run: RunState, term: FilterTerm): (row: number) => boolean {
	const { candidates: columns } = run;
	if (term.text !== null && /^#\d*$/.test(term.text)) return samplePrefix(columns, term.text.slice(1));
	const tasks = hits(term, run.tasks, ({ taskId }) => taskId);
	const statuses = hits(term, STATUSES, (status) => `${status} ${status.replaceAll("_", " ")}`);
	const causes = hits(term, ["", ...CAUSES], (cause) => cause);
	const stages = hits(term, STAGES, (stage) => stage.replaceAll("_", " "));
	const flags = hits(term, columns.flagTexts.texts, (text) => text);
	const backends = hits(term, columns.backendTexts.texts, (text) => text);
	const isCachedWord = term.isIn("cached");
	const { taskOf, status, cause, stage, flags: flagsOf, backend, cached } = columns;
	return (row) => {
		if (tasks[taskOf[row] as number] === 1 || backends[backend[row] as number] === 1) return true;
		if (status[row] === NO_VERDICT) return stages[stage[row] as number] === 1;
		if (statuses[status[row] as number] === 1 || causes[cause[row] as number] === 1) return true;
		return flags[flagsOf[row] as number] === 1 || (isCachedWord && cached[row] === 1);
	};
}

/** 1 for each of the texts that has the word. */
function hits<T>(term: FilterTerm, values: readonly T[], textOf: (value: T) => string): Uint8Array {
	return Uint8Array.from(values, (value) => (term.isIn(textOf(value).toLowerCase()) ? 1 : 0));
}

function samplePrefix({ sampleIndex }: CandidateColumns, digits: string): (row: number) => boolean {
	if (digits === "") return () => true;
	const wanted = Number(digits);
	const longer = 10 ** digits.length;
	return (row) => {
		let index = sampleIndex[row] as number;
		while (index >= longer) index = Math.floor(index / 10);
		return index === wanted && (wanted > 0 || sampleIndex[row] === 0);
	};
}
