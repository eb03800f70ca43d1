import { changeCheckpoints, checkpointsState, leaderboardTable } from "../model/checkpoints-state.js";
import {
	boardMoved,
	compareEntries,
	markEntry,
	moveBoardPart,
	openEntry,
	pickBoardReport,
	pickBoardSort,
	rankingOf,
	reverseBoard,
	selectedEntry,
} from "../model/leaderboard-actions.js";
import type { Model } from "../model/model.js";
import { type KeyBinding, type KeyTable, moveKeys, paneScrolling, tableKeys } from "./binding.js";

const isRanked = (m: Model) => rankingOf(m) !== null;
const inRanking = (m: Model) => checkpointsState(m).board?.part === "ranking";
const hasEntry = (m: Model) => isRanked(m) && inRanking(m) && selectedEntry(m) !== null;
const hasRun = (m: Model) => hasEntry(m) && selectedEntry(m)?.set.runId !== null;

const open: KeyBinding = {
	keys: ["enter"],
	label: "open the run in Best-of-N",
	hintLabel: "open",
	hint: 10,
	enabled: hasRun,
	run: openEntry,
};
const compare: KeyBinding = {
	keys: ["v"],
	label: "compare the marked, or the first two",
	hintLabel: (m) => ((checkpointsState(m).board?.marked.length ?? 0) > 1 ? "compare the marked" : "compare first two"),
	hint: 12,
	enabled: isRanked,
	run: compareEntries,
};
const report: KeyBinding = {
	keys: ["W"],
	label: "write the report of the leaderboard…",
	hintLabel: "report",
	hint: 45,
	enabled: isRanked,
	run: pickBoardReport,
};

/** Through the results, or through what stands in their place. */
const rankingMoves = tableKeys("result", leaderboardTable, boardMoved);
const textMoves = moveKeys("scroll", paneScrolling("board"));

export const leaderboardKeys: KeyTable = {
	title: "Leaderboard",
	bindings: [
		...rankingMoves.map((binding): KeyBinding => ({ ...binding, enabled: inRanking })),
		...textMoves.map((binding): KeyBinding => ({ ...binding, enabled: (m) => !inRanking(m) })),
		open,
		compare,
		{ keys: ["space"], label: "mark for a comparison", hintLabel: "mark", hint: 14, enabled: hasRun, run: markEntry },
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
		report,
	],
};

export const boardEntryKeys: KeyTable = {
	title: "Result on a leaderboard",
	bindings: [
		...moveKeys("scroll", paneScrolling("entry")),
		open,
		compare,
		{
			keys: ["h", "left"],
			label: "back to the leaderboard",
			hintLabel: "back",
			hint: 25,
			run: (m) => changeCheckpoints(m, { pane: "board" }),
		},
		report,
	],
};
