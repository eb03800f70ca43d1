import { bestOfNKeys, boardKeys, candidateKeys, candidatesKeys } from "../keys/best-of-n-keys.js";
import { paneScrolling } from "../keys/binding.js";
import { chartsKeys } from "../keys/charts-keys.js";
import { runsKeys } from "../keys/run-list-keys.js";
import { selectedCandidate } from "../model/candidate-actions.js";
import { candidateMoved, filterCandidates, shownCandidates } from "../model/candidate-table.js";
import type { Model } from "../model/model.js";
import { hasLiveRun, runItems } from "../model/run-actions.js";
import type { OpenRun, RunPane } from "../model/state.js";
import { cyan } from "../text/style.js";
import { boardMouse, drawBoard } from "./board.js";
import { drawCandidateList } from "./candidate-list.js";
import { drawCandidate } from "./candidate-pane.js";
import { type Area, frameRows, hasThreePanes, hasTwoPanes, type PanePlace, splitAcross } from "./layout.js";
import { drawRunCharts } from "./run-charts.js";
import { drawRunInfo } from "./run-info.js";
import { drawRunList, runListMouse } from "./run-list.js";
import type { Screen } from "./screen.js";
import { tableMouse } from "./table-pane.js";

const focusOn = (runPane: RunPane) => (m: Model) => m.ui.setState({ runPane });

/** One run, live or recorded: its board, the candidates of a task, and one candidate. */
export const bestOfNScreen: Screen = {
	id: 2,
	name: "Best-of-N",
	keys: bestOfNKeys,
	panes: {
		runs: { draw: drawRunList, keys: runsKeys, mouse: runListMouse },
		board: { draw: drawBoard, keys: boardKeys, mouse: { focus: focusOn("board"), ...boardMouse } },
		candidates: {
			draw: drawCandidateList,
			keys: candidatesKeys,
			mouse: { focus: focusOn("candidates"), ...tableMouse(shownCandidates, candidateMoved) },
		},
		candidate: {
			draw: drawCandidate,
			keys: candidateKeys,
			mouse: { focus: focusOn("candidate"), wheel: paneScrolling("candidate").by },
		},
		charts: { draw: drawRunCharts, keys: chartsKeys, mouse: { focus: focusOn("charts") } },
	},
	focus(model) {
		const { run, runPane } = model.ui.getState();
		if (run !== null) return runPane;
		return runItems(model).length > 0 ? "runs" : "board";
	},
	layout: placePanes,
	crumbs,

	status: (model) => (hasLiveRun(model) ? { glyph: "●", word: "live", paint: cyan } : null),
	info(model, width) {
		const { run } = model.ui.getState();
		return run ? drawRunInfo(run, width) : [];
	},
	filter: {
		focus: (model) => model.ui.setState({ runPane: "candidates" }),
		text: ({ candidates }) => candidates.filter,
		set: filterCandidates,
		move(model, by) {
			shownCandidates(model).move(by);
			candidateMoved(model);
		},
		counts: ({ candidates }) => ({ shown: candidates.count, total: candidates.total }),
	},
	sandbox(model) {
		const { run } = model.ui.getState();
		return run?.replay ? run.store.getState().run.sandbox : null;
	},
};

function crumbs(model: Model): string[] {
	const { run, runPane } = model.ui.getState();
	const candidate = selectedCandidate(model);
	if (runPane === "board" || !candidate) return [runName(run)];
	const { taskId, sampleIndex } = candidate;
	return [runName(run), taskId, ...(runPane === "candidate" ? [`#${sampleIndex}`] : [])];
}

function runName(run: OpenRun | null): string {
	if (run === null) return "no run";
	return run.runId ?? (run.ended ? "not started" : "starting");
}

function placePanes(model: Model, area: Area): PanePlace[] {
	const { run, runPane } = model.ui.getState();
	if (run === null) return placeWithoutRun(model, area);
	const detail = runPane === "charts" ? "charts" : "candidate";
	if (!hasTwoPanes(area.width)) return runPane === detail ? [{ id: detail, ...area }] : stack(run, area);
	if (!hasThreePanes(area.width)) {
		const [left, right] = splitAcross(area, [0.44]);
		return [...stack(run, left, area.width), { id: detail, ...right }];
	}
	const [left, middle, right] = splitAcross(area, [0.3, 0.42]);
	return [...stack(run, left, area.width), { id: "candidate", ...middle }, { id: "charts", ...right }];
}

/** What can be opened, and what to do. */
function placeWithoutRun(model: Model, area: Area): PanePlace[] {
	if (runItems(model).length === 0) return [{ id: "board", ...area }];
	if (!hasTwoPanes(area.width)) return [{ id: "runs", ...area }];
	const [runs, rest] = splitAcross(area, [0.5]);
	return [
		{ id: "runs", ...runs },
		{ id: "board", ...rest },
	];
}

/** The board above the candidates of its selected task. */
function stack(run: OpenRun, area: Area, columns: number = area.width): PanePlace[] {
	const frame = frameRows(columns);
	const wanted = Math.max(1, boardTasks(run)) + frame;
	const boardRows = Math.min(wanted, Math.max(frame + 1, Math.floor(area.height * 0.55)));
	return [
		{ id: "board", ...area, height: boardRows },
		{ id: "candidates", ...area, y: area.y + boardRows, height: area.height - boardRows },
	];
}

/** As many as are planned, so that the board does not grow while they start. */
function boardTasks(run: OpenRun): number {
	const { tasks, taskCount } = run.store.getState().run;
	return Math.max(tasks.length, taskCount);
}
