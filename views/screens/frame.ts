import { type DrawnDialog, drawDialog } from "../dialogs/draw-dialog.js";
import { hintsOf } from "../keys/hints.js";
import { tablesOf } from "../keys/tables.js";
import type { Model } from "../model/model.js";
import type { Message, OpenRun } from "../model/state.js";
import { cellWidth, toCells } from "../text/cells.js";
import { formatCount } from "../text/format.js";
import { bold, cyan, dim, type Paint, red, yellow } from "../text/style.js";
import { drawBoard } from "./board.js";
import { drawCandidateList } from "./candidate-list.js";
import { drawCandidate } from "./candidate-pane.js";
import { drawHeader } from "./header.js";
import { innerOf, isTooSmall, layoutOf, MIN_COLUMNS, MIN_ROWS, type PaneBox } from "./layout.js";
import type { PaneText } from "./pane-text.js";
import { drawRunInfo, runInfoRows } from "./run-info.js";
import { drawRunList } from "./run-list.js";
import { drawStrip } from "./strip.js";
import { drawTaskDetail, drawTaskFacts } from "./task-detail.js";
import { drawTaskList } from "./task-list.js";

export interface DrawnPane {
	box: PaneBox;
	focused: boolean;
	title: string;
	rows: string[];
}

/** Everything on the screen, as text; both the compositor and plain Ink draw it. */
export interface Frame {
	columns: number;
	rows: number;
	/** Instead of everything else. */
	tooSmall: string | null;
	header: string;
	info: string[];
	panes: DrawnPane[];
	hints: string;
	dialog: DrawnDialog | null;
}

export function drawFrame(model: Model): Frame {
	const state = model.ui.getState();
	const { columns, rows, dialog, run } = state;
	const frame = { columns, rows, tooSmall: null, header: "", info: [], panes: [], hints: "", dialog: null };
	if (isTooSmall(columns, rows)) {
		const text = `terminal too small: ${MIN_COLUMNS}x${MIN_ROWS} needed, now ${columns}x${rows}`;
		return { ...frame, tooSmall: toCells(text, columns) };
	}
	const shownRun = state.screen === 2 ? run : null;
	const layout = layoutOf({
		...state,
		boardTasks: run ? boardTasks(run) : null,
		infoRows: runInfoRows(shownRun),
	});
	const isAlone = layout.panes.filter((pane) => pane.id !== "strip").length === 1;
	return {
		...frame,
		header: drawHeader(model, columns),
		info: shownRun ? drawRunInfo(shownRun, columns) : [],
		panes: layout.panes.map((box) => drawPane(model, box, isAlone)),
		hints: drawHints(
			model,
			columns,
			layout.panes.some((pane) => pane.id === "strip"),
		),
		dialog: dialog ? drawDialog(model, dialog) : null,
	};
}

/** As many as are planned, so that the board does not grow while they start. */
function boardTasks(run: OpenRun): number {
	const { tasks, taskCount } = run.store.getState().run;
	return Math.max(tasks.length, taskCount);
}

function drawPane(model: Model, box: PaneBox, isAlone: boolean): DrawnPane {
	const { screen, taskPane, runPane } = model.ui.getState();
	const inner = innerOf(box);
	const { title, rows } = drawText(model, box, inner.width, inner.height);
	const focused = box.id === (screen === 1 ? taskPane : runPane);
	const mark = focused && !isAlone ? "▸" : " ";
	const text = `${mark}${title} `;
	const cells = box.bordered ? Math.min(cellWidth(text), box.width - 4) : box.width;
	const paint: Paint = focused ? (t) => bold(cyan(t)) : box.bordered ? bold : (t) => bold(dim(t));
	return { box, focused, title: paint(toCells(text, cells)), rows };
}

function drawText(model: Model, box: PaneBox, width: number, height: number): PaneText {
	switch (box.id) {
		case "list":
			return drawTaskList(model, width, height);
		case "task":
			return drawTaskDetail(model, width, height, model.ui.getState().columns < 160 || model.ui.getState().zoomed);
		case "tests":
			return drawTaskFacts(model, width, height);
		case "runs":
			return drawRunList(model, width, height);
		case "board":
			return drawBoard(model, width, height);
		case "candidates":
			return drawCandidateList(model, width, height);
		case "candidate":
			return drawCandidate(model, width, height);
		case "strip":
			return drawStrip(model, width, height);
	}
}

const MORE = "! all of it  ";
const NOTICE_PAINTS: Record<Message["level"], Paint> = { note: cyan, warning: yellow, error: red, command: dim };

/** The last line: what is being typed, or the newest message where the strip does not show it, and the keys. */
function drawHints(model: Model, width: number, hasStrip: boolean): string {
	const { entry, notice, dialog } = model.ui.getState();
	if (entry) {
		const count = `${formatCount(model.tasks.count)} of ${formatCount(model.tasks.total)}`;
		const right = `  ${count}   Enter keeps it   Esc takes it back `;
		const left = toCells(`/${entry.text}_`, Math.max(10, width - cellWidth(right)));
		return bold(left) + dim(toCells(right, width - cellWidth(left)));
	}
	let left = "";
	let room = width;
	if (notice && !(hasStrip && notice.level === "note")) {
		const word = notice.level === "note" ? "" : `${notice.level}: `;
		const text = ` ${word}${notice.text}  `;
		// What does not fit can be read in the message log.
		const tail = cellWidth(text) > width - 8 ? `${bold(MORE.trim())}  ` : "";
		const cells = Math.min(cellWidth(text), width - 8) - (tail ? MORE.length + 1 : 0);
		left = NOTICE_PAINTS[notice.level](toCells(text.trimEnd(), cells)) + (tail ? ` ${tail}` : "");
		room -= cells + (tail ? MORE.length + 1 : 0);
	}
	// A dialog takes all keys, and says itself which.
	const hints = dialog ? [] : hintsOf(tablesOf(model.ui.getState()), model, room - 1);
	const line = hints.map((hint) => `${bold(hint.key)} ${dim(hint.label)}`).join("  ");
	return `${left} ${line}`;
}
