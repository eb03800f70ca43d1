import type { Model } from "../model/model.js";
import type { KeyPress } from "../terminal/keys.js";
import { isEnabled, type KeyBinding, shownKey } from "./binding.js";
import { fuzzyScore } from "./fuzzy.js";
import { tablesOf } from "./tables.js";
import { editText } from "./text-entry.js";

export interface PaletteEntry {
	label: string;
	key: string;
	where: string;
	binding: KeyBinding;
}

/** What the keys of the screen below can do now, best match first. */
export function paletteEntries(model: Model, text: string): PaletteEntry[] {
	const entries = tablesOf(model).flatMap((table) =>
		table.bindings
			.filter((binding) => binding.inPalette !== false && isEnabled(binding, model))
			.map((binding) => ({
				label: binding.command ?? binding.label,
				key: shownKey(binding),
				where: table.title,
				binding,
			})),
	);
	return entries
		.map((entry, order) => ({ entry, order, score: fuzzyScore(text, entry.label) }))
		.filter(({ score }) => score !== null)
		.sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.order - b.order)
		.map(({ entry }) => entry);
}

export function pressInPalette(model: Model, dialog: { text: string; position: number }, press: KeyPress): void {
	const entries = paletteEntries(model, dialog.text);
	const name = press.kind === "key" ? press.name : "";
	const move = (by: number) => {
		const position = Math.max(0, Math.min(dialog.position + by, entries.length - 1));
		model.ui.setState({ dialog: { kind: "palette", text: dialog.text, position } });
	};
	if (name === "esc" || name === "ctrl-p") {
		model.ui.setState({ dialog: null });
		return;
	}
	if (name === "down" || name === "tab" || name === "ctrl-n") {
		move(1);
		return;
	}
	if (name === "up" || name === "shift-tab") {
		move(-1);
		return;
	}
	if (name === "pagedown" || name === "ctrl-d") {
		move(10);
		return;
	}
	if (name === "pageup") {
		move(-10);
		return;
	}
	if (name === "enter") {
		model.ui.setState({ dialog: null });
		entries[dialog.position]?.binding.run(model);
		return;
	}
	if (name === "backspace" && dialog.text === "") {
		model.ui.setState({ dialog: null });
		return;
	}
	const text = editText(dialog.text, press);
	if (text !== null) model.ui.setState({ dialog: { kind: "palette", text, position: 0 } });
}
