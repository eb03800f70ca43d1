import { tableOfDialog } from "../keys/dialog-keys.js";
import { hintsOf } from "../keys/hints.js";
import { paletteEntries } from "../keys/palette.js";
import { foundItems, TYPED_HEAD_ROWS } from "../keys/typed-list.js";
import type { Dialog, FieldForm, PickItem, RunForm } from "../model/dialog.js";
import type { LogDialog } from "../model/message-log.js";
import type { Model } from "../model/model.js";
import { replayOf, type SeekDialog } from "../model/replay-actions.js";
import { asksModel, backendOf } from "../model/run-form-backends.js";
import { isText } from "../model/run-form-fields.js";
import type { TemplatesDialog } from "../model/templates.js";
import { faultRows, guarded } from "../screens/fault.js";
import { positionText } from "../screens/pane-text.js";
import { codeRows } from "../screens/task-detail.js";
import { cellWidth, toCells } from "../text/cells.js";
import { formatClock, formatCount, plural } from "../text/format.js";
import { bold, cursorLine, dim, yellow } from "../text/style.js";
import { underlineSpans } from "../text/underlined.js";
import { wrapText } from "../text/wrap.js";
import { fieldFormRows } from "./field-form-rows.js";
import { helpRows } from "./help-rows.js";
import { messageLogRows } from "./message-log-rows.js";
import { type FormRows, runFormRows } from "./run-form-rows.js";
import { hiddenTableRows, runTables, type SummaryTable } from "./run-tables.js";
import { templateListRows, templatesTitle, templateTextRows } from "./template-rows.js";

/** A dialog with its border: where it is, and the rows inside. */
export interface DrawnDialog {
	x: number;
	y: number;
	width: number;
	height: number;
	title: string;
	/** Inside the border, each `width - 4` cells. */
	rows: string[];
	/** So many of them, at the top, show what is being typed. */
	headRows: number;
	/** What can be done, below the rows. */
	keys: string;
	/** Small tables above the rows, side by side. */
	tables: SummaryTable[];
}

const FRAME_ROWS = 3;
const FRAME_CELLS = 4;
/** An empty one, and the keys. */
const KEY_ROWS = 2;
/** Whole lines, where they are read aloud. */
const SPOKEN_CELLS = 400;

/** Title, rows, and a last row with the keys, in the middle of the screen. */
export function drawDialog(model: Model, dialog: Dialog): DrawnDialog {
	const { columns, rows: screenRows } = model.ui.getState();
	const width = model.isSpoken ? SPOKEN_CELLS : Math.min(columns - 4, WIDTHS[dialog.kind]);
	const inner = width - FRAME_CELLS;
	const most = screenRows - 4 - FRAME_ROWS - 1;
	const body = guarded(
		model,
		`the dialog ${dialog.kind}`,
		() => bodyOf(model, dialog, inner, most),
		(fault): Body => ({ title: "failed", rows: faultRows(fault, inner) }),
	);
	const moves = dialog.kind === "pick" ? dialog.items.length > 1 : Boolean(body.position);
	const keys = keysOf(model, dialog, inner, moves);
	const tables = body.tables ?? [];
	const { rows, headRows = 0 } = body;
	const height = rows.length + KEY_ROWS + tableRows(tables) + FRAME_ROWS - 1;
	return {
		x: Math.floor((columns - width) / 2),
		y: Math.max(1, Math.floor((screenRows - height) / 2)),
		width,
		height,
		title: body.position ? `${body.title} · ${body.position}` : body.title,
		rows,
		headRows,
		keys: toCells(keys, inner),
		tables,
	};
}

/** Ink's table has a line above every row and one at the end. */
function tableRows(tables: readonly SummaryTable[]): number {
	return Math.max(0, ...tables.map((table) => table.length * 2 + 3));
}

const WIDTHS: Record<Dialog["kind"], number> = {
	help: 84,
	messages: 110,
	summary: 76,
	palette: 76,
	confirm: 64,
	pick: 110,
	find: 110,
	text: 110,
	run: 72,
	form: 90,
	seek: 72,
	templates: 190,
};

interface Body {
	title: string;
	rows: string[];
	headRows?: number;
	position?: string;
	tables?: SummaryTable[];
}

function bodyOf(model: Model, dialog: Dialog, width: number, most: number): Body {
	switch (dialog.kind) {
		case "help":
			return scrolled(model, "Keys", helpRows(model, width), most);
		case "messages":
			return logBody(model, dialog, width, most);
		case "summary":
			return summaryBody(model, width, most);
		case "text":
			return scrolled(model, dialog.title, codeRows(dialog.text, width), most);
		case "confirm":
			return scrolled(
				model,
				dialog.title,
				dialog.lines.flatMap((line) => wrapText(line, width).map((row) => toCells(row, width))),
				most,
			);
		case "pick":
			return pickBody(model, dialog, width, most);
		case "find":
			return findBody(model, dialog, width, most);
		case "palette":
			return paletteBody(model, dialog, width, most);
		case "seek":
			return seekBody(model, dialog, width);
		case "templates":
			return templatesBody(model, dialog, width, most);
		case "run": {
			const title = `${dialog.form.chosen.strategy === null ? "Best-of-N" : "Self-debug"} on ${dialog.form.scope}`;
			return formBody(model, title, runFormRows(dialog.form, width), most);
		}
		case "form":
			return formBody(model, dialog.form.title, fieldFormRows(dialog.form, width), most);
	}
}

function keysOf(model: Model, dialog: Dialog, width: number, moves: boolean): string {
	if (dialog.kind === "palette") return "type to find · up down choose · Enter runs it · Esc closes";
	if (dialog.kind === "find") return "type to find · up down choose · Enter takes it · Esc closes";
	if (dialog.kind === "run") return runFormKeys(dialog.form);
	if (dialog.kind === "form") return fieldFormKeys(dialog.form);
	if (dialog.kind === "messages" && dialog.typing) return "type to filter · Enter keeps it · Esc takes it away";
	if (dialog.kind === "seek") return "Enter goes there · Esc closes";
	if (dialog.kind === "confirm") return [...(moves ? ["j k"] : []), `y ${dialog.yes}`, "n no"].join(" · ");
	const table = tableOfDialog(dialog);
	const hints = (table ? hintsOf([table], model, width) : []).map((hint) => `${hint.key} ${hint.label}`);
	return [...(moves ? ["j k"] : []), ...hints].join(" · ");
}

function fieldFormKeys({ fields, at, enters }: FieldForm): string {
	const change = { choice: "←→ change", number: "←→ or digits", text: "type" }[fields[at]?.kind ?? "text"];
	return `${fields.length > 1 ? "↑↓ field · " : ""}${change} · Enter ${enters} · Esc closes`;
}

function runFormKeys(form: RunForm): string {
	const asks = asksModel(backendOf(form));
	const more = isText(form.field) ? ["^t template"] : asks ? ["t template", "i card", "d request"] : [];
	const change = isText(form.field) ? "type" : "←→";
	return [`↑↓ ${change}`, ...more, "Enter starts", "Esc closes"].join(" · ");
}

/** Stays at its end while that is in view. */
function logBody(model: Model, dialog: LogDialog, width: number, most: number): Body {
	const { title, head, rows } = messageLogRows(model, dialog, width);
	const { top, height, count } = model.scroll.place("dialog");
	if (top + height >= count) model.scroll.jump("dialog", rows.length);
	const body = scrolled(model, title, rows, most - head.length);
	return { ...body, headRows: head.length, rows: [...head, ...body.rows] };
}

function seekBody(model: Model, { text, error }: SeekDialog, width: number): Body {
	const status = replayOf(model)?.status();
	const about = status
		? `event 0 to ${formatCount(status.total)}, or 00:00 to ${formatClock(status.durationMs)}, or 50%`
		: "";
	return {
		title: "Go to an event or a time",
		rows: [toCells(`${text}_`, width), (error ? yellow : dim)(toCells(error ?? about, width))],
	};
}

function summaryBody(model: Model, width: number, most: number): Body {
	const hidden = hiddenTableRows(model, most);
	const rows =
		hidden > 0 ? [dim(toCells(`${plural(hidden, "more row")} on a higher screen; assay eval has all`, width))] : [];
	return { title: "Numbers of the run", rows, tables: runTables(model, most - rows.length) };
}

function scrolled(model: Model, title: string, rows: string[], most: number): Body {
	const height = Math.min(rows.length, most);
	const top = model.scroll.top("dialog", height, rows.length);
	return { title, rows: rows.slice(top, top + height), position: positionText(top, height, rows.length) };
}

/** The field with the cursor is in view, with what is said of it. */
function formBody(model: Model, title: string, { rows, cursor, cursorEnd, foot }: FormRows, most: number): Body {
	const height = Math.min(rows.length, Math.max(1, most - foot.length));
	model.scroll.follow("dialog", cursorEnd, height, rows.length);
	const top = model.scroll.follow("dialog", cursor, height, rows.length);
	return {
		title,
		rows: [...rows.slice(top, top + height), ...foot],
		position: positionText(top, height, rows.length),
	};
}

function templatesBody(model: Model, dialog: TemplatesDialog, width: number, most: number): Body {
	const title = templatesTitle(dialog);
	if (dialog.shown === "list") return { title, rows: templateListRows(dialog, width).slice(0, most) };
	return scrolled(model, title, templateTextRows(model, dialog, width), most);
}

type Choices = Omit<Extract<Dialog, { kind: "pick" }>, "kind">;

function pickBody(model: Model, dialog: Choices, width: number, most: number): Body {
	const { items, position } = dialog;
	if (items.length === 0) return { title: dialog.title, rows: [dim(toCells(dialog.empty, width))] };
	const height = Math.min(items.length, most);
	const top = model.scroll.follow("dialog", position, height, items.length);
	const labelOf = (item: PickItem) => (item.key ? `${item.key}  ${item.label}` : item.label);
	const labelCells = Math.min(Math.floor(width * 0.45), Math.max(...items.map((item) => cellWidth(labelOf(item))))) + 2;
	const rows = items.slice(top, top + height).map((item, i) => {
		const isCursor = top + i === position;
		const label = toCells(`${isCursor ? "▸" : " "} ${labelOf(item)}`, labelCells + 2);
		const detail = toCells(item.detail, width - labelCells - 2);
		return isCursor ? cursorLine(bold(label) + detail) : label + dim(detail);
	});
	return { title: dialog.title, rows, position: positionText(top, height, items.length) };
}

const TYPED_ROWS = 14;

const typedRows = (text: string, width: number) => [toCells(`: ${text}_`, width), dim("─".repeat(width))];

/** As high as it ever gets, so that it stays where it is while one types. */
function findBody(model: Model, dialog: Extract<Dialog, { kind: "find" }>, width: number, most: number): Body {
	const height = Math.min(TYPED_ROWS, dialog.items.length, most - TYPED_HEAD_ROWS);
	const empty = dialog.items.length === 0 ? dialog.empty : "nothing matches";
	const { rows, ...body } = pickBody(model, { ...dialog, items: foundItems(dialog), empty }, width, height);
	while (rows.length < height) rows.push(toCells("", width));
	return { ...body, headRows: TYPED_HEAD_ROWS, rows: [...typedRows(dialog.text, width), ...rows] };
}

function paletteBody(model: Model, dialog: Extract<Dialog, { kind: "palette" }>, width: number, most: number): Body {
	const entries = paletteEntries(model, dialog.text);
	const height = Math.min(TYPED_ROWS, most - TYPED_HEAD_ROWS);
	const top = model.scroll.follow("dialog", dialog.position, height, entries.length);
	const rows = entries.slice(top, top + height).map((entry, i) => {
		const isCursor = top + i === dialog.position;
		const spans = entry.matched.map((start) => ({ start, end: start + 1 }));
		const name = underlineSpans(toCells(entry.label, width - 24), spans);
		const label = `${isCursor ? "▸" : " "} ${name} `;
		const rest = `${toCells(entry.where, 12)} ${toCells(entry.key, 8, "right")}`;
		return isCursor ? cursorLine(bold(label) + rest) : label + dim(rest);
	});
	while (rows.length < height)
		rows.push(toCells(entries.length === 0 && rows.length === 0 ? "  nothing matches" : "", width));
	return {
		title: "Commands",
		headRows: TYPED_HEAD_ROWS,
		rows: [...typedRows(dialog.text, width), ...rows],
	};
}
