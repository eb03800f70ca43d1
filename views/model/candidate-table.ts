import { CANDIDATE_SORTS, type CandidateSort, type CandidateTable } from "../../src/store/candidate-table.js";
import type { Model } from "./model.js";

/** The list of candidates as it is now: of the task that the board's cursor is on, or of the whole run. */
export function shownCandidates(model: Model): CandidateTable {
	const { run, boardTask, sample, wholeRun } = model.ui.getState();
	const { candidates } = model;
	if (!run) return candidates;
	const state = run.store.getState().run;
	candidates.show(state, wholeRun ? null : boardTask);
	const row = state.tasks[boardTask]?.rows[sample] ?? -1;
	if (row >= 0) candidates.select(row);
	return candidates;
}

/** The candidate that the list's cursor went to becomes the selected one. */
export function candidateMoved(model: Model): void {
	const { run, boardTask, sample } = model.ui.getState();
	const { selectedRow } = model.candidates;
	const columns = run?.store.getState().run.candidates;
	const taskOf = columns?.taskOf[selectedRow];
	const sampleOf = columns?.sampleIndex[selectedRow];
	model.changed();
	if (taskOf === undefined || sampleOf === undefined || (taskOf === boardTask && sampleOf === sample)) return;
	model.scroll.reset("candidate");
	model.ui.setState({ boardTask: taskOf, sample: sampleOf, follows: false });
}

/** While a filter is typed the cursor goes to the first match, unless the selected candidate is one. */
export function filterCandidates(model: Model, filter: string): void {
	shownCandidates(model).setFilter(filter);
	selectMatch(model);
}

function selectMatch(model: Model): void {
	const { candidates } = model;
	if (candidates.position < 0 && candidates.count > 0) {
		candidates.goTo(0);
		candidateMoved(model);
	} else model.changed();
}

export function toggleWholeRun(model: Model): void {
	model.ui.setState((was) => ({ wholeRun: !was.wholeRun, runPane: "candidates" }));
}

export function pickCandidateSort(model: Model): void {
	const { candidates } = model;
	const items = CANDIDATE_SORTS.map((sort) => ({
		label: sort,
		detail: SORT_WORDS[sort],
		onPick: () => sortCandidates(model, sort, false),
	}));
	const position = CANDIDATE_SORTS.indexOf(candidates.sort);
	model.scroll.reset("dialog");
	model.ui.setState({ dialog: { kind: "pick", title: "Sort candidates by", items, position, empty: "" } });
}

const SORT_WORDS: Record<CandidateSort, string> = {
	"sample order": "as they were asked for",
	state: "accepted first",
	"tests passed": "most first",
	"cpu time": "fastest first",
	memory: "smallest first",
	"code size": "smallest first",
};

export function reverseCandidates(model: Model): void {
	sortCandidates(model, model.candidates.sort, !model.candidates.reversed);
}

function sortCandidates(model: Model, sort: CandidateSort, reversed: boolean): void {
	shownCandidates(model).setSort(sort, reversed);
	model.changed();
}
