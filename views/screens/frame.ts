import type { ThemeName } from "../../src/store/themes.js";
import { type DrawnDialog, drawDialog } from "../dialogs/draw-dialog.js";
import { hintsOf } from "../keys/hints.js";
import { tablesOf } from "../keys/tables.js";
import type { Model } from "../model/model.js";
import { cellWidth, toCells } from "../text/cells.js";
import { formatCount } from "../text/format.js";
import { bold, cyan, dim, type Paint, stripStyle } from "../text/style.js";
import { faultRow, faultRows, guarded } from "./fault.js";
import { drawHeader } from "./header.js";
import { innerOf, isTooSmall, layoutOf, MIN_COLUMNS, MIN_ROWS, type PaneBox, STRIP } from "./layout.js";
import { drawNote, drawNotice } from "./notice.js";
import { screenOf } from "./screens.js";
import { drawStrip } from "./strip.js";

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
	theme: ThemeName;
	/** Instead of everything else. */
	tooSmall: string | null;
	header: string;
	info: string[];
	panes: DrawnPane[];
	/** Above the hints. */
	notice: string[];
	hints: string;
	dialog: DrawnDialog | null;
}

export function drawFrame(model: Model): Frame {
	const state = model.ui.getState();
	const { columns, rows, theme, dialog } = state;
	const frame = {
		columns,
		rows,
		theme,
		tooSmall: null,
		header: "",
		info: [],
		panes: [],
		notice: [],
		hints: "",
		dialog: null,
	};
	if (isTooSmall(columns, rows)) {
		const text = `terminal too small: ${MIN_COLUMNS}x${MIN_ROWS} needed, now ${columns}x${rows}`;
		return { ...frame, tooSmall: toCells(text, columns) };
	}
	const { info, boxes } = placePanes(model);
	const hasStrip = boxes.some((pane) => pane.id === STRIP);
	const isAlone = boxes.filter((pane) => pane.id !== STRIP).length === 1;
	return {
		...frame,
		header: guarded(
			model,
			"the header",
			() => drawHeader(model, columns),
			(fault) => faultRow(fault, columns),
		),
		info,
		panes: boxes.map((box) => drawPane(model, box, isAlone)),
		notice: drawNotice(model, columns),
		hints: guarded(
			model,
			"the hints",
			() => drawHints(model, columns, hasStrip),
			(fault) => faultRow(fault, columns),
		),
		dialog: dialog ? drawDialog(model, dialog) : null,
	};
}

/** The rows below the header, and where the panes are. */
export function placePanes(model: Model): { info: string[]; boxes: PaneBox[] } {
	const state = model.ui.getState();
	const screen = screenOf(state);
	const info = guarded(
		model,
		"the lines about the run",
		() => screen.info?.(model, state.columns) ?? [],
		(fault) => [faultRow(fault, state.columns)],
	);
	const boxes = layoutOf({
		...state,
		infoRows: info.length,
		noticeRows: drawNotice(model, state.columns).length,
		zoomed: state.zoomed ? screen.focus(model) : null,
		place: (area) => screen.layout(model, area),
	});
	return { info, boxes };
}

function drawPane(model: Model, box: PaneBox, isAlone: boolean): DrawnPane {
	const screen = screenOf(model.ui.getState());
	const inner = innerOf(box);
	const draw = box.id === STRIP ? drawStrip : screen.panes[box.id]?.draw;
	if (!draw) throw new Error(`the screen ${screen.name} has no pane ${box.id}`);
	const { title, rows } = guarded(
		model,
		`the pane ${box.id}`,
		() => draw(model, inner.width, inner.height),
		(fault) => ({ title: `${box.id} failed`, rows: faultRows(fault, inner.width) }),
	);
	const focused = box.id === screen.focus(model);
	const mark = focused && !isAlone ? "▸" : " ";
	const text = `${mark}${title} `;
	const cells = box.bordered ? Math.min(cellWidth(text), box.width - 4) : box.width;
	const paint: Paint = focused ? (t) => bold(cyan(t)) : box.bordered ? bold : (t) => bold(dim(t));
	return { box, focused, title: paint(toCells(text, cells)), rows };
}

/** The last line: what is being typed, or the newest note where the strip does not show it, and the keys. */
function drawHints(model: Model, width: number, hasStrip: boolean): string {
	const { entry, dialog } = model.ui.getState();
	if (entry) {
		const { shown, total } = screenOf(model.ui.getState()).filter?.counts(model) ?? { shown: 0, total: 0 };
		const count = `${formatCount(shown)} of ${formatCount(total)}`;
		const right = `  ${count}   Enter keeps it   Esc takes it back `;
		const left = toCells(`/${entry.text}_`, Math.max(10, width - cellWidth(right)));
		return bold(left) + dim(toCells(right, width - cellWidth(left)));
	}
	const left = drawNote(model, width - 8, hasStrip);
	// A dialog takes all keys, and says itself which.
	const hints = dialog ? [] : hintsOf(tablesOf(model), model, width - cellWidth(stripStyle(left)) - 1);
	const line = hints.map((hint) => `${bold(hint.key)} ${dim(hint.label)}`).join("  ");
	return `${left} ${line}`;
}
