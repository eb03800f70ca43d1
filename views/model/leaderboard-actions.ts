import type { ComparisonRequest, Ranking, ReportFormat } from "../../src/app/comparisons.js";
import { LEADERBOARD_ORDERS, type LeaderboardOrder, type RankedRow } from "../../src/store/leaderboard-table.js";
import { type CopyText, known } from "./candidate-texts.js";
import {
	BOARD_PARTS,
	changeCheckpoints,
	checkpointsState,
	leaderboardTable,
	type OpenBoard,
	topLayer,
} from "./checkpoints-state.js";
import { pickReportFormat, startComparison } from "./comparison-actions.js";
import { MOST_COMPARED, toggled } from "./marks.js";
import { logCommand, type Model, messageOf, tell, tellError } from "./model.js";
import { goToScreen } from "./navigation.js";
import { openRunAt } from "./run-actions.js";
import { pickSort } from "./sort-menu.js";
import type { ScreenId } from "./state.js";

/** Goes to the screen of checkpoints, where it is computed and shown. */
export function startBoard(model: Model, { runIds, from }: { runIds: readonly string[]; from: ScreenId }): void {
	goToScreen(model, 6);
	leaderboardTable(model).show([]);
	changeCheckpoints(model, {
		pane: "board",
		comparison: null,
		board: {
			request: { runIds, allowed: [] },
			from,
			state: { kind: "reading", share: 0 },
			part: "ranking",
			marked: [],
		},
	});
	void compute(model);
}

async function compute(model: Model): Promise<void> {
	const request = checkpointsState(model).board?.request;
	if (!request) return;
	const isStill = () => checkpointsState(model).board?.request === request && !model.signal.aborted;
	const stop = new AbortController();
	try {
		for await (const state of model.workbench.rankRuns(request, AbortSignal.any([model.signal, stop.signal]))) {
			if (!isStill()) {
				stop.abort();
				return;
			}
			if (state.kind === "ranked") {
				leaderboardTable(model).show(state.rows);
				logCommand(model, rankCommand(model, request));
			}
			changeBoard(model, { state });
		}
	} catch (error) {
		if (isStill()) changeBoard(model, { state: { kind: "failed", message: messageOf(error) } });
	}
}

function rankCommand(model: Model, { runIds }: ComparisonRequest): string {
	return `assay compare ${runIds.join(" ")} --leaderboard --leave-out --workspace ${model.workbench.workspace}`;
}

/** Of the board that is open; nothing when none is. */
function changeBoard(model: Model, change: Partial<OpenBoard>): void {
	const { board } = checkpointsState(model);
	if (board) changeCheckpoints(model, { board: { ...board, ...change } });
}

/** What was ranked; null before it has been. */
export function rankingOf(model: Model): Ranking | null {
	const state = checkpointsState(model).board?.state;
	return state?.kind === "ranked" ? state : null;
}

export function selectedEntry(model: Model): RankedRow | null {
	return leaderboardTable(model).selected();
}

/** Whether the cursor is on a result that can be opened and compared. */
export function hasRankedRun(model: Model): boolean {
	return topLayer(model) === "board" && rankingOf(model) !== null && selectedEntry(model)?.set.runId != null;
}

export function boardMoved(model: Model): void {
	model.scroll.reset("entry");
	model.changed();
}

export function filterBoard(model: Model, filter: string): void {
	leaderboardTable(model).setFilter(filter);
	boardMoved(model);
}

export function moveBoardPart(model: Model, by: number): void {
	const { board } = checkpointsState(model);
	if (!board) return;
	const at = BOARD_PARTS.indexOf(board.part) + by;
	model.scroll.reset("board");
	changeBoard(model, { part: BOARD_PARTS.at(at % BOARD_PARTS.length) ?? "ranking" });
}

export function markEntry(model: Model): void {
	const runId = selectedEntry(model)?.set.runId;
	const { board } = checkpointsState(model);
	if (!board || !runId) return;
	changeBoard(model, { marked: toggled(board.marked, runId) });
	leaderboardTable(model).move(1);
	boardMoved(model);
}

export function unmarkEntries(model: Model): void {
	changeBoard(model, { marked: [] });
}

/** The marked ones, the first as the baseline; without two of them the first two of the board. */
export function compareEntries(model: Model): void {
	const ranking = rankingOf(model);
	const { board } = checkpointsState(model);
	if (!ranking || !board) return;
	const labels = new Map(ranking.rows.flatMap(({ set, label }) => (set.runId === null ? [] : [[set.runId, label]])));
	const runIds = board.marked.length > 1 ? board.marked : [...labels.keys()].slice(0, 2);
	if (runIds.length < 2 || runIds.length > MOST_COMPARED) {
		tell(model, "note", `v compares two to ${MOST_COMPARED}: ${runIds.length} are marked`);
		return;
	}
	startComparison(model, { runIds, names: runIds.map((runId) => labels.get(runId) ?? runId), from: 6 });
}

export function openEntry(model: Model): void {
	const runId = selectedEntry(model)?.set.runId;
	if (runId) openRunAt(model, runId, null);
}

const SORT_WORDS: Record<LeaderboardOrder, { key: string; detail: string }> = {
	place: { key: "p", detail: "best first" },
	name: { key: "n", detail: "letters" },
	candidates: { key: "c", detail: "most first" },
};

export function pickBoardSort(model: Model): void {
	pickSort(model, {
		title: "Sort results by",
		table: leaderboardTable(model),
		sorts: LEADERBOARD_ORDERS.map((sort) => ({ sort, ...SORT_WORDS[sort] })),
		sorted: () => boardMoved(model),
	});
}

export function reverseBoard(model: Model): void {
	const table = leaderboardTable(model);
	table.setSort(table.sort, !table.reversed);
	boardMoved(model);
}

export function pickBoardReport(model: Model): void {
	pickReportFormat(model, "one page that loads nothing", (format) => writeReport(model, format));
}

function writeReport(model: Model, format: ReportFormat): void {
	const request = checkpointsState(model).board?.request;
	if (!request) return;
	void model.workbench.writeRanking(request, format).then(
		(path) => {
			tell(model, "note", `report written to ${path}`);
			logCommand(model, `${rankCommand(model, request)} --out ${path}`);
		},
		(error: unknown) => tellError(model, "report not written", error),
	);
}

/** Back to where it was asked for. */
export function closeBoard(model: Model): void {
	const from = checkpointsState(model).board?.from ?? 6;
	changeCheckpoints(model, { pane: "tree", board: null });
	if (from !== 6) goToScreen(model, from);
}

/** What can be copied of a board. */
export function boardTexts(model: Model): CopyText[] {
	const { board } = checkpointsState(model);
	const ranking = rankingOf(model);
	if (!board) return [];
	const entry = selectedEntry(model);
	return [
		...(ranking === null ? [] : [known("what can be told", ranking.notes.join("\n"))]),
		...(entry === null ? [] : [known("result", entry.label)]),
		...(entry?.set.runId == null ? [] : [known("run id", entry.set.runId)]),
		known("command that ranks them", rankCommand(model, board.request)),
	];
}
