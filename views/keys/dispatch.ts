import { pressInForm } from "../model/field-form.js";
import { noteSpot } from "../model/jump-list.js";
import type { Model } from "../model/model.js";
import { interrupt } from "../model/quit.js";
import { pressInRunForm } from "../model/run-form.js";
import { isTooSmall } from "../screens/layout.js";
import { screenOf } from "../screens/screens.js";
import type { KeyPress, Press } from "../terminal/keys.js";
import type { MousePress } from "../terminal/mouse.js";
import { editText } from "../text/text-entry.js";
import { findBinding } from "./binding.js";
import { tableOfDialog } from "./dialog-keys.js";
import { pressInLogFilter } from "./message-log-keys.js";
import { pressInPalette } from "./palette.js";
import { point } from "./pointer.js";
import { pressInSeek } from "./replay-keys.js";
import { tablesOf } from "./tables.js";
import { pressInFind } from "./typed-list.js";

/** What a person did goes to one place: what is below the mouse, or whatever takes the keys. */
export function dispatch(model: Model, press: Press): void {
	noteSpot(model);
	if (press.kind === "mouse") takeMouse(model, press);
	else take(model, press);
	noteSpot(model);
}

function takeMouse(model: Model, press: MousePress): void {
	const { columns, rows, mouse, notice } = model.ui.getState();
	// Reports that were under way when it was switched off.
	if (!mouse || isTooSmall(columns, rows)) return;
	model.ui.setState({ keysPressed: true, quitArmed: false });
	// A notice takes room: it goes once it is known what was pointed at.
	point(model, press, (name) => take(model, { kind: "key", name }));
	if (notice !== null && model.ui.getState().notice === notice) model.ui.setState({ notice: null });
}

/** One key goes to exactly one place: the open dialog, the filter line, or the tables of pane and screen. */
function take(model: Model, press: KeyPress): void {
	const state = model.ui.getState();
	if (!state.keysPressed) model.ui.setState({ keysPressed: true });
	if (press.kind === "key" && press.name === "ctrl-c") {
		interrupt(model);
		return;
	}
	// What cannot be seen is not done.
	if (isTooSmall(state.columns, state.rows)) return;
	if (state.notice || state.quitArmed) model.ui.setState({ notice: null, quitArmed: false });
	if (state.dialog?.kind === "palette") {
		pressInPalette(model, state.dialog, press);
		return;
	}
	if (state.dialog?.kind === "find") {
		pressInFind(model, state.dialog, press);
		return;
	}
	if (state.dialog?.kind === "messages" && state.dialog.typing) {
		pressInLogFilter(model, state.dialog, press);
		return;
	}
	if (state.dialog?.kind === "seek") {
		pressInSeek(model, state.dialog, press);
		return;
	}
	if (state.entry && !state.dialog) {
		pressInFilter(model, state.entry, press);
		return;
	}
	if (state.dialog?.kind === "form") {
		pressInForm(model, state.dialog.form, press);
		return;
	}
	if (state.dialog?.kind === "run") {
		pressInRunForm(model, state.dialog.form, press);
		return;
	}
	if (press.kind === "paste") return;
	const chosen = state.dialog?.kind === "pick" && state.dialog.items.find(({ key }) => key === press.name);
	if (chosen) {
		model.ui.setState({ dialog: null });
		chosen.onPick();
		return;
	}
	const table = state.dialog ? tableOfDialog(state.dialog) : null;
	findBinding(table ? [table] : tablesOf(model), press.name, model)?.run(model);
}

/** The filter works while it is typed; Enter keeps it, Esc goes back to the one before. */
function pressInFilter(model: Model, entry: { text: string; before: string }, press: KeyPress): void {
	const { filter } = screenOf(model.ui.getState());
	if (!filter) return;
	if (press.kind === "key") {
		if (press.name === "enter") {
			model.ui.setState({ entry: null });
			return;
		}
		if (press.name === "esc") {
			model.ui.setState({ entry: null });
			filter.set(model, entry.before);
			return;
		}
		if (press.name === "down" || press.name === "up") {
			filter.move(model, press.name === "down" ? 1 : -1);
			return;
		}
	}
	const text = editText(entry.text, press);
	if (text === null) return;
	model.ui.setState({ entry: { ...entry, text } });
	filter.set(model, text);
}
