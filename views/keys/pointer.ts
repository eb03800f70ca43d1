import { drawDialog } from "../dialogs/draw-dialog.js";
import type { Dialog } from "../model/dialog.js";
import { openLog } from "../model/message-log.js";
import type { Model } from "../model/model.js";
import { placePanes } from "../screens/frame.js";
import { type Area, innerOf, STRIP } from "../screens/layout.js";
import { screenOf } from "../screens/screens.js";
import { tabsOf } from "../screens/tabs.js";
import type { MousePress } from "../terminal/mouse.js";
import { openScreen } from "./global-keys.js";
import { paletteEntries } from "./palette.js";
import { foundItems } from "./typed-list.js";

const WHEEL_ROWS = 3;

/** The wheel scrolls what is below it; a click selects, and opens what was selected already. `key` presses a key. */
export function point(model: Model, press: MousePress, key: (name: string) => void): void {
	const { dialog } = model.ui.getState();
	if (dialog) pointAtDialog(model, dialog, press, key);
	else if (press.y === 0) pointAtTabs(model, press);
	else pointAtPanes(model, press, key);
}

const isClick = ({ action }: MousePress) => action === "click";
const rowsOf = ({ action }: MousePress) => (action === "wheel-up" ? -WHEEL_ROWS : WHEEL_ROWS);
const isIn = ({ x, y, width, height }: Area, at: MousePress) =>
	at.x >= x && at.x < x + width && at.y >= y && at.y < y + height;

function pointAtTabs(model: Model, press: MousePress): void {
	const { tabs } = tabsOf(model, model.ui.getState().columns);
	const tab = tabs.find(({ x, width }) => press.x >= x && press.x < x + width);
	if (tab && isClick(press)) openScreen(model, tab.id);
}

function pointAtPanes(model: Model, press: MousePress, key: (name: string) => void): void {
	// What is typed into the filter line stays.
	model.ui.setState({ entry: null });
	const box = placePanes(model).boxes.find((pane) => isIn(pane, press));
	if (!box) return;
	if (box.id === STRIP && isClick(press)) openLog(model, "all");
	const screen = screenOf(model.ui.getState());
	const mouse = screen.panes[box.id]?.mouse;
	if (!mouse) return;
	if (!isClick(press)) {
		mouse.wheel?.(model, rowsOf(press));
		return;
	}
	const wasFocused = screen.focus(model) === box.id;
	mouse.focus?.(model);
	const inner = innerOf(box);
	if (!isIn(inner, press)) return;
	const wasSelected = mouse.select?.(model, { row: press.y - inner.y, cell: press.x - inner.x, width: inner.width });
	if (wasSelected && wasFocused) key("enter");
}

/** Clicks beside these dialogs close them: nothing has been typed there, and nothing is asked. */
const CLOSED_FROM_OUTSIDE: readonly Dialog["kind"][] = [
	"help",
	"summary",
	"text",
	"messages",
	"pick",
	"find",
	"palette",
];
/** What the wheel does not move. */
const STILL: readonly Dialog["kind"][] = ["run", "form", "seek"];

function pointAtDialog(model: Model, dialog: Dialog, press: MousePress, key: (name: string) => void): void {
	const drawn = drawDialog(model, dialog);
	if (!isClick(press)) {
		if (STILL.includes(dialog.kind)) return;
		for (let row = 0; row < WHEEL_ROWS; row++) key(rowsOf(press) < 0 ? "up" : "down");
	} else if (!isIn(drawn, press)) {
		if (CLOSED_FROM_OUTSIDE.includes(dialog.kind)) model.ui.setState({ dialog: null });
	} else if (dialog.kind === "pick" || dialog.kind === "find" || dialog.kind === "palette") {
		const count = countOf(model, dialog);
		const { top, height } = model.scroll.place("dialog");
		const row = press.y - drawn.y - 1 - drawn.headRows;
		const position = top + row;
		if (row < 0 || row >= height || position >= count) return;
		if (position === dialog.position) key("enter");
		else model.ui.setState({ dialog: { ...dialog, position } });
	}
}

function countOf(model: Model, dialog: Extract<Dialog, { kind: "pick" | "find" | "palette" }>): number {
	if (dialog.kind === "palette") return paletteEntries(model, dialog.text).length;
	return dialog.kind === "find" ? foundItems(dialog).length : dialog.items.length;
}
