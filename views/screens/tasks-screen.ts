import { taskFacets } from "../../src/store/task-table.js";
import { paneScrolling } from "../keys/binding.js";
import { taskPaneKeys, tasksListKeys, tasksScreenKeys } from "../keys/tasks-keys.js";
import { pickFacet } from "../model/facets.js";
import type { Model } from "../model/model.js";
import type { TaskPane } from "../model/state.js";
import { filterTasks, moveInList, taskMoved } from "../model/task-actions.js";
import { dim, yellow } from "../text/style.js";
import { type Area, hasThreePanes, hasTwoPanes, type PanePlace, splitAcross } from "./layout.js";
import type { Screen } from "./screen.js";
import { tableMouse } from "./table-pane.js";
import { drawTaskDetail, drawTaskFacts } from "./task-detail.js";
import { drawTaskList } from "./task-list.js";

const focusOn = (taskPane: TaskPane) => (m: Model) => m.ui.setState({ taskPane });

/** The tasks, and the one under the cursor. */
export const tasksScreen: Screen = {
	id: 1,
	name: "Tasks",
	keys: tasksScreenKeys,
	panes: {
		list: {
			draw: drawTaskList,
			keys: tasksListKeys,
			mouse: { focus: focusOn("list"), ...tableMouse((m) => m.tasks, taskMoved) },
		},
		task: {
			draw: drawTask,
			keys: taskPaneKeys,
			mouse: { focus: focusOn("task"), wheel: paneScrolling("task").by },
		},
		tests: { draw: drawTaskFacts, keys: null, mouse: { wheel: paneScrolling("tests").by } },
	},
	focus: (model) => model.ui.getState().taskPane,
	layout: placePanes,
	crumbs(model) {
		const { taskPane, openTask } = model.ui.getState();
		return [model.workbench.tasksPath, ...(taskPane === "task" && openTask ? [openTask.id] : [])];
	},
	status: (model) => {
		const { tasks } = model.ui.getState();
		if (tasks === "reading") return { glyph: "…", word: "reading", paint: dim };
		return tasks === "read" ? null : { glyph: "!", word: "not read", paint: yellow };
	},
	filter: {
		focus: (model) => model.ui.setState({ taskPane: "list" }),
		text: (model) => model.tasks.filter,
		set: filterTasks,
		move: moveInList,
		counts: ({ tasks }) => ({ shown: tasks.count, total: tasks.total }),
		pickFacet: (model) => {
			const { tasks } = model;
			pickFacet(model, { noun: "tasks", table: tasks, row: tasks.row, wordsOf: taskFacets, filter: filterTasks });
		},
	},
};

/** The facts have a pane of their own where there is room. */
function drawTask(model: Model, width: number, height: number) {
	const { columns, zoomed } = model.ui.getState();
	return drawTaskDetail(model, width, height, !hasThreePanes(columns) || zoomed);
}

function placePanes(model: Model, area: Area): PanePlace[] {
	if (!hasTwoPanes(area.width)) return [{ id: model.ui.getState().taskPane, ...area }];
	if (!hasThreePanes(area.width)) {
		const [list, task] = splitAcross(area, [0.48]);
		return [
			{ id: "list", ...list },
			{ id: "task", ...task },
		];
	}
	const [list, task, tests] = splitAcross(area, [0.4, 0.34]);
	return [
		{ id: "list", ...list },
		{ id: "task", ...task },
		{ id: "tests", ...tests },
	];
}
