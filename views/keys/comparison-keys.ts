import type { VirtualTable } from "../../src/store/virtual-table.js";
import { changeCheckpoints, checkpointsState, comparedTable, groupTable } from "../model/checkpoints-state.js";
import {
	comparedMoved,
	comparedOf,
	groupMoved,
	moveResultPart,
	moveSample,
	moveTaskTab,
	nextGrouping,
	nextPart,
	pickComparedSort,
	pickGroupSort,
	reverseCompared,
	showForgotten,
} from "../model/comparison-actions.js";
import type { Model } from "../model/model.js";
import { jumpToMark } from "../model/text-marks.js";
import { type KeyTable, moveKeys, paneScrolling, type Scrolling, sideKeys } from "./binding.js";

const isComparing = (m: Model) => checkpointsState(m).comparison !== null;
export const hasTask = (m: Model) => comparedOf(m) !== null && comparedTable(m).selected() !== null;
const showsGroups = (m: Model) => checkpointsState(m).comparison?.part === "forgotten";
const showsTasks = (m: Model) => checkpointsState(m).comparison?.part === "tasks";

const partScrolling = paneScrolling("results");

/** The table in the pane of results; null where its text only scrolls. */
function tableOf(m: Model): VirtualTable<string> | null {
	if (showsTasks(m)) return comparedTable(m);
	return showsGroups(m) ? groupTable(m) : null;
}

function moveIn(m: Model, table: VirtualTable<string>, by: number): void {
	table.move(by);
	if (showsTasks(m)) comparedMoved(m);
	else groupMoved(m);
}

/** Through the tasks or groups, or through what stands in their place. */
const resultMoves: Scrolling = {
	by(m, rows) {
		const table = tableOf(m);
		if (table) moveIn(m, table, rows);
		else partScrolling.by(m, rows);
	},
	page: (m) => tableOf(m)?.page ?? partScrolling.page(m),
	toStart(m) {
		const table = tableOf(m);
		if (table) moveIn(m, table, Number.NEGATIVE_INFINITY);
		else partScrolling.toStart(m);
	},
	toEnd(m) {
		const table = tableOf(m);
		if (table) moveIn(m, table, Number.MAX_SAFE_INTEGER);
		else partScrolling.toEnd(m);
	},
};

export const resultsKeys: KeyTable = {
	title: "Results of a comparison",
	bindings: [
		...moveKeys("task", resultMoves),
		{
			keys: ["enter", "l", "right"],
			label: "both sides of the task: why; or the forgotten tasks of the group",
			command: "both sides of the task: why",
			hintLabel: (m) => (showsGroups(m) ? "which" : "why"),
			hint: 10,
			enabled: (m) => (showsGroups(m) ? comparedOf(m) !== null : hasTask(m)),
			run: (m) => (showsGroups(m) ? showForgotten(m) : changeCheckpoints(m, { pane: "task" })),
		},
		{
			keys: ["c"],
			label: "all tasks, changed ones, flips only; or groups by split, tag, …",
			command: "all tasks, changed ones, flips only",
			hintLabel: (m) => (showsGroups(m) ? "other groups" : "flips"),
			hint: 20,
			enabled: (m) => comparedOf(m) !== null && (showsTasks(m) || showsGroups(m)),
			run: (m) => (showsGroups(m) ? nextGrouping(m) : nextPart(m)),
		},
		{
			keys: ["]"],
			shown: "[ ]",
			label: "tasks, forgotten, scores, curves",
			command: "next part of the results",
			hintLabel: "part",
			hint: 15,
			enabled: isComparing,
			run: (m) => moveResultPart(m, 1),
		},
		{ keys: ["["], label: "previous part of the results", enabled: isComparing, run: (m) => moveResultPart(m, -1) },
		{
			keys: ["s"],
			label: "sort the tasks or groups",
			hintLabel: "sort",
			hint: 40,
			enabled: hasTask,
			run: (m) => (showsGroups(m) ? pickGroupSort(m) : pickComparedSort(m)),
		},
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
