import type { UiState } from "../model/state.js";

type PaneId = "list" | "task" | "tests" | "runs" | "board" | "candidates" | "candidate" | "strip";

/** Where a pane is. Without a border its first row is its title. */
export interface PaneBox {
	id: PaneId;
	x: number;
	y: number;
	width: number;
	height: number;
	bordered: boolean;
}

export interface Layout {
	panes: PaneBox[];
	/** Rows below the header that tell about the run. */
	infoRows: number;
}

export const MIN_COLUMNS = 60;
export const MIN_ROWS = 15;
const TWO_PANES = 100;
const THREE_PANES = 160;
const STRIP_FROM_ROWS = 30;

export function isTooSmall(columns: number, rows: number): boolean {
	return columns < MIN_COLUMNS || rows < MIN_ROWS;
}

export function hasRunsPane(columns: number): boolean {
	return columns >= THREE_PANES;
}

export interface LayoutInput
	extends Pick<UiState, "columns" | "rows" | "screen" | "taskPane" | "runPane" | "zoomed" | "stripShown"> {
	/** Tasks of the open run; null without one. */
	boardTasks: number | null;
	infoRows: number;
}

/** One pane below 100 columns, two from 100, three from 160. */
export function layoutOf(input: LayoutInput): Layout {
	const { columns, rows, infoRows } = input;
	const bordered = columns >= TWO_PANES;
	const top = 1 + infoRows;
	const stripRows = input.stripShown && rows >= STRIP_FROM_ROWS && !input.zoomed ? (rows >= 50 ? 8 : 5) : 0;
	const area = { x: 0, y: top, width: columns, height: rows - top - 1 - stripRows };
	const panes = input.screen === 1 ? taskPanes(input, area, bordered) : runPanes(input, area, bordered);
	if (stripRows > 0) {
		panes.push({ id: "strip", x: 0, y: area.y + area.height, width: columns, height: stripRows, bordered });
	}
	return { panes, infoRows };
}

type Area = { x: number; y: number; width: number; height: number };

function taskPanes(input: LayoutInput, area: Area, bordered: boolean): PaneBox[] {
	if (input.zoomed || input.columns < TWO_PANES) return [{ id: input.taskPane, ...area, bordered }];
	if (input.columns < THREE_PANES) {
		const [list, task] = splitAcross(area, [0.48]);
		return [
			{ id: "list", ...list, bordered },
			{ id: "task", ...task, bordered },
		];
	}
	const [list, task, tests] = splitAcross(area, [0.4, 0.34]);
	return [
		{ id: "list", ...list, bordered },
		{ id: "task", ...task, bordered },
		{ id: "tests", ...tests, bordered },
	];
}

function runPanes(input: LayoutInput, area: Area, bordered: boolean): PaneBox[] {
	const { runPane } = input;
	if (input.boardTasks === null) return noRunPanes(input, area, bordered);
	if (input.zoomed) return [{ id: runPane, ...area, bordered }];
	if (input.columns < TWO_PANES) {
		return runPane === "candidate" ? [{ id: runPane, ...area, bordered }] : stack(input, area, bordered);
	}
	if (input.columns < THREE_PANES) {
		const [left, right] = splitAcross(area, [0.44]);
		return [...stack(input, left, bordered), { id: "candidate", ...right, bordered }];
	}
	const [runs, middle, right] = splitAcross(area, [0.2, 0.32]);
	return [
		{ id: "runs", ...runs, bordered },
		...stack(input, middle, bordered),
		{ id: "candidate", ...right, bordered },
	];
}

/** What can be opened, and what to do. */
function noRunPanes(input: LayoutInput, area: Area, bordered: boolean): PaneBox[] {
	if (input.columns < THREE_PANES) return [{ id: "board", ...area, bordered }];
	const [runs, rest] = splitAcross(area, [0.2]);
	return [
		{ id: "runs", ...runs, bordered },
		{ id: "board", ...rest, bordered },
	];
}

/** The board above the candidates of its selected task. */
function stack(input: LayoutInput, area: Area, bordered: boolean): PaneBox[] {
	const frame = bordered ? 2 : 1;
	const wanted = Math.max(1, input.boardTasks ?? 0) + frame;
	const boardRows = Math.min(wanted, Math.max(frame + 1, Math.floor(area.height * 0.55)));
	return [
		{ id: "board", ...area, height: boardRows, bordered },
		{ id: "candidates", ...area, y: area.y + boardRows, height: area.height - boardRows, bordered },
	];
}

function splitAcross(area: Area, shares: [number]): [Area, Area];
function splitAcross(area: Area, shares: [number, number]): [Area, Area, Area];
function splitAcross(area: Area, shares: number[]): Area[] {
	const out: Area[] = [];
	let x = area.x;
	for (const share of shares) {
		const width = Math.floor(area.width * share);
		out.push({ ...area, x, width });
		x += width;
	}
	return [...out, { ...area, x, width: area.x + area.width - x }];
}

/** The cells of a pane that are its own to fill. */
export function innerOf(box: PaneBox): Area {
	return box.bordered
		? { x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 }
		: { x: box.x, y: box.y + 1, width: box.width, height: box.height - 1 };
}
