import type { RunState, TaskProgress } from "../../src/store/run-state.js";
import { selectCandidate, selectIsStopped } from "../../src/store/select-run.js";
import { goToSample, goToTask, moveTask } from "../model/candidate-actions.js";
import type { Model } from "../model/model.js";
import { isGoingOn } from "../model/run-actions.js";
import type { OpenRun } from "../model/state.js";
import { shortId, toCells, visible } from "../text/cells.js";
import { plural } from "../text/format.js";
import { bold, cursorLine, dim, green, inverse, yellow } from "../text/style.js";
import { PICKED, signOf } from "./glyphs.js";
import type { PaneText } from "./pane-text.js";
import type { PaneMouse } from "./screen.js";

const COUNT_CELLS = 11;

/** One row a task, one cell a candidate. The cell's sign changes as its phases pass. */
export function drawBoard(model: Model, width: number, height: number): PaneText {
	const { run, boardTask, sample, follows } = model.ui.getState();
	if (!run) return { title: "No run is open", rows: emptyBoard(model, width) };
	const state = run.store.getState().run;
	const { nameCells, cells, longest, left } = columnsOf(state, sample, width);
	const top = model.scroll.follow("board", boardTask, height, state.tasks.length);
	const rows = state.tasks.slice(top, top + height).map((task, i) => {
		const isCursor = top + i === boardTask;
		if (model.isSpoken) return spokenTask(model, state, task, isCursor);
		const name = toCells(shortId(task.taskId, nameCells), nameCells);
		const samples = cellsOf(model, state, task, { left, cells, selected: isCursor ? sample : -1 });
		const text = `${isCursor ? "▸" : " "}${isCursor ? bold(name) : name} ${samples} ${countOf(task)}`;
		return isCursor ? cursorLine(text) : text;
	});
	const picks = state.tasks.some(({ picked }) => picked !== null) ? ` · ${PICKED} picked` : "";
	const hidden = longest > cells ? ` · ${left}-${Math.min(longest, left + cells) - 1} of ${longest}` : "";
	return {
		title: `Board · ${started(state)}${follows && isGoingOn(run) ? " · following" : ""}${picks}${hidden}`,
		rows: rows.length > 0 ? rows : [dim(toCells(`  ${whyEmpty(run, state)}`, width))],
	};
}

/** Cells of the names, how many samples there is room for and there are at most, and the first that is shown. */
function columnsOf(state: RunState, sample: number, width: number) {
	const nameCells = Math.max(8, Math.min(24, Math.floor(width * 0.3)));
	const cells = Math.max(1, Math.floor((width - 2 - nameCells - COUNT_CELLS - 1) / 2));
	const longest = state.tasks.reduce((most, task) => Math.max(most, task.rows.length), 0);
	return { nameCells, cells, longest, left: Math.max(0, Math.min(sample - Math.floor(cells / 2), longest - cells)) };
}

export const boardMouse: PaneMouse = {
	wheel: moveTask,
	/** A task by its name, a candidate by its sign. */
	select(model, { row, cell, width }) {
		const { run, boardTask, sample } = model.ui.getState();
		const state = run?.store.getState().run;
		const task = model.scroll.place("board").top + row;
		const found = state?.tasks[task];
		if (!state || !found) return false;
		const { nameCells, cells, left } = columnsOf(state, sample, width);
		const place = Math.floor((cell - 2 - nameCells) / 2);
		const isSign = place >= 0 && place < cells && left + place < found.rows.length;
		const wanted = isSign ? left + place : sample;
		if (task === boardTask && wanted === sample) return true;
		goToTask(model, task);
		goToSample(model, wanted);
		return false;
	},
};

/** How a task stands; the cursor's also has its sample. */
function spokenTask(model: Model, state: RunState, task: TaskProgress, isCursor: boolean): string {
	const more = task.beyond === null ? "" : `, ${beyondText(task.beyond)}`;
	const text = `${visible(task.taskId)}, ${task.accepted} of ${task.n} accepted${task.n < task.expected ? `, ${task.expected} to come` : ""}${more}`;
	if (!isCursor) return text;
	const { sample } = model.ui.getState();
	const candidate = selectCandidate(state, task.taskId, sample);
	const sign = candidate ? signOf(candidate, selectIsStopped(state)).word : "not there yet";
	const word = candidate?.picked ? `${sign}, picked` : sign;
	return cursorLine(`${text}, sample ${sample} ${word}`);
}

function started(state: RunState): string {
	const count = state.tasks.length;
	return count < state.taskCount ? `${count} of ${plural(state.taskCount, "task")} started` : plural(count, "task");
}

function cellsOf(
	model: Model,
	state: RunState,
	task: TaskProgress,
	view: { left: number; cells: number; selected: number },
): string {
	const marked = model.ui.getState().markedCandidate;
	const isStopped = selectIsStopped(state);
	let out = "";
	for (let index = view.left; index < view.left + view.cells; index++) {
		const candidate = selectCandidate(state, task.taskId, index);
		if (!candidate) {
			out += "  ";
			continue;
		}
		const sign = signOf(candidate, isStopped);
		const isMarked = marked?.taskId === task.taskId && marked.sampleIndex === index;
		const glyph = sign.paint(sign.glyph);
		if (index === view.selected) out += inverse(`▸${sign.glyph}`);
		else out += `${isMarked ? "*" : candidate.picked ? yellow(PICKED) : " "}${glyph}`;
	}
	return out;
}

function countOf(task: TaskProgress): string {
	const { beyond } = task;
	const more = beyond === null ? "" : `+${beyond.accepted}/${beyond.n}`;
	const text = `${task.accepted}/${task.n}${more}${task.n < task.expected ? ` of ${task.expected}` : ""}`;
	return (task.accepted + (beyond?.accepted ?? 0) > 0 ? green : dim)(toCells(text, COUNT_CELLS, "right"));
}

/** Of the candidates that a task has beyond the first n, and why. */
export function beyondText({ why, expected, n, accepted }: NonNullable<TaskProgress["beyond"]>): string {
	const reason = why === "mixed" ? "mixed" : "none accepted";
	return `${reason}, so ${expected} more: ${accepted} of ${n} accepted`;
}

function whyEmpty(run: OpenRun, state: RunState): string {
	if (run.replay)
		return state.phase === "empty" ? "before the first event; p plays, . steps" : "no task has started yet";
	return run.ended ? "it did not start; ! shows why" : "waiting for the first task";
}

function emptyBoard(model: Model, width: number): string[] {
	const hasRuns = model.ui.getState().runRows.length > 0;
	return [
		"",
		hasRuns ? "  Enter  opens a run, live or recorded" : "  there is no run yet",
		...(hasRuns ? ["  7      has all there is to know of them"] : []),
		"  1      goes to the tasks, where r starts one",
		"  ?      shows the keys",
	].map((line) => dim(toCells(line, width)));
}
