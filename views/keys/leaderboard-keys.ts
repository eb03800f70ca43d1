import { changeCheckpoints, checkpointsState, leaderboardTable } from "../model/checkpoints-state.js";
import {
	boardMoved,
	hasRankedRun,
	moveBoardPart,
	openEntry,
	pickBoardSort,
	rankingOf,
	reverseBoard,
	selectedEntry,
} from "../model/leaderboard-actions.js";
import type { Model } from "../model/model.js";
import { type KeyBinding, type KeyTable, moveKeys, paneScrolling, panKeys, type Scrolling } from "./binding.js";

const isRanked = (m: Model) => rankingOf(m) !== null;
const inRanking = (m: Model) => checkpointsState(m).board?.part === "ranking";
const hasEntry = (m: Model) => isRanked(m) && inRanking(m) && selectedEntry(m) !== null;
const hasRun = (m: Model) => hasRankedRun(m) && inRanking(m);

const open: KeyBinding = {
	keys: ["enter"],
	label: "open the run in Best-of-N",
	hintLabel: "open",
	hint: 10,
	enabled: hasRun,
	run: openEntry,
};

const textMoves = paneScrolling("board");
function move(m: Model, by: number): void {
	leaderboardTable(m).move(by);
	boardMoved(m);
}

/** Through the results, or through what stands in their place. */
const resultMoves: Scrolling = {
	by: (m, rows) => (inRanking(m) ? move(m, rows) : textMoves.by(m, rows)),
	page: (m) => (inRanking(m) ? leaderboardTable(m).page : textMoves.page(m)),
	toStart: (m) => (inRanking(m) ? move(m, Number.NEGATIVE_INFINITY) : textMoves.toStart(m)),
	toEnd: (m) => (inRanking(m) ? move(m, Number.MAX_SAFE_INTEGER) : textMoves.toEnd(m)),
};

export const leaderboardKeys: KeyTable = {
	title: "Leaderboard",
	bindings: [
		...moveKeys("result", resultMoves),
		...panKeys(leaderboardTable, boardMoved),
		open,
		{
			keys: ["l", "right"],
			label: "all that is known of the result",
			hintLabel: "more",
			hint: 30,
			enabled: hasEntry,
			run: (m) => changeCheckpoints(m, { pane: "entry" }),
		},
		{
			keys: ["]"],
			shown: "[ ]",
			label: "ranking, left out, about",
			command: "next part of the leaderboard",
			hintLabel: "part",
			hint: 16,
			run: (m) => moveBoardPart(m, 1),
		},
		{ keys: ["["], label: "previous part of the leaderboard", run: (m) => moveBoardPart(m, -1) },
		{ keys: ["s"], label: "sort the results", hintLabel: "sort", hint: 40, enabled: hasEntry, run: pickBoardSort },
		{ keys: ["S"], label: "results in reverse order", enabled: hasEntry, run: reverseBoard },
	],
};

export const boardEntryKeys: KeyTable = {
	title: "Result on a leaderboard",
	bindings: [
		...moveKeys("scroll", paneScrolling("entry")),
		open,
		{
			keys: ["h", "left"],
			label: "back to the leaderboard",
			hintLabel: "back",
			hint: 25,
			run: (m) => changeCheckpoints(m, { pane: "board" }),
		},
	],
};
