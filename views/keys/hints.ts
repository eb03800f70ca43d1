import type { Model } from "../model/model.js";
import { cellWidth } from "../text/cells.js";
import { isEnabled, type KeyTable, shownKey } from "./binding.js";

export interface Hint {
	key: string;
	label: string;
}

/** The keys worth showing now, most useful first, as many as fit. */
export function hintsOf(tables: readonly KeyTable[], model: Model, width: number): Hint[] {
	const wanted = tables
		.flatMap((table) => table.bindings)
		.filter((binding) => binding.hint !== undefined && isEnabled(binding, model))
		.sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0))
		.map((binding) => ({ key: shownKey(binding), label: binding.label }));
	const fits: Hint[] = [];
	let used = 0;
	for (const hint of wanted) {
		const cells = cellWidth(hint.key) + 1 + cellWidth(hint.label) + 2;
		if (used + cells > width + 2) continue;
		used += cells;
		fits.push(hint);
	}
	return fits;
}
