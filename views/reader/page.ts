import { selectTotal } from "../../src/store/select-run.js";
import { drawDialog } from "../dialogs/draw-dialog.js";
import { hintsOf } from "../keys/hints.js";
import { tablesOf } from "../keys/tables.js";
import type { Dialog } from "../model/dialog.js";
import type { Model } from "../model/model.js";
import { isGoingOn } from "../model/run-actions.js";
import type { Message } from "../model/state.js";
import { faultRow, faultRows, guarded } from "../screens/fault.js";
import type { PaneText } from "../screens/pane-text.js";
import { screenOf } from "../screens/screens.js";
import { sandboxText } from "../screens/status-bar.js";
import { visible } from "../text/cells.js";
import { formatCount, plural } from "../text/format.js";
import { isCursorLine } from "../text/style.js";
import { spokenKey, spokenLine, spokenText } from "./words.js";

/**
 * `place`: where one is; `fact`: said again when it changes; `item`: of a list, of which the selected one is said;
 * `text`: of a text, of which new lines are said; `typed`: what is being typed; `keys`: what can be done here.
 */
type LineKind = "place" | "dialog" | "fact" | "item" | "text" | "typed" | "keys";

export interface SpokenLine {
	kind: LineKind;
	text: string;
	isSelected: boolean;
	/** A line whose sense is the same is no news. */
	sense: string;
}

/** All that can be read aloud where the keys go now, from top to bottom. */
export interface SpokenPage {
	/** Screen, pane and dialog: elsewhere everything is read. */
	place: string;
	hasDialog: boolean;
	lines: readonly SpokenLine[];
	messages: readonly Message[];
}

/** Room for whole lines: the terminal breaks them, a voice does not have to. */
const CELLS = 400;
/** Header, title, hints. */
const OTHER_ROWS = 4;
/** A run tells how far it is in steps of so many percent. */
const PERCENT_STEP = 10;

export function drawPage(model: Model): SpokenPage {
	const { dialog, messages, screen } = model.ui.getState();
	const place = `${screen} ${screenOf(model.ui.getState()).focus(model)}`;
	const lines = dialog ? dialogLines(model, dialog) : screenLines(model);
	return {
		place: dialog ? `${place} ${dialog.kind} ${"title" in dialog ? dialog.title : ""}` : place,
		hasDialog: dialog !== null,
		messages,
		lines: lines.filter(({ text }) => text !== ""),
	};
}

function screenLines(model: Model): SpokenLine[] {
	const { title, rows } = drawFocus(model);
	const { entry } = model.ui.getState();
	return [
		line("place", placeText(model)),
		...progressLines(model),
		...infoRows(model).map((row) => factLine(spokenText(row))),
		factLine(spokenText(title)),
		...rowLines(rows),
		entry ? line("typed", `filter ${entry.text}, ${countText(model)}`) : line("keys", keysText(model)),
	];
}

const line = (kind: LineKind, text: string, sense = text): SpokenLine => ({ kind, text, sense, isSelected: false });

function placeText(model: Model): string {
	const screen = screenOf(model.ui.getState());
	return spokenText([screen.name, ...screen.crumbs(model).map(visible), sandboxText(model)].join(", "));
}

function progressLines(model: Model): SpokenLine[] {
	return model.ui
		.getState()
		.liveRuns.filter(isGoingOn)
		.map((run) => {
			const state = run.store.getState().run;
			const total = selectTotal(state);
			const done = state.judged + state.resumed;
			const name = `run ${run.runId ?? "starting"}`;
			if (total === null || total === 0) return line("fact", name);
			const percent = Math.floor((100 * done) / total / PERCENT_STEP) * PERCENT_STEP;
			const text = `${name}: ${percent} percent, ${formatCount(done)} of ${plural(total, "candidate")} judged`;
			return line("fact", text, `${name} ${percent}`);
		});
}

function infoRows(model: Model): string[] {
	return guarded(
		model,
		"the lines about the run",
		() => screenOf(model.ui.getState()).info?.(model, CELLS) ?? [],
		(fault) => [faultRow(fault, CELLS)],
	);
}

function drawFocus(model: Model): PaneText {
	const screen = screenOf(model.ui.getState());
	const id = screen.focus(model);
	return guarded(
		model,
		`the pane ${id}`,
		() => screen.panes[id]?.draw(model, CELLS, model.ui.getState().rows - OTHER_ROWS) ?? { title: id, rows: [] },
		(fault) => ({ title: `${id} failed`, rows: faultRows(fault, CELLS) }),
	);
}

function countText(model: Model): string {
	const { shown, total } = screenOf(model.ui.getState()).filter?.counts(model) ?? { shown: 0, total: 0 };
	return `${formatCount(shown)} of ${formatCount(total)}`;
}

function keysText(model: Model): string {
	const hints = hintsOf(tablesOf(model), model, CELLS).map(({ key, label }) => `${spokenKey(key)}: ${label}`);
	return `keys: ${hints.join(", ")}`;
}

function dialogLines(model: Model, dialog: Dialog): SpokenLine[] {
	const { title, rows, headRows, keys, tables } = drawDialog(model, dialog);
	return [
		line("dialog", `dialog: ${withoutPosition(spokenText(title))}`),
		...rows.slice(0, headRows).map((row) => line("typed", spokenText(row).replace(/^: |_$/g, ""))),
		...tables.flat().map((cells) => line("text", Object.values(cells).map(spokenText).join(", "))),
		...(dialog.kind === "run" || dialog.kind === "form" ? formLines(rows) : rowLines(rows.slice(headRows))),
		line("keys", `keys: ${spokenText(keys)}`),
	];
}

/** Rows with a cursor are a list. */
function rowLines(rows: readonly string[]): SpokenLine[] {
	if (!rows.some(isCursorLine)) return rows.map((row) => line("text", spokenLine(row)));
	return rows.map((row) => ({ ...line("item", spokenText(row)), isSelected: isCursorLine(row) }));
}

/** The field under the cursor, and the others with what they mean, which is said when it becomes something else. */
function formLines(rows: readonly string[]): SpokenLine[] {
	return rows.map((row) => {
		const text = spokenText(row).replace(/_$/, "");
		return isCursorLine(row) ? { ...line("item", text), isSelected: true } : line("fact", text);
	});
}

/** Counts that go up are no news, words are; a replay that stands still tells where. */
function factLine(text: string): SpokenLine {
	const shown = withoutPosition(text);
	return line("fact", text, shown.startsWith("paused") ? shown : shown.replace(/[\d.]+/g, "#"));
}

/** Without "1-20 of 96", which every key changes. */
function withoutPosition(text: string): string {
	return text.replace(/,? \d[\d ]*-\d[\d ]* of \d[\d ]*/u, "");
}
