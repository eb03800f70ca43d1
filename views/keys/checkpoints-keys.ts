import {
	checkpointMoved,
	compareCheckpoints,
	filterCheckpoints,
	loadCheckpoints,
	markAllCheckpoints,
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
	leaderboardTable,
	topLayer,
} from "../model/checkpoints-state.js";
import { checkpointTexts } from "../model/checkpoints-texts.js";
import {
	closeComparison,
	comparedOf,
	filterCompared,
	moveComparedTask,
	moveResultPart,
	moveSample,
	moveTaskTab,
	nextPart,
	nextRight,
	pickAllowed,
	pickComparedSort,
	pickReport,
	refusedDifferences,
	reverseCompared,
} from "../model/comparison-actions.js";
import { openCopyMenu } from "../model/copy-actions.js";
import { closeBoard, filterBoard, unmarkEntries } from "../model/leaderboard-actions.js";
import type { Model } from "../model/model.js";
import { jumpToMark } from "../model/text-marks.js";
import { type KeyTable, leaveKeys, moveKeys, paneScrolling, type Scrolling, sideKeys, tableKeys } from "./binding.js";

const focus = (pane: CheckpointPane) => (m: Model) => changeCheckpoints(m, { pane });
const isComparing = (m: Model) => topLayer(m) === "comparison";
const inTree = (m: Model) => topLayer(m) === "tree";
const hasCheckpoint = (m: Model) => inTree(m) && selectedCheckpoint(m) !== null;
const hasTask = (m: Model) => comparedOf(m) !== null && comparedTable(m).selected() !== null;
const showsTasks = (m: Model) => checkpointsState(m).comparison?.part === "tasks";

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
	else if (comparison && comparedTable(m).filter !== "") filterCompared(m, "");
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

const taskMoves: Scrolling = {
	by: moveComparedTask,
	page: (m) => comparedTable(m).page,
	toStart: (m) => moveComparedTask(m, Number.NEGATIVE_INFINITY),
	toEnd: (m) => moveComparedTask(m, Number.MAX_SAFE_INTEGER),
};
const partScrolling = paneScrolling("results");
/** Through the tasks, or through what stands in their place. */
const resultMoves: Scrolling = {
	by: (m, rows) => (showsTasks(m) ? taskMoves : partScrolling).by(m, rows),
	page: (m) => (showsTasks(m) ? taskMoves : partScrolling).page(m),
	toStart: (m) => (showsTasks(m) ? taskMoves : partScrolling).toStart(m),
	toEnd: (m) => (showsTasks(m) ? taskMoves : partScrolling).toEnd(m),
};

export const resultsKeys: KeyTable = {
	title: "Results of a comparison",
	bindings: [
		...moveKeys("task", resultMoves),
		{
			keys: ["enter", "l", "right"],
			label: "both sides of the task: why",
			hintLabel: "why",
			hint: 10,
			enabled: hasTask,
			run: focus("task"),
		},
		{
			keys: ["c"],
			label: "all tasks, changed ones, flips only",
			hintLabel: "flips",
			hint: 20,
			enabled: (m) => comparedOf(m) !== null && showsTasks(m),
			run: nextPart,
		},
		{
			keys: ["]"],
			shown: "[ ]",
			label: "tasks, tags, scores, curves",
			command: "next part of the results",
			hintLabel: "part",
			hint: 15,
			enabled: isComparing,
			run: (m) => moveResultPart(m, 1),
		},
		{ keys: ["["], label: "previous part of the results", enabled: isComparing, run: (m) => moveResultPart(m, -1) },
		{ keys: ["s"], label: "sort the tasks", hintLabel: "sort", hint: 40, enabled: hasTask, run: pickComparedSort },
		{ keys: ["S"], label: "tasks in reverse order", enabled: hasTask, run: reverseCompared },
	],
};

export const comparedTaskKeys: KeyTable = {
	title: "Both sides of a task",
	bindings: [
		...moveKeys("scroll", paneScrolling("compared-task")),
		...sideKeys("compared-task", (m) => !m.ui.getState().wraps),
		{
			keys: ["right", "l"],
			shown: "h l",
			label: "another pair of candidates",
			command: "next pair of candidates",
			hintLabel: "pair",
			hint: 11,
			enabled: hasTask,
			run: (m) => moveSample(m, 1),
		},
		{
			keys: ["left", "h"],
			shown: "h",
			label: "previous pair of candidates",
			enabled: hasTask,
			run: (m) => moveSample(m, -1),
		},
		{
			keys: ["]"],
			shown: "[ ]",
			label: "difference, tests, programs",
			command: "next tab of the task",
			hintLabel: "tab",
			hint: 12,
			enabled: hasTask,
			run: (m) => moveTaskTab(m, 1),
		},
		{ keys: ["["], label: "previous tab of the task", enabled: hasTask, run: (m) => moveTaskTab(m, -1) },
		{
			keys: ["n"],
			shown: "n N",
			label: "to hunks and turned tests",
			command: "next hunk or turned test",
			hintLabel: "hunk",
			hint: 30,
			run: (m) => jumpToMark(m, "compared-task", 1),
		},
		{ keys: ["N"], label: "previous hunk or turned test", run: (m) => jumpToMark(m, "compared-task", -1) },
		{
			keys: ["w"],
			label: "wrap long lines of code, or cut them",
			run: (m) => m.ui.setState((was) => ({ wraps: !was.wraps })),
		},
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
			enabled: hasCheckpoint,
			run: markCheckpoint,
		},
		{ keys: ["a"], label: "mark all shown, or none", enabled: hasCheckpoint, run: markAllCheckpoints },
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
			label: "compare the marked, or this with its parent",
			hintLabel: "compare",
			hint: 15,
			enabled: hasCheckpoint,
			run: compareCheckpoints,
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
			enabled: (m) => comparedOf(m) !== null,
			run: pickReport,
		},
		{ keys: ["y"], label: "copy…", hint: 75, run: (m) => openCopyMenu(m, checkpointTexts(m)) },
		{ keys: ["tab", "shift-tab"], label: "other pane", inPalette: "here", run: toOtherPane },
		...leaveKeys(back),
	],
};
