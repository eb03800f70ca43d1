import type { Model } from "../model/model.js";
import { cellWidth } from "../text/cells.js";
import { isEnabled, type KeyBinding, type KeyTable, shownKey } from "./binding.js";

export interface Hint {
	key: string;
	label: string;
}

/** Cells between two hints. */
const GAP = 2;

function hintLabelOf({ hintLabel, label }: KeyBinding, model: Model): string {
	return typeof hintLabel === "function" ? hintLabel(model) : (hintLabel ?? label);
}

/** The keys worth showing now, most useful first, as many as fit. */
export function hintsOf(tables: readonly KeyTable[], model: Model, width: number): Hint[] {
	const wanted = tables
		.flatMap((table) => table.bindings)
		.filter((binding) => binding.hint !== undefined && isEnabled(binding, model))
		.sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0));
	let room = width + GAP;
	const take = (bindings: readonly KeyBinding[]): Hint[] =>
		bindings.flatMap((binding) => {
			const hint = { key: shownKey(binding), label: hintLabelOf(binding, model) };
			const cells = cellWidth(hint.key) + 1 + cellWidth(hint.label) + GAP;
			if (cells > room) return [];
			room -= cells;
			return [hint];
		});
	// The pinned ones get their room first and their place last.
	const pinned = take(wanted.filter((binding) => binding.isPinned));
	return [...take(wanted.filter((binding) => !binding.isPinned)), ...pinned];
}
