import type { SavedView } from "../../src/store/saved-view.js";
import { selectedCandidate } from "./candidate-actions.js";
import type { Model } from "./model.js";
import { openRunAt } from "./run-actions.js";
import { selectedTask, taskMoved } from "./task-actions.js";

export function takeView(model: Model): SavedView {
	const { screen, run, stripShown, wraps, chosenTheme, recentCommands } = model.ui.getState();
	const candidate = run ? selectedCandidate(model) : null;
	return {
		schemaVersion: 1,
		tasksPath: model.workbench.tasksPath,
		screen: screen === 0 ? 2 : screen,
		taskId: selectedTask(model)?.id ?? null,
		filter: model.tasks.filter,
		sort: model.tasks.sort,
		reversed: model.tasks.reversed,
		runId: run?.runId ?? null,
		candidate: candidate && { taskId: candidate.taskId, sampleIndex: candidate.sampleIndex },
		stripShown,
		wraps,
		theme: chosenTheme,
		recentCommands: [...recentCommands],
	};
}

/** The part that needs nothing to be read. */
export function restoreList(model: Model, view: SavedView): void {
	const { stripShown, wraps, theme, recentCommands } = view;
	model.ui.setState({ stripShown, wraps, chosenTheme: theme, recentCommands });
	// The one that shows a run waits for it.
	if (view.screen !== 2) model.ui.setState({ screen: view.screen });
	if (view.tasksPath !== model.workbench.tasksPath) return;
	model.tasks.setFilter(view.filter);
	model.tasks.setSort(view.sort, view.reversed);
}

/** Once the tasks are there. Whoever has gone to a task meanwhile is not moved any more. */
export function restoreCursor(model: Model, view: SavedView): void {
	const hasMoved = model.tasks.position > 0 || model.ui.getState().taskPane !== "list";
	if (hasMoved || view.taskId === null || view.tasksPath !== model.workbench.tasksPath) return;
	model.tasks.goToId(view.taskId);
	taskMoved(model);
}

/** Once the runs are known. */
export function restoreRun(model: Model, view: SavedView): void {
	const { keysPressed, run } = model.ui.getState();
	if (keysPressed || run !== null || view.screen !== 2 || view.runId === null) return;
	openRunAt(model, view.runId, view.candidate);
}
