import { paneScrolling } from "../keys/binding.js";
import {
	checkpointDetailKeys,
	checkpointListKeys,
	checkpointsScreenKeys,
	comparedTaskKeys,
	resultsKeys,
} from "../keys/checkpoints-keys.js";
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
} from "../model/checkpoints-state.js";
import { comparedMoved, filterCompared } from "../model/comparison-actions.js";
import type { Model } from "../model/model.js";
import { cyan } from "../text/style.js";
import { drawCheckpointDetail } from "./checkpoint-detail.js";
import { drawCheckpointList } from "./checkpoint-list.js";
import { drawComparedTask } from "./compared-task.js";
import { drawResults } from "./comparison-results.js";
import { comparisonSummary, namesText } from "./comparison-summary.js";
import { type Area, hasTwoPanes, type PanePlace, splitAcross } from "./layout.js";
import type { PaneMouse, Screen } from "./screen.js";
import { tableMouse } from "./table-pane.js";

const focusOn = (pane: CheckpointPane) => (model: Model) => changeCheckpoints(model, { pane });

/** The table of tasks has a cursor; the other parts only scroll. */
const resultsMouse: PaneMouse = {
	focus: focusOn("results"),
	wheel(model, rows) {
		if (isTable(model)) tableMouse(comparedTable, comparedMoved).wheel(model, rows);
		else paneScrolling("results").by(model, rows);
	},
	select: (model, point) => isTable(model) && tableMouse(comparedTable, comparedMoved).select(model, point),
};

/** Families of checkpoints, and two to four of them side by side, task by task. */
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
		const { comparison, pane } = checkpointsState(model);
		if (comparison) return [namesText(comparison)];
		return pane === "checkpoint" ? [selectedCheckpoint(model)?.name ?? "no checkpoint"] : ["all checkpoints"];
	},
	status: (model) => {
		const state = checkpointsState(model).comparison?.state;
		return state?.kind === "reading" ? { glyph: "●", word: "comparing", paint: cyan } : null;
	},
	info: comparisonSummary,
	filter: {
		focus: (model) =>
			changeCheckpoints(model, { pane: checkpointsState(model).comparison === null ? "tree" : "results" }),
		text: (model) => shownTable(model).filter,
		set: (model, text) =>
			checkpointsState(model).comparison === null ? filterCheckpoints(model, text) : filterCompared(model, text),
		move(model, by) {
			shownTable(model).move(by);
			if (checkpointsState(model).comparison === null) checkpointMoved(model);
			else comparedMoved(model);
		},
		counts(model) {
			const { count, total } = shownTable(model);
			return { shown: count, total };
		},
	},
};

function isTable(model: Model): boolean {
	return checkpointsState(model).comparison?.part === "tasks";
}

function shownTable(model: Model) {
	return checkpointsState(model).comparison === null ? checkpointTable(model) : comparedTable(model);
}

function placePanes(model: Model, area: Area): PanePlace[] {
	const { comparison, pane } = checkpointsState(model);
	if (!hasTwoPanes(area.width)) return [{ id: pane, ...area }];
	const [left, right] = splitAcross(area, [comparison ? 0.42 : 0.56]);
	return [
		{ id: comparison ? "results" : "tree", ...left },
		{ id: comparison ? "task" : "checkpoint", ...right },
	];
}
