import { moveRun } from "../keys/run-list-keys.js";
import type { Model } from "../model/model.js";
import { runItems } from "../model/run-actions.js";
import { toCells, visible as visibleText } from "../text/cells.js";
import { plural } from "../text/format.js";
import { cursorLine, cyan, dim } from "../text/style.js";
import type { PaneText } from "./pane-text.js";
import type { PaneMouse } from "./screen.js";

const ITEM_ROWS = 2;

export const runListMouse: PaneMouse = {
	wheel: (m, rows) => moveRun(m, m.ui.getState().runsPosition + rows),
	select(model, { row }) {
		const position = model.scroll.place("runs").top + Math.floor(row / ITEM_ROWS);
		if (position >= runItems(model).length) return false;
		const wasSelected = position === model.ui.getState().runsPosition;
		moveRun(model, position);
		return wasSelected;
	},
};

/** One line, where it is read aloud. */
export function spokenItem({ label, detail }: { label: string; detail: string }, isCursor: boolean): string {
	const text = visibleText(`${label}, ${detail}`);
	return isCursor ? cursorLine(text) : text;
}

/** Two lines a run: which, and how it goes or ended. */
export function drawRunList(model: Model, width: number, height: number): PaneText {
	const { runsPosition } = model.ui.getState();
	const items = runItems(model);
	const visible = Math.max(1, Math.floor(height / ITEM_ROWS));
	const top = model.scroll.follow("runs", runsPosition, visible, items.length);
	const rows = items.slice(top, top + visible).flatMap((item, i) => {
		const isCursor = top + i === runsPosition;
		if (model.isSpoken) return [spokenItem(item, isCursor)];
		const head = toCells(`${isCursor ? "▸" : " "} ${item.label}`, width);
		const tail = (item.isLive ? cyan : dim)(toCells(`   ${item.detail}`, width));
		return [isCursor ? cursorLine(head) : head, tail];
	});
	return { title: `${plural(items.length, "run")} to open`, rows };
}
