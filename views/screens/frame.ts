import type { ThemeName } from "../../src/store/themes.js";
import { type DrawnDialog, drawDialog } from "../dialogs/draw-dialog.js";
import { hintsOf } from "../keys/hints.js";
import { tablesOf } from "../keys/tables.js";
import type { Model } from "../model/model.js";
import type { Message } from "../model/state.js";
import { cellWidth, toCells } from "../text/cells.js";
import { formatCount } from "../text/format.js";
import { bold, cyan, dim, type Paint, red, yellow } from "../text/style.js";
import { faultRow, faultRows, guarded } from "./fault.js";
import { drawHeader } from "./header.js";
import { innerOf, isTooSmall, layoutOf, MIN_COLUMNS, MIN_ROWS, type PaneBox, STRIP } from "./layout.js";
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
	hints: string;
	dialog: DrawnDialog | null;
}

export function drawFrame(model: Model): Frame {
	const state = model.ui.getState();
	const { columns, rows, theme, dialog } = state;
	const frame = { columns, rows, theme, tooSmall: null, header: "", info: [], panes: [], hints: "", dialog: null };
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

const MORE = "! all of it  ";
const NOTICE_PAINTS: Record<Message["level"], Paint> = { note: cyan, warning: yellow, error: red, command: dim };

/** The last line: what is being typed, or the newest message where the strip does not show it, and the keys. */
function drawHints(model: Model, width: number, hasStrip: boolean): string {
	const { entry, notice, dialog } = model.ui.getState();
	if (entry) {
		const { shown, total } = screenOf(model.ui.getState()).filter?.counts(model) ?? { shown: 0, total: 0 };
		const count = `${formatCount(shown)} of ${formatCount(total)}`;
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
	const hints = dialog ? [] : hintsOf(tablesOf(model), model, room - 1);
	const line = hints.map((hint) => `${bold(hint.key)} ${dim(hint.label)}`).join("  ");
	return `${left} ${line}`;
}
