import {
	checkpointMoved,
	compareCheckpoints,
	filterCheckpoints,
	loadCheckpoints,
	markCheckpoint,
	openNewestRun,
	pickCheckpointSort,
	rankCheckpoints,
	rankedCheckpoints,
	selectedCheckpoint,
} from "../model/checkpoint-actions.js";
import {
	type CheckpointPane,
	changeCheckpoints,
	checkpointsState,
	checkpointTable,
	comparedTable,
	groupTable,
	leaderboardTable,
	topLayer,
} from "../model/checkpoints-state.js";
import { checkpointTexts } from "../model/checkpoints-texts.js";
import {
	closeComparison,
	comparedOf,
	filterGroups,
	leaveFilter,
	moveComparedTask,
	nextRight,
	pickAllowed,
	pickReport,
	refusedDifferences,
} from "../model/comparison-actions.js";
import { openCopyMenu } from "../model/copy-actions.js";
import {
	closeBoard,
	compareEntries,
	filterBoard,
	hasRankedRun,
	markEntry,
	pickBoardReport,
	rankingOf,
	unmarkEntries,
} from "../model/leaderboard-actions.js";
import type { Model } from "../model/model.js";
import { type KeyTable, leaveKeys, moveKeys, paneScrolling, tableKeys } from "./binding.js";
import { hasTask } from "./comparison-keys.js";

const focus = (pane: CheckpointPane) => (m: Model) => changeCheckpoints(m, { pane });
const isComparing = (m: Model) => topLayer(m) === "comparison";
const inTree = (m: Model) => topLayer(m) === "tree";
const hasCheckpoint = (m: Model) => inTree(m) && selectedCheckpoint(m) !== null;
const onBoard = (m: Model) => topLayer(m) === "board";
const isRanked = (m: Model) => onBoard(m) && rankingOf(m) !== null;
const hasMarkedEntries = (m: Model) => (checkpointsState(m).board?.marked.length ?? 0) > 1;

function toOtherPane(m: Model): void {
	const { pane } = checkpointsState(m);
	const others: Record<CheckpointPane, CheckpointPane> = {
		tree: "checkpoint",
		checkpoint: "tree",
		board: "entry",
		entry: "board",
		results: "task",
		task: "results",
	};
	changeCheckpoints(m, { pane: others[pane] });
}

/** One layer out; false where there is none. */
function back(m: Model): boolean {
	const { pane, board, comparison, marked } = checkpointsState(m);
	if (m.ui.getState().zoomed) m.ui.setState({ zoomed: false });
	else if (pane === "task") changeCheckpoints(m, { pane: "results" });
	else if (comparison?.part === "forgotten" && groupTable(m).filter !== "") filterGroups(m, "");
	else if (comparison && comparedTable(m).filter !== "") leaveFilter(m);
	else if (comparison) closeComparison(m);
	else if (pane === "entry") changeCheckpoints(m, { pane: "board" });
	else if (board && leaderboardTable(m).filter !== "") filterBoard(m, "");
	else if (board && board.marked.length > 0) unmarkEntries(m);
	else if (board) closeBoard(m);
	else if (pane === "checkpoint") changeCheckpoints(m, { pane: "tree" });
	else if (checkpointTable(m).filter !== "") filterCheckpoints(m, "");
	else if (marked.length > 0) changeCheckpoints(m, { marked: [] });
	else return false;
	return true;
}

export const checkpointListKeys: KeyTable = {
	title: "Checkpoints",
	bindings: [
		...tableKeys("checkpoint", checkpointTable, checkpointMoved),
		{
			keys: ["enter", "l", "right"],
			label: "how it was made, its runs and curves",
			hintLabel: "open",
			hint: 20,
			enabled: hasCheckpoint,
			run: focus("checkpoint"),
		},
		{
			keys: ["s"],
			label: "sort the checkpoints",
			hintLabel: "sort",
			hint: 40,
			enabled: hasCheckpoint,
			run: pickCheckpointSort,
		},
	],
};

export const checkpointDetailKeys: KeyTable = {
	title: "Checkpoint",
	bindings: [
		...moveKeys("scroll", paneScrolling("checkpoint")),
		{
			keys: ["enter"],
			label: "newest run, in Best-of-N",
			hintLabel: "newest run",
			hint: 20,
			enabled: hasCheckpoint,
			run: openNewestRun,
		},
		{ keys: ["h", "left"], label: "back to the checkpoints", hint: 25, hintLabel: "back", run: focus("tree") },
	],
};

export const checkpointsScreenKeys: KeyTable = {
	title: "Checkpoints",
	bindings: [
		{
			keys: ["space"],
			label: "mark, to compare or rank",
			hintLabel: "mark",
			hint: 10,
			enabled: (m) => hasCheckpoint(m) || hasRankedRun(m),
			run: (m) => (inTree(m) ? markCheckpoint(m) : markEntry(m)),
		},
		{
			keys: ["B"],
			label: "leaderboard of the marked, or of all shown",
			hintLabel: (m) => `rank ${rankedCheckpoints(m).length}`,
			hint: 17,
			enabled: hasCheckpoint,
			run: rankCheckpoints,
		},
		{
			keys: ["v"],
			label: "compare the marked; or this with its parent, the first two of a leaderboard",
			command: "compare the marked",
			hintLabel: (m) => (inTree(m) || hasMarkedEntries(m) ? "compare" : "compare first two"),
			hint: 15,
			enabled: (m) => hasCheckpoint(m) || isRanked(m),
			run: (m) => (inTree(m) ? compareCheckpoints(m) : compareEntries(m)),
		},
		{ keys: ["R"], label: "read the checkpoints again", enabled: inTree, run: (m) => void loadCheckpoints(m) },
		{
			keys: ["L"],
			shown: "H L",
			label: "previous and next task",
			command: "next task",
			hintLabel: "task",
			hint: 13,
			enabled: hasTask,
			run: (m) => moveComparedTask(m, 1),
		},
		{ keys: ["H"], label: "previous task", enabled: hasTask, run: (m) => moveComparedTask(m, -1) },
		{
			keys: ["b"],
			label: "another set beside A",
			hint: 35,
			hintLabel: "other set",
			enabled: (m) => (comparedOf(m)?.sets.length ?? 0) > 2,
			run: nextRight,
		},
		{
			keys: ["a"],
			label: "compare in spite of what differs…",
			hintLabel: "allow",
			hint: 5,
			enabled: (m) => refusedDifferences(m).length > 0,
			run: pickAllowed,
		},
		{
			keys: ["W"],
			label: "write the report…",
			hintLabel: "report",
			hint: 45,
			enabled: (m) => comparedOf(m) !== null || isRanked(m),
			run: (m) => (isComparing(m) ? pickReport(m) : pickBoardReport(m)),
		},
		{ keys: ["y"], label: "copy…", hint: 75, run: (m) => openCopyMenu(m, checkpointTexts(m)) },
		{ keys: ["tab", "shift-tab"], label: "other pane", inPalette: "here", run: toOtherPane },
		...leaveKeys(back),
	],
};
