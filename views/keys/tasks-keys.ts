import { openCopyMenu, taskTexts } from "../model/copy-actions.js";
import type { Model } from "../model/model.js";
import { openTaskOutside } from "../model/outside-actions.js";
import { askToQuit } from "../model/quit.js";
import { openLastRun } from "../model/run-actions.js";
import { openRunForm } from "../model/run-form.js";
import {
	askForHiddenTests,
	filterTasks,
	markRange,
	moveInList,
	pickTaskSort,
	retryTasks,
	reverseTaskSort,
	selectedTask,
	taskMoved,
	toggleAllMarks,
	toggleMark,
} from "../model/task-actions.js";
import { type KeyTable, moveKeys, paneScrolling, tableKeys } from "./binding.js";

const hasTask = (m: Model) => selectedTask(m) !== null;
const inList = (m: Model) => m.ui.getState().taskPane === "list";
const isAtRoot = (m: Model) => inList(m) && !m.ui.getState().zoomed;
const markCount = (m: Model) => m.ui.getState().marks.size;
const toggleFocus = (m: Model) => m.ui.setState((was) => ({ taskPane: was.taskPane === "list" ? "task" : "list" }));

function back(m: Model): void {
	const { taskPane, zoomed, marks } = m.ui.getState();
	if (zoomed) {
		m.ui.setState({ zoomed: false });
		return;
	}
	if (taskPane === "task") {
		m.ui.setState({ taskPane: "list" });
		return;
	}
	if (m.tasks.filter !== "") {
		filterTasks(m, "");
		return;
	}
	if (marks.size > 0) m.ui.setState({ marks: new Set() });
}

export const tasksListKeys: KeyTable = {
	title: "Task list",
	bindings: [
		...tableKeys("task", (m) => m.tasks, taskMoved),
		{
			keys: ["enter", "l", "right"],
			label: "read the task",
			hint: 10,
			enabled: hasTask,
			run: (m) => m.ui.setState({ taskPane: "task" }),
		},
		{ keys: ["n"], label: "next match", enabled: (m) => m.tasks.filter !== "", run: (m) => moveInList(m, 1) },
		{ keys: ["N"], label: "previous match", enabled: (m) => m.tasks.filter !== "", run: (m) => moveInList(m, -1) },
	],
};

export const taskPaneKeys: KeyTable = {
	title: "Task",
	bindings: [
		...moveKeys("scroll", paneScrolling("task")),
		{
			keys: ["enter"],
			label: "open its last run",
			hint: 5,
			hintLabel: "last run",
			enabled: (m) => m.taskResults.has(selectedTask(m)?.id ?? ""),
			run: openLastRun,
		},
		{ keys: ["h", "left"], label: "back to the list", hint: 10, run: (m) => m.ui.setState({ taskPane: "list" }) },
		{ keys: ["]"], label: "next task", hint: 15, run: (m) => moveInList(m, 1) },
		{ keys: ["["], label: "previous task", run: (m) => moveInList(m, -1) },
	],
};

export const tasksScreenKeys: KeyTable = {
	title: "Tasks",
	bindings: [
		{
			keys: ["r"],
			label: "run best-of-N",
			hint: 20,
			hintLabel: (m) => (markCount(m) > 0 ? `run best-of-N on ${markCount(m)}` : "run best-of-N"),
			enabled: hasTask,
			run: openRunForm,
		},
		{
			keys: ["R"],
			label: "read the tasks again after a failure",
			hint: 4,
			hintLabel: "try again",
			enabled: (m) => typeof m.ui.getState().tasks === "object",
			run: retryTasks,
		},
		{ keys: ["space"], label: "mark", hint: 15, enabled: (m) => hasTask(m) && inList(m), run: toggleMark },
		{ keys: ["V"], label: "mark from the last mark to here", enabled: (m) => hasTask(m) && inList(m), run: markRange },
		{ keys: ["a"], label: "mark all shown, or none", enabled: hasTask, run: toggleAllMarks },
		{ keys: ["s"], label: "sort", hint: 50, enabled: hasTask, run: pickTaskSort },
		{ keys: ["S"], label: "reverse the sort", enabled: hasTask, run: reverseTaskSort },
		{ keys: ["e"], label: "its file in the editor", enabled: hasTask, run: (m) => void openTaskOutside(m, "editor") },
		{ keys: ["E"], label: "read it in the pager", enabled: hasTask, run: (m) => void openTaskOutside(m, "pager") },
		{ keys: ["y"], label: "copy…", hint: 75, enabled: hasTask, run: (m) => openCopyMenu(m, taskTexts(m)) },
		{
			keys: ["H"],
			label: "show hidden tests (asks)",
			hint: 70,
			hintLabel: "hidden tests",
			enabled: hasTask,
			run: askForHiddenTests,
		},
		{ keys: ["tab", "shift-tab"], label: "other pane", inPalette: "here", enabled: hasTask, run: toggleFocus },
		{ keys: ["esc"], label: "one layer out", inPalette: false, run: back },
		{
			keys: ["q"],
			label: "back, or quit",
			inPalette: "here",
			hint: 95,
			hintLabel: (m) => (isAtRoot(m) ? "quit" : "back"),
			isPinned: true,
			run: (m) => (isAtRoot(m) ? askToQuit(m) : back(m)),
		},
	],
};
