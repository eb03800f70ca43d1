import type { VirtualTable } from "../../src/store/virtual-table.js";
import { paneScrolling } from "../keys/binding.js";
import { checkpointDetailKeys, checkpointListKeys, checkpointsScreenKeys } from "../keys/checkpoints-keys.js";
import { comparedTaskKeys, resultsKeys } from "../keys/comparison-keys.js";
import { boardEntryKeys, leaderboardKeys } from "../keys/leaderboard-keys.js";
import {
	checkpointMoved,
	filterCheckpoints,
	loadCheckpoints,
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
import { comparedMoved, filterCompared, filterGroups, groupMoved } from "../model/comparison-actions.js";
import { boardMoved, filterBoard, selectedEntry } from "../model/leaderboard-actions.js";
import type { Model } from "../model/model.js";
import { cyan } from "../text/style.js";
import { drawCheckpointDetail } from "./checkpoint-detail.js";
import { drawCheckpointList } from "./checkpoint-list.js";
import { drawComparedTask } from "./compared-task.js";
import { drawResults } from "./comparison-results.js";
import { comparisonSummary, namesText } from "./comparison-summary.js";
import { type Area, hasTwoPanes, type PanePlace, splitAcross } from "./layout.js";
import { drawBoardEntry, drawLeaderboard, leaderboardSummary } from "./leaderboard.js";
import type { PaneMouse, Screen } from "./screen.js";
import { tableMouse } from "./table-pane.js";

const focusOn = (pane: CheckpointPane) => (model: Model) => changeCheckpoints(model, { pane });

const taskMouse = tableMouse(comparedTable, comparedMoved);
const groupMouse = tableMouse(groupTable, groupMoved);

/** The tables of tasks and groups have a cursor; the other parts only scroll. */
function resultTableMouse(model: Model): ReturnType<typeof tableMouse> | null {
	const part = checkpointsState(model).comparison?.part;
	return part === "tasks" ? taskMouse : part === "forgotten" ? groupMouse : null;
}

const resultsMouse: PaneMouse = {
	focus: focusOn("results"),
	wheel: (model, rows) => (resultTableMouse(model) ?? { wheel: paneScrolling("results").by }).wheel(model, rows),
	select: (model, point) => resultTableMouse(model)?.select(model, point) ?? false,
};

const boardTableMouse = tableMouse(leaderboardTable, boardMoved);
const inRanking = (model: Model) => checkpointsState(model).board?.part === "ranking";
const boardMouse: PaneMouse = {
	focus: focusOn("board"),
	wheel: (model, rows) =>
		(inRanking(model) ? boardTableMouse : { wheel: paneScrolling("board").by }).wheel(model, rows),
	select: (model, point) => inRanking(model) && boardTableMouse.select(model, point),
};

/** Families of checkpoints, a leaderboard of many, and two to four of them side by side, task by task. */
export const checkpointsScreen: Screen = {
	id: 6,
	name: "Checkpoints",
	keys: checkpointsScreenKeys,
	panes: {
		tree: {
			draw: drawCheckpointList,
			keys: checkpointListKeys,
			mouse: { focus: focusOn("tree"), ...tableMouse(checkpointTable, checkpointMoved) },
		},
		checkpoint: {
			draw: drawCheckpointDetail,
			keys: checkpointDetailKeys,
			mouse: { focus: focusOn("checkpoint"), wheel: paneScrolling("checkpoint").by },
		},
		board: { draw: drawLeaderboard, keys: leaderboardKeys, mouse: boardMouse },
		entry: {
			draw: drawBoardEntry,
			keys: boardEntryKeys,
			mouse: { focus: focusOn("entry"), wheel: paneScrolling("entry").by },
		},
		results: { draw: drawResults, keys: resultsKeys, mouse: resultsMouse },
		task: {
			draw: drawComparedTask,
			keys: comparedTaskKeys,
			mouse: { focus: focusOn("task"), wheel: paneScrolling("compared-task").by },
		},
	},
	opened: (model) => void loadCheckpoints(model),
	focus: (model) => checkpointsState(model).pane,
	layout: placePanes,
	crumbs(model) {
		const { board, comparison, pane } = checkpointsState(model);
		if (comparison) return [namesText(comparison)];
		if (board) return [pane === "entry" ? (selectedEntry(model)?.label ?? "no result") : "leaderboard"];
		return pane === "checkpoint" ? [selectedCheckpoint(model)?.name ?? "no checkpoint"] : ["all checkpoints"];
	},
	status: (model) => {
		const { board, comparison } = checkpointsState(model);
		const isReading = [board?.state, comparison?.state].some((state) => state?.kind === "reading");
		return isReading ? { glyph: "●", word: "comparing", paint: cyan } : null;
	},
	info: (model, width) =>
		topLayer(model) === "board" ? leaderboardSummary(model, width) : comparisonSummary(model, width),
	filter: {
		focus: (model) => changeCheckpoints(model, { pane: layers[topLayer(model)].panes[0] }),
		text: (model) => listOf(model).table(model).filter,
		set: (model, text) => listOf(model).filter(model, text),
		move(model, by) {
			const { table, moved } = listOf(model);
			table(model).move(by);
			moved(model);
		},
		counts(model) {
			const { count, total } = listOf(model).table(model);
			return { shown: count, total };
		},
	},
};

interface Layer {
	/** What is on the left, and what is known of the row under its cursor. */
	panes: readonly [CheckpointPane, CheckpointPane];
	/** Of the width, for the first. */
	share: number;
	list: List;
}

interface List {
	table(model: Model): VirtualTable<string>;
	filter(model: Model, text: string): void;
	moved(model: Model): void;
}

const layers: Record<ReturnType<typeof topLayer>, Layer> = {
	tree: {
		panes: ["tree", "checkpoint"],
		share: 0.56,
		list: { table: checkpointTable, filter: filterCheckpoints, moved: checkpointMoved },
	},
	board: {
		panes: ["board", "entry"],
		share: 0.62,
		list: { table: leaderboardTable, filter: filterBoard, moved: boardMoved },
	},
	comparison: {
		panes: ["results", "task"],
		share: 0.42,
		list: { table: comparedTable, filter: filterCompared, moved: comparedMoved },
	},
};

const groups: List = { table: groupTable, filter: filterGroups, moved: groupMoved };

/** What `/` filters. */
function listOf(model: Model): List {
	const isOfGroups = checkpointsState(model).comparison?.part === "forgotten";
	return isOfGroups ? groups : layers[topLayer(model)].list;
}

function placePanes(model: Model, area: Area): PanePlace[] {
	if (!hasTwoPanes(area.width)) return [{ id: checkpointsState(model).pane, ...area }];
	const { panes, share } = layers[topLayer(model)];
	const [left, right] = splitAcross(area, [share]);
	return [
		{ id: panes[0], ...left },
		{ id: panes[1], ...right },
	];
}
